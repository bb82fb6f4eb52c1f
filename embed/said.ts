import type { Discussion } from "@/embed/Discussion";
import { make } from "@/embed/make";
import { say } from "@/embed/news";
import { toSaid } from "@/embed/refusal";

/** Says in a form what became of it, and marks the field that is to blame; "" takes back what was said. */
export function sayIn(form: Element, kind: "refused" | "done", text: string, field = ""): void {
  const said = form.querySelector<HTMLElement>(".said");
  if (!said) return;
  // components/thread/Said.tsx has a place for each, there before what is said in it.
  for (const place of said.children) place.replaceChildren();
  if (text) said.children[kind === "done" ? 1 : 0]?.append(make("p", { className: `notice ${kind}` }, text));
  for (const wrong of form.querySelectorAll("[aria-invalid]"))
    for (const name of ["aria-invalid", "aria-describedby"]) wrong.removeAttribute(name);
  const blamed = field && form.querySelector<HTMLElement>(`[name="${field}"]`);
  if (!blamed) return;
  blamed.ariaInvalid = "true";
  blamed.setAttribute("aria-describedby", said.id);
  blamed.focus();
}

/** Says what a form was refused for: in it, or above the thread where it has no place for that. */
export function refuse(discussion: Discussion, form: HTMLFormElement, error: unknown): void {
  if (discussion.signal.aborted) return;
  const { text, field } = toSaid(discussion, error);
  const place = form.closest(".respond");
  if (place) sayIn(place, "refused", text, field);
  else say(discussion.section, text);
}
