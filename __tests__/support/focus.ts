import type { Page } from "playwright-core";

/** What has the focus, in whichever shadow tree. */
export interface Focused {
  /** Its tag and what it is called or says: `a Reply (Ada)`. */
  what: string;
  top: number;
  bottom: number;
  width: number;
  height: number;
  /** Whether its outline can be told from what is around it. */
  marked: boolean;
  /** Whether it can be seen, and nothing lies over it. */
  clear: boolean;
}

/** What has the focus now; null where nothing has. */
export async function findFocused(page: Page): Promise<Focused | null> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (!(element instanceof HTMLElement) || element === document.body) return null;
    const luminance = (colour: string) => {
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      if (!context) return 0;
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      const [r = 0, g = 0, b = 0] = [...context.getImageData(0, 0, 1, 1).data].map((part) => {
        const share = part / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const above = (one: Element) => {
      const root = one.getRootNode();
      return one.parentElement ?? (root instanceof ShadowRoot ? root.host : null);
    };
    const groundOf = (from: Element | null) => {
      for (let at = from; at; at = above(at)) {
        const { backgroundColor } = getComputedStyle(at);
        if (!/, 0\)$|^transparent$/.test(backgroundColor)) return backgroundColor;
      }
      return getComputedStyle(document.documentElement).colorScheme === "dark" ? "black" : "white";
    };
    const style = getComputedStyle(element);
    const [one, other] = [luminance(style.outlineColor), luminance(groundOf(above(element)))];
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && contrast >= 3;
    const { top, bottom, left, width, height } =
      element.getClientRects()[0] ?? element.getBoundingClientRect();
    const root = element.getRootNode();
    const hit =
      root instanceof Document || root instanceof ShadowRoot
        ? // What is taller than the window can be seen in part only.
          root.elementFromPoint(
            left + width / 2,
            Math.max(top + Math.min(height / 2, 40), Math.min(20, bottom - 1)),
          )
        : null;
    const label = "labels" in element && element.labels instanceof NodeList ? element.labels[0] : null;
    // Not how long ago, which another walk finds longer ago.
    const time = element.querySelector<HTMLTimeElement>(":scope > time")?.dateTime;
    const text = element.ariaLabel ?? label?.textContent ?? time ?? element.textContent ?? "";
    return {
      what: `${element.localName} ${text
        .replace(/\s+/g, " ")
        .replace(/[\u2068\u2069]/g, "")
        .trim()
        .slice(0, 80)}`,
      top: top + scrollY,
      bottom: bottom + scrollY,
      width,
      height,
      marked: outlined || (element.tabIndex < 0 && element.matches("article, h2, main")),
      clear: hit !== null && (element.contains(hit) || hit.contains(element)),
    };
  });
}

/** Whether what has the focus is where a walk began; else it begins here, if it has not begun. */
function isRound(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    const first = Reflect.get(window, "firstStop");
    if (!first) Reflect.set(window, "firstStop", element);
    return first === element;
  });
}

/** Presses Tab until it comes round; what has the focus on the way, in order. */
export async function walk(page: Page, key: "Tab" | "Shift+Tab" = "Tab"): Promise<Focused[]> {
  const stops: Focused[] = [];
  await page.evaluate(() => Reflect.deleteProperty(window, "firstStop"));
  for (;;) {
    await page.keyboard.press(key);
    const focused = await findFocused(page);
    if (focused === null || (await isRound(page))) return stops;
    stops.push(focused);
    if (stops.length > 1000)
      throw new Error(`There is no way out: ${stops.slice(-5).map(({ what }) => what)}`);
  }
}

/** Presses Tab until what has the focus is called so. */
export async function tabTo(page: Page, name: string | RegExp): Promise<Focused> {
  for (let times = 0; times < 400; times++) {
    await page.keyboard.press("Tab");
    const focused = await findFocused(page);
    if (focused && (typeof name === "string" ? focused.what === name : name.test(focused.what)))
      return focused;
  }
  throw new Error(`The keyboard does not come to ${name}`);
}
