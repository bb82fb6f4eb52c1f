import type { Translator } from "@/components/thread/translator";

const WEEK = 7 * 864e5;

/** Says in the reader's words how long ago each comment was made, and how long it can still be changed. */
export function tellTimes(section: Element, t: Translator): void {
  for (const time of section.querySelectorAll("time")) {
    const full = t.date(time.dateTime);
    time.title = full;
    write(time, Date.now() - Date.parse(time.dateTime) < WEEK ? t.ago(time.dateTime) : full);
  }
  for (const note of section.querySelectorAll<HTMLElement>("[data-until]")) {
    const seconds = Math.floor((Date.parse(note.dataset.until ?? "") - Date.now()) / 1000);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    write(note, seconds > 0 ? t("editLeft", { time }) : "");
  }
}

/** Whether a countdown that is shown has ended. */
export function isOver(section: Element): boolean {
  return [...section.querySelectorAll<HTMLElement>("[data-until]")].some(
    ({ dataset }) => Date.parse(dataset.until ?? "") <= Date.now(),
  );
}

function write(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
