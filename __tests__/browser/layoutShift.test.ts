import { beforeAll, expect, it } from "@jest/globals";
import { openTab } from "@/__tests__/support/browser";
import { type Site, startSite } from "@/__tests__/support/wholeSite";

let site: Site;

beforeAll(async () => {
  site = await startSite();
}, 180_000);

/** How far things have moved in a tab (CLS), and what did. */
interface Shifts {
  score: number;
  moved: string[];
}

it.each([
  ["/", 1280],
  ["/", 320],
  ["/posts/ID", 1280],
  ["/posts/ID", 320],
  ["/posts/ID?reply=1", 640],
  ["/threads/ID", 1280],
  ["/threads/ID", 320],
])(
  "%s, %i px wide, stands still while it loads, and while the element takes it over",
  async (path, width) => {
    const { page } = await openTab(site.full.url, { viewport: { width, height: 900 } });
    await page.addInitScript(() => {
      const shifts: Shifts = { score: 0, moved: [] };
      Reflect.set(globalThis, "shifts", shifts);
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          shifts.score += Number(Reflect.get(entry, "value"));
          for (const { node } of Reflect.get(entry, "sources"))
            shifts.moved.push(
              node instanceof Element ? node.outerHTML.slice(0, 80) : String(node?.textContent),
            );
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    // As over a slow line: first the page, then the scripts, then what the element fetches, then the pictures.
    const late = async (pattern: string | RegExp, painted: boolean) => {
      await page.route(pattern, async (route) => {
        await page.waitForFunction(
          (painted) =>
            document.readyState !== "loading" &&
            (!painted || performance.getEntriesByType("paint").length > 0),
          painted,
        );
        await route.continue();
      });
    };
    await late("**/embed.js", true);
    await late(/avatars/, false);
    await page.goto(path.replace("ID", site.posts.long.slug));
    if (path !== "/")
      await page.waitForFunction(() =>
        document.querySelector("antiphon-comments")?.shadowRoot?.querySelector(".antiphon"),
      );
    await page.waitForFunction(() => {
      const root = document.querySelector("antiphon-comments")?.shadowRoot ?? document;
      const pictures = [...root.querySelectorAll("img")];
      const seen = pictures.filter((one) => one.getBoundingClientRect().top < innerHeight);
      return seen.every(({ complete }) => complete);
    });
    // What was measured is told with the next picture of the page.
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
    const { score, moved } = await page.evaluate<Shifts>(() => Reflect.get(globalThis, "shifts"));
    expect(score < 0.01 ? [] : [score, ...moved]).toEqual([]);
  },
);
