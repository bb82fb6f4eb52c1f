import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { openTab } from "@/__tests__/support/browser";
import { client } from "@/__tests__/support/client";
import { findFocused, tabTo, walk } from "@/__tests__/support/focus";
import { whenTakenOver } from "@/__tests__/support/threadActs";
import { openView, VIEWS } from "@/__tests__/support/views";
import { type Site, startSite } from "@/__tests__/support/wholeSite";

let site: Site;

beforeAll(async () => {
  site = await startSite();
}, 180_000);

/** As many as show each kind of page once. */
const WALKED = VIEWS.filter(({ file, name }, index) => {
  const first = VIEWS.findIndex((one) => one.file === file) === index;
  return first || /report|preview|deletion|subscriptions$|refused in place/.test(name);
});

describe.each(
  WALKED.map((view, index) => ({ ...view, colorScheme: (["light", "dark"] as const)[index % 2] })),
)("$name, $colorScheme", ({ colorScheme, ...view }) => {
  it("Tab leads through everything, downwards, in plain sight, and out; and back again", async () => {
    const { page } = await openView(site, view, { colorScheme });
    await page.evaluate(() => {
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      const start = document.createElement("span");
      start.tabIndex = -1;
      document.body.prepend(start);
      start.focus();
      start.remove();
    });
    const stops = await walk(page);
    expect(stops.length).toBeGreaterThan(2);
    if (!view.file.startsWith("threads")) expect(stops[0]?.what).toMatch(/^a To the content|^a Skip/);
    expect(stops.filter(({ marked }) => !marked)).toEqual([]);
    expect(stops.filter(({ clear }) => !clear)).toEqual([]);
    // Links may be smaller where there is room around them, which axe looks at.
    const small = stops.filter(
      ({ what, width, height }) => !what.startsWith("a ") && (width < 24 || height < 24),
    );
    expect(small).toEqual([]);
    const back = stops.filter((stop, index) => stop.bottom <= (stops[index - 1]?.top ?? 0));
    expect(back).toEqual([]);
    const backwards = (await walk(page, "Shift+Tab")).map(({ what }) => what);
    const forwards = stops.map(({ what }) => what);
    // Where it came round, the way back begins at the last one.
    expect(backwards.reverse()).toEqual(forwards);
  });
});

it("the skip link leads past everything that is the same on each page", async () => {
  const { page } = await openTab(site.full.url);
  await page.goto(`/posts/${site.posts.talk.slug}`);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("main");
  const next = await tabTo(page, /./);
  expect(await page.evaluate(() => document.activeElement?.closest("main") !== null)).toBe(true);
  expect(next.what).not.toMatch(/Antiphon|Docs/);
});

