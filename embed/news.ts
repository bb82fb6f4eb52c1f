import type { Discussion } from "@/embed/Discussion";
import { toSaid } from "@/embed/said";

/** Says something above the thread, where a screen reader hears it; with a button that does something about it. */
export function say(section: Element, text: string, label = "", act = () => {}): void {
  const said = document.createElement("p");
  said.textContent = text;
  const button = toButton(label, () => {
    section.querySelector(".news")?.replaceChildren();
    act();
  });
  section.querySelector(".news")?.replaceChildren(...(text ? [said] : []), ...(label ? [button] : []));
}

/** Tells how many new comments wait to be seen, with the button that shows them. */
export function tellFresh(discussion: Discussion): void {
  const { section, t, fresh } = discussion;
  const label = fresh.size > 0 ? t("newComments", { count: fresh.size }) : "";
  if (!label || section.querySelector(".news button")?.textContent === label) return;
  say(section, "", label, () => {
    const [first = 0] = fresh;
    attempt(discussion, async () => {
      await discussion.showFresh();
      discussion.find(first)?.focus();
    });
  });
}

/** Does something that may fail: then says in the reader's words what went wrong, with a button that tries it again. */
export function attempt(discussion: Discussion, work: () => Promise<void>): void {
  const { section, t, signal } = discussion;
  work().catch((error: unknown) => {
    if (!signal.aborted) say(section, toSaid(t, error).text, t("tryAgain"), () => attempt(discussion, work));
  });
}

/** What stands there while nothing else is known, not even the words of the language. */
export function offer(again: () => void): HTMLElement {
  const section = document.createElement("section");
  const news = document.createElement("div");
  section.className = "antiphon";
  news.className = "news";
  news.role = "alert";
  section.append(news);
  say(section, "The comments can’t be loaded now.", "Try again", again);
  return section;
}

/** A button that does something beside the form's own. */
export function toButton(label: string, act: () => void): HTMLButtonElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "plain";
  button.textContent = label;
  button.addEventListener("click", act);
  return button;
}
