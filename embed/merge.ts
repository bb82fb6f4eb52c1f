/** What of a thread is not its comments, and is shown as the server said last. */
const PARTS = [".head", ".first", ".next", ".closed"];

/** What to do with comments that are not shown yet. */
export interface Rules {
  /** `in place`: as they stand in the part; `end`, `start`: behind, or before, all others; `no`: nothing. */
  add: "in place" | "end" | "start" | "no";
  /** Whether those that are not in the part go. */
  drop: boolean;
}

/**
 * Brings what is shown in line with a part of the thread as it is now, and touches nothing of it that is the same.
 * Returns how many comments the part has that are not shown.
 */
export function merge(shown: Element, part: Element, rules: Rules): number {
  const [list, fresh] = [listOf(shown), listOf(part)];
  return list && fresh ? mergeLists(list, fresh, rules) : 0;
}

/** Takes over heading and order of a part; `paging`: and the ways to others. */
export function mergeFrame(shown: HTMLElement, part: HTMLElement, paging = true): void {
  Object.assign(shown.dataset, { ...part.dataset });
  for (const name of paging ? PARTS : PARTS.slice(0, 1)) {
    const [old, fresh] = [shown.querySelector(`:scope > ${name}`), part.querySelector(`:scope > ${name}`)];
    if (old && fresh) replace(old, fresh);
  }
}

function mergeLists(list: Element, part: Element, rules: Rules): number {
  const known = new Map([...list.children].map((item) => [keyOf(item), item]));
  let missing = 0;
  [...part.children].forEach((fresh, index) => {
    const key = keyOf(fresh);
    const item = known.get(key);
    known.delete(key);
    if (item) {
      missing += mergeItems(item, fresh, rules);
      if (rules.add === "in place" && list.children[index] !== item)
        list.insertBefore(item, list.children[index] ?? null);
    } else if (rules.add === "no") missing += fresh.querySelectorAll(".comment").length;
    else if (rules.add === "end") list.append(fresh);
    else list.insertBefore(fresh, list.children[rules.add === "start" ? 0 : index] ?? null);
  });
  if (rules.drop) for (const gone of known.values()) gone.remove();
  return missing;
}

function mergeItems(item: Element, fresh: Element, rules: Rules): number {
  const [article, now] = [item.firstElementChild, fresh.firstElementChild];
  if (article && now && stateOf(article) !== stateOf(now)) replace(article, now);
  item.querySelector(":scope > .more")?.replaceWith(...fresh.querySelectorAll(":scope > .more"));
  const [list, part] = [listOf(item), listOf(fresh)];
  // Replies stand by time, whatever the order of the thread.
  const below: Rules = rules.add === "start" ? { ...rules, add: "end" } : rules;
  if (list && part) return mergeLists(list, part, below);
  if (part && rules.add !== "no") item.append(part);
  else if (part) return part.querySelectorAll(".comment").length;
  if (list && rules.drop) list.remove();
  return 0;
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

/** What had the focus in the old one has it in the new one. */
function replace(old: Element, fresh: Element): void {
  if (old.isEqualNode(fresh)) return;
  const root = old.getRootNode();
  const active = root instanceof ShadowRoot ? root.activeElement : null;
  const place = active instanceof HTMLElement ? focusables(old).indexOf(active) : -1;
  old.replaceWith(fresh);
  if (place >= 0) focusables(fresh)[place]?.focus();
}

function focusables(element: Element): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>("a, button")];
}