describe("a thread that the element has, without a mouse", () => {
  async function open(slug = site.posts.talk.slug): Promise<Page> {
    const { page } = await openTab(site.full.url);
    await page.goto(`/posts/${slug}`);
    await whenTakenOver(page);
    return page;
  }

  const waitForFocus = async (page: Page, what: RegExp) => {
    let last = "nothing";
    for (const deadline = Date.now() + 10_000; Date.now() < deadline; ) {
      const focused = await findFocused(page);
      last = focused?.what ?? "nothing";
      if (focused && what.test(last)) return focused;
      await page.evaluate(() => new Promise(requestAnimationFrame));
    }
    throw new Error(`The focus should come to ${what}, and is on ${last}`);
  };

  it("writes, previews, edits and deletes a comment", async () => {
    const page = await open(site.posts.nothing.slug);
    await tabTo(page, /^textarea Comment/);
    await page.keyboard.type("Typed *without* a mouse");
    await tabTo(page, "button Preview");
    await page.keyboard.press("Space");
    await page.locator(".preview .prose").waitFor();
    await waitForFocus(page, /^button Preview/);
    await page.keyboard.press("Shift+Tab");
    await waitForFocus(page, /^button Send the comment/);
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^article .*Typed without a mouse/);

    await tabTo(page, /^a Edit/);
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^textarea/);
    await page.keyboard.press("ControlOrMeta+a");
    await page.keyboard.type("Typed anew");
    await tabTo(page, "button Save");
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^article .*Typed anew/);

    await tabTo(page, /^a Edit/);
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^textarea/);
    await tabTo(page, /^a Cancel/);
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^article .*Typed anew/);

    await tabTo(page, /^a Edit/);
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^textarea/);
    await tabTo(page, "summary Delete");
    await page.keyboard.press("Space");
    await tabTo(page, "button Yes, delete it");
    await page.keyboard.press("Enter");
    await page.locator(".news").getByText("deleted").waitFor();
    await waitForFocus(page, /^h2 /);
  });

  it("replies, and takes it back", async () => {
    const page = await open();
    await tabTo(page, /^a Reply \(Reader 1\)/);
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^textarea/);
    await tabTo(page, "a Cancel");
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^a Reply \(Reader 1\)/);
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^textarea/);
    await page.keyboard.type("An answer");
    await tabTo(page, "button Send the reply");
    await page.keyboard.press("Space");
    await waitForFocus(page, /^article .*An answer/);
  });

  it("votes, and takes it back", async () => {
    const page = await open();
    await tabTo(page, /^button Vote for the comment by Mona Member/);
    await page.keyboard.press("Space");
    const pressed = page.locator('.votes [aria-pressed="true"]');
    await pressed.waitFor();
    await waitForFocus(page, /^button Vote for the comment by Mona Member/);
    await page.keyboard.press("Enter");
    await pressed.waitFor({ state: "detached" });
    await waitForFocus(page, /^button Vote for the comment by Mona Member/);
  });

  it("reports", async () => {
    const page = await open();
    await tabTo(page, /^a Report \(Reader 3\)/);
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^input It is advertising/);
    await page.keyboard.press("ArrowDown");
    await waitForFocus(page, /^input It hurts/);
    await tabTo(page, "button Send the report");
    await page.keyboard.press("Enter");
    await page.locator(".news").getByText("Thank you").waitFor();
    await waitForFocus(page, /^article .*Level 3/);
  });

  it("sorts, and goes on reading where the list went on", async () => {
    const page = await open(site.posts.long.slug);
    await tabTo(page, "a Newest");
    await page.keyboard.press("Enter");
    await page.locator('[data-sort="newest"][aria-current]').waitFor();
    await waitForFocus(page, /^a Newest/);
    const shown = page.locator(".comments > li");
    const before = await page.locator(".antiphon > .comments > li").count();
    await tabTo(page, "a More comments");
    await page.keyboard.press("Enter");
    await shown.nth(before).waitFor();
    await waitForFocus(page, /^article /);
    const first = page.locator(".antiphon > .comments > li").nth(before).locator(":scope > article");
    expect(await first.evaluate((one) => one.matches(":focus"))).toBe(true);
  });

  it("shows what is new, and tries again what failed", async () => {
    const page = await open();
    await client(() => site.full)
      .comment("Just in", { post: site.posts.talk.id })
      .expect(201);
    await page.locator("#comments").scrollIntoViewIfNeeded();
    // The thread is followed while it can be seen only, and Tab leads out of it.
    await page.getByRole("button", { name: /^Show 1 new comment/ }).waitFor();
    await tabTo(page, /^button Show 1 new comment/);
    await page.keyboard.press("Enter");
    await waitForFocus(page, /^article .*Just in/);
    await page.route(/format=fragment/, (route) => route.abort());
    await page.evaluate(() => window.scrollTo(0, 0));
    await page.locator("h1").first().click();
    await tabTo(page, "a Best");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await waitForFocus(page, /^a Best/);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    await page.unroute(/format=fragment/);
    await tabTo(page, "button Try again");
    await page.keyboard.press("Enter");
    await page.locator('[data-sort="top"][aria-current]').waitFor();
    expect(await findFocused(page)).not.toBeNull();
  });
});
