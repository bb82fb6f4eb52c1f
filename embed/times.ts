import type { Translator } from "@/lib/translator";

const WEEK = 7 * 864e5;

/** Says in the reader's words how long ago each comment was made. */
export function tellTimes(section: Element, t: Translator): void {
  for (const time of section.querySelectorAll("time")) {
    time.title = t.date(time.dateTime);
    write(time, Date.now() - Date.parse(time.dateTime) < WEEK ? t.ago(time.dateTime) : time.title);
  }
}

/** Says how long each comment can still be changed. True where that has ended for one. */
export function tellLeft(section: Element, t: Translator): boolean {
  let over = false;
  for (const note of section.querySelectorAll<HTMLElement>("[data-until]")) {
    const seconds = Math.floor((Date.parse(note.dataset.until ?? "") - Date.now()) / 1000);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    write(note, t("editLeft", { time }));
    over ||= seconds < 0;
  }
  return over;
}

/** Changes a text only where it is another one. */
export function write(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
