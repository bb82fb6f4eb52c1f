import type { Discussion } from "@/embed/Discussion";
import { attempt, refuse } from "@/embed/news";

/** What clicks on the links with an act do, by its name. */
export type Clicks = Record<string, (link: HTMLAnchorElement) => unknown>;
/** What sending the forms with an act does, by its name; `opened-` before it where `openForm` has opened the form. */
export type Submits = Record<string, (form: HTMLFormElement, by: HTMLElement | null) => Promise<unknown>>;

/** Lets links and forms do what they do in place of what the browser does with them. */
export function attachActs(discussion: Discussion, clicks: Clicks, submits: Submits): void {
  const { section, signal } = discussion;
  section.addEventListener(
    "click",
    (event) => {
      const { target, ctrlKey, metaKey, shiftKey, altKey } = event;
      // For a new tab or window.
      if (ctrlKey || metaKey || shiftKey || altKey || !(target instanceof Element)) return;
      const link = target.closest<HTMLAnchorElement>("a[data-act]");
      const act = clicks[link?.dataset.act ?? ""];
      if (!link || !act) return;
      event.preventDefault();
      attempt(discussion, async () => act(link));
    },
    { signal },
  );
  section.addEventListener(
    "submit",
    (event) => {
      const { target: form, submitter } = event;
      if (!(form instanceof HTMLFormElement)) return;
      const act = submits[(form.closest(".opened") ? "opened-" : "") + form.dataset.act];
      if (!act) return;
      event.preventDefault();
      // Pressed twice.
      if (form.ariaBusy) return;
      form.ariaBusy = "true";
      act(form, submitter)
        .catch((error: unknown) => refuse(discussion, form, error))
        .finally(() => {
          form.ariaBusy = null;
          discussion.change();
        });
    },
    { signal },
  );
}

/** The comment that a form of its own is about. */
export function idOf(form: HTMLFormElement): number {
  return Number(/(\d+)(\/[a-z]+)?$/.exec(form.action)?.[1]);
}
