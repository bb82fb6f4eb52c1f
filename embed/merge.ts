/** What of a thread is not its comments, and is shown as the server said last. */
const PARTS = [".head", ".first", ".next", ".closed"];

/** What to do with comments that are not shown yet. */
interface Rules {
  /** `in place`: as they stand in the part; `end`, `start`: behind, or before, all others; `no`: nothing. */
  add: "in place" | "end" | "start" | "no";
  /** Whether those that are not in the part go. */
  drop: boolean;
}

/** Brings what is shown in line with a part of the thread as it is now, and touches nothing of it that is the same. */
export function merge(shown: Element, part: Element, rules: Rules): void {
  const [list, fresh] = [listOf(shown), listOf(part)];
  if (list && fresh) mergeLists(list, fresh, rules);
}

/** Takes over heading and order of a part; `paging`: and the ways to others. */
export function mergeFrame(shown: HTMLElement, part: HTMLElement, paging = true): void {
  Object.assign(shown.dataset, part.dataset);
  for (const name of paging ? PARTS : PARTS.slice(0, 1)) {
    const [old, fresh] = [shown, part].map((one) => one.querySelector<HTMLElement>(`:scope > ${name}`));
    if (old && fresh) replace(old, fresh);
  }
}

function mergeLists(list: Element, part: Element, rules: Rules): void {
  const { add, drop } = rules;
  const known = new Map([...list.children].map((item) => [keyOf(item), item]));
  const keys = [...part.children].map(keyOf);
  // First, as places are counted.
  if (drop) for (const [key, gone] of known) if (!keys.includes(key)) gone.remove();
  [...part.children].forEach((fresh, index) => {
    const item = known.get(keyOf(fresh));
    if (item) mergeItems(item, fresh, rules);
    else if (add === "no") return;
    const place =
      add === "end" ? list.querySelector(":scope > .apart") : list.children[add === "start" ? 0 : index];
    if (!item || (add === "in place" ? item !== place : item.className))
      list.insertBefore(item ?? fresh, place ?? null).className = "";
  });
}

function mergeItems(item: Element, fresh: Element, rules: Rules): void {
  const [article, now] = [item, fresh].map((one) => one.querySelector<HTMLElement>(".comment"));
  if (article && now && stateOf(article) !== stateOf(now)) replace(article, now);
  const [list, part] = [listOf(item), listOf(fresh)];
  const [more, rest] = [item, fresh].map((one) => one.querySelector<HTMLElement>(":scope > .more"));
  // The reader may have asked for more of the replies than the part has.
  if (more && (!rest || !list || (part?.childElementCount ?? 0) >= list.childElementCount))
    if (rest) replace(more, rest);
    else more.remove();
  // Replies stand by time, whatever the order of the thread.
  const below: Rules = { add: rules.add === "start" ? "end" : rules.add, drop: rules.drop && !rest };
  if (list && part) mergeLists(list, part, below);
  else if (part && rules.add !== "no") item.append(part);
  else if (list && below.drop) list.remove();
}

function listOf(element: Element): Element | null {
  return element.querySelector(":scope > ol");
}

function keyOf(item: Element): string {
  return item.firstElementChild?.id ?? "";
}

function stateOf(article: Element): string | null {
  return article.getAttribute("data-state");
}

/** What had the focus, and the mark, in the old one has it in the new one; else the whole. */
function replace(old: HTMLElement, fresh: HTMLElement): void {
  if (old.isEqualNode(fresh)) return;
  const place = focusables(old).findIndex((one) => one.matches(":focus"));
  fresh.classList.toggle("marked", old.classList.contains("marked"));
  old.replaceWith(fresh);
  if (place >= 0) (focusables(fresh)[place] ?? fresh).focus({ preventScroll: true });
}

function focusables(element: HTMLElement): HTMLElement[] {
  return [element, ...element.querySelectorAll<HTMLElement>("h2, a, button")];
}
