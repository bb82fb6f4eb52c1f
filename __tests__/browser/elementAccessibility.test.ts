import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { findBarriers } from "@/__tests__/support/axe";
import { type Site as OtherSite, startSite as startOtherSite } from "@/__tests__/support/site";
import { THREAD_ACTS, whenTakenOver } from "@/__tests__/support/threadActs";
import { until } from "@/__tests__/support/until";
import { type Site, startSite } from "@/__tests__/support/wholeSite";

/*
 * The element on a site of another origin, whose policy allows nothing but the comment server.
 */
let site: Site;
let other: OtherSite;

beforeAll(async () => {
  site = await startSite();
  other = await startOtherSite(() => site.full);
  other.put("/site.css", ":root { color-scheme: light dark } body { background: Canvas; color: CanvasText }");
}, 180_000);

/** A tab on a page of the site, before it is asked for; and the page with the element. */
async function open(attributes: string, head = ""): Promise<{ page: Page; show: () => Promise<unknown> }> {
  other.put("/page", {
    head: `<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/site.css">${head}`,
    body: `<main><h1>A page</h1><antiphon-comments ${attributes}></antiphon-comments></main>`,
  });
  const { page } = await other.open("/", { colorScheme: "light" });
  return { page, show: () => page.goto("/page") };
}

async function expectNoBarriers(page: Page): Promise<void> {
  expect(await findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  // The thread looks every second how light the text around is.
  const section = page.locator("antiphon-comments section").first();
  await until(() =>
    section.evaluate((one) => {
      const root = one.getRootNode();
      const { color } = getComputedStyle(root instanceof ShadowRoot ? root.host : one);
      const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map(Number);
      const { colorScheme } = one.style;
      return colorScheme === "" || colorScheme === (2 * red + 5 * green + blue > 1020 ? "dark" : "light");
    }),
  );
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await findBarriers(page)).toEqual([]);
}

describe("the element puts nobody off, light and dark", () => {
  it.each(THREAD_ACTS)("$name", async ({ act, on }) => {
    const { page, show } = await open(`post="${site.posts[on].slug}"`);
    await show();
    await whenTakenOver(page);
    await act(page, site.full, site.posts[on].id);
    await expectNoBarriers(page);
  });

  it.each(["closed", "nothing"] as const)("a thread: %s", async (which) => {
    const { page, show } = await open(`post="${site.posts[which].slug}"`);
    await show();
    await page.locator("#comments").waitFor();
    await expectNoBarriers(page);
  });

  it("a post that there is not", async () => {
    const { page, show } = await open(`post="never-heard-of"`);
    await show();
    await page.locator(".antiphon").getByText(/./).first().waitFor();
    await expectNoBarriers(page);
  });

  it("a server that can’t be reached", async () => {
    const { page, show } = await open(`post="1"`);
    await page.route("**/threads/**", (route) => route.abort());
    await show();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await expectNoBarriers(page);
  });

  it("a thread that is still to come", async () => {
    const { page, show } = await open(`post="1"`);
    await page.route("**/threads/**", () => {});
    await show();
    await page.waitForFunction(() => document.querySelector("antiphon-comments")?.shadowRoot);
    await expectNoBarriers(page);
  });

  it("a language from right to left", async () => {
    const { page, show } = await open(`post="${site.posts.talk.slug}" lang="ar"`);
    await show();
    await page.locator('.antiphon[dir="rtl"] #comments').waitFor();
    await expectNoBarriers(page);
  });
});

const guide = readFileSync(join(__dirname, "..", "..", "docs", "theming.md"), "utf8");
const examples = [...guide.matchAll(/\/theming-([a-z]+)\.webp\)\n\n```css\n([^`]+)```/g)];

it("docs/theming.md has three examples", () => {
  expect(examples).toHaveLength(3);
});

it.each(examples.map(([, name = "", css = ""]) => ({ name, css })))(
  "as docs/theming.md dresses it: $name; its fields can be seen, too",
  async ({ css }) => {
    other.put("/theme.css", css);
    const { page, show } = await open(
      `post="${site.posts.talk.slug}"`,
      '<link rel="stylesheet" href="/theme.css">',
    );
    await show();
    await whenTakenOver(page);
    await expectNoBarriers(page);
    const edge = await page.locator("#field-comment").evaluate((field) => {
      const { borderTopColor, backgroundColor } = getComputedStyle(field);
      const [one = 0, other = 0] = [borderTopColor, backgroundColor].map((colour) => {
        const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
          const share = Number(part) / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      });
      return (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    });
    expect(edge).toBeGreaterThanOrEqual(3);
  },
);
