import type { Discussion } from "@/embed/Discussion";
import { make, makeButton } from "@/embed/make";
import { sayIn, toSaid } from "@/embed/said";
import { write } from "@/embed/times";

/** Says something above the thread, where a screen reader hears it; `more`: a button that does something about it. */
export function say(section: Element, text: string, ...more: Element[]): void {
  const news = section.querySelector(".news");
  news?.replaceChildren(make("p", {}, text), ...more, ...news.querySelectorAll(".fresh"));
}

/** Tells how many new comments wait to be seen, with the button that shows them. */
export function tellFresh(discussion: Discussion): void {
  const { section, t, fresh } = discussion;
  const old = section.querySelector(".fresh");
  // One's own comes back from the server as everybody's does, perhaps before it is known to be one's own.
  if (section.querySelector("[data-act=send][aria-busy]")) return;
  const label = t("newComments", { count: fresh.size });
  if (!fresh.size) old?.remove();
  else if (old) write(old, label);
  else {
    const button = makeButton(label, () => attempt(discussion, () => discussion.showFresh()));
    button.classList.add("fresh");
    section.querySelector(".news")?.append(button);
  }
}

/** Reads something, which may fail: then says in the reader's words what went wrong, with a button that tries it again. */
export function attempt(discussion: Discussion, work: () => Promise<unknown>): Promise<unknown> {
  const { section, t, signal } = discussion;
  return work().catch((error: unknown) => {
    if (signal.aborted) return;
    const again = makeButton(t("tryAgain"), () => {
      // The button goes, and can't keep the focus.
      section.querySelector("h2")?.focus();
      section.querySelector(".news > p")?.remove();
      again.remove();
      attempt(discussion, work);
    });
    say(section, toSaid(discussion, error, "load").text, again);
  });
}

/** Says what a form was refused for: in it, or above the thread where it has no place for that. */
export function refuse(discussion: Discussion, form: HTMLFormElement, error: unknown): void {
  if (discussion.signal.aborted) return;
  const { text, field } = toSaid(discussion, error);
  const place = form.closest(".respond");
  if (place) sayIn(place, "refused", text, field);
  else say(discussion.section, text);
}
