import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { findBarriers } from "@/__tests__/support/axe";
import { openTab } from "@/__tests__/support/browser";
import { until } from "@/__tests__/support/until";
import { openView, VIEWS } from "@/__tests__/support/views";
import { type Site, startSite } from "@/__tests__/support/wholeSite";

let site: Site;

beforeAll(async () => {
  site = await startSite();
}, 180_000);

it("every page is looked at", () => {
  const folder = join(__dirname, "..", "..", "pages");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".tsx") && !/^_(app|document)\./.test(name),
  );
  expect([...new Set(VIEWS.map(({ file }) => file))].sort()).toEqual(files.sort());
});

it("the look finds what is wrong, in a shadow tree, too, and by the rules of every level", async () => {
  const { page } = await openTab(site.full.url);
  await page.goto("/login");
  await page.evaluate(() => {
    const host = document.createElement("div");
    const root = host.attachShadow({ mode: "open" });
    const button = document.createElement("button");
    const faint = document.createElement("p");
    faint.textContent = "Hardly to be seen";
    faint.style.color = "#888";
    faint.style.background = "#999";
    const small = document.createElement("button");
    small.textContent = "x";
    small.style.cssText = "width: 10px; height: 10px; padding: 0; overflow: hidden";
    const heading = document.createElement("h5");
    heading.textContent = "Out of order";
    root.append(button, faint, small, small.cloneNode(true), heading);
    document.querySelector("main")?.append(host);
  });
  const rules = (await findBarriers(page)).map((found) => found.split(":")[0]);
  expect(rules).toEqual(
    expect.arrayContaining(["button-name", "color-contrast", "target-size", "heading-order"]),
  );
});

describe.each(VIEWS)("$name", (view) => {
  it("puts nobody off: light and wide, dark and narrow", async () => {
    const { page } = await openView(site, view, { colorScheme: "light" });
    expect(await findBarriers(page)).toEqual([]);
    await page.emulateMedia({ colorScheme: "dark" });
    // A thread that the element has looks every second how light the text around is.
    await until(() =>
      page.evaluate(() => {
        const root = document.querySelector("antiphon-comments")?.shadowRoot;
        return root?.querySelector<HTMLElement>(".antiphon")?.style.colorScheme !== "light";
      }),
    );
    await page.setViewportSize({ width: 320, height: 640 });
    expect(await findBarriers(page)).toEqual([]);
  });
});

it("in a language from right to left, pages put nobody off either", async () => {
  for (const path of ["/", "/posts/ID", "/threads/ID?reply=COMMENT", "/login", "/data", "/nowhere"]) {
    const { page } = await openTab(site.full.url, { locale: "ar" });
    await page.goto(path.replace("ID", site.posts.talk.slug).replace("COMMENT", String(site.comments.first)));
    expect([path, await page.locator("html").getAttribute("dir")]).toEqual([path, "rtl"]);
    expect([path, await findBarriers(page)]).toEqual([path, []]);
  }
});
