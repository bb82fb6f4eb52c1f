import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { openView, VIEWS } from "@/__tests__/support/views";
import { type Site, startSite } from "@/__tests__/support/wholeSite";

let site: Site;

beforeAll(async () => {
  site = await startSite();
});

/** What of a page is cut off, or lies beside it. */
function findLost(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const lost: string[] = [];
    const { scrollWidth } = document.documentElement;
    if (scrollWidth > innerWidth) lost.push(`The page is ${scrollWidth} wide in ${innerWidth}`);
    const look = (root: Document | ShadowRoot) => {
      for (const element of root.querySelectorAll<HTMLElement>("body *, .antiphon, .antiphon *")) {
        if (element.shadowRoot) look(element.shadowRoot);
        const { overflowX, overflowY, textOverflow, position, clipPath } = getComputedStyle(element);
        const { left, right, width } = element.getBoundingClientRect();
        // What is hidden with care, and what scrolls by itself, with all that is in it.
        if (width === 0 || clipPath !== "none" || position === "absolute") continue;
        if (element.closest(".wide, table, textarea, .unseen, .skip")) continue;
        const name = `${element.localName}.${element.className}: ${(element.textContent ?? "").trim().slice(0, 40)}`;
        if (right > innerWidth + 1 || left < -1) lost.push(`beside the page: ${name}`);
        const hides = [overflowX, overflowY].some((value) => value === "hidden" || value === "clip");
        const cut =
          element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 1;
        if (hides && cut && textOverflow !== "ellipsis") lost.push(`cut off: ${name}`);
      }
    };
    look(document);
    return lost;
  });
}

describe.each(VIEWS)("$name", (view) => {
  it("loses nothing 320 pixels wide, at 200 %, or with letters twice as large", async () => {
    const { page } = await openView(site, view, {
      viewport: { width: 640, height: 480 },
      deviceScaleFactor: 2,
    });
    expect(await findLost(page)).toEqual([]);
    await page.setViewportSize({ width: 320, height: 480 });
    expect(await findLost(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.evaluate(() => {
      document.documentElement.style.fontSize = "200%";
    });
    expect(await findLost(page)).toEqual([]);
  });
});
