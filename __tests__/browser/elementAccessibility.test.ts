import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { findBarriers } from "@/__tests__/support/axe";
import { openTab, type Tab } from "@/__tests__/support/browser";
import { type OtherSite, startOtherSite } from "@/__tests__/support/otherSite";
import { THREAD_ACTS, whenTakenOver } from "@/__tests__/support/threadActs";
import { type Site, startSite } from "@/__tests__/support/wholeSite";

/*
 * The element on a site of another origin, whose policy allows nothing but the comment server.
 */
let site: Site;
let other: OtherSite;

beforeAll(async () => {
  site = await startSite();
  other = await startOtherSite(site.full.url);
});

async function open(attributes: string, settings: Parameters<typeof openTab>[1] = {}): Promise<Tab> {
  other.show(`<main><h1>A page</h1><antiphon-comments ${attributes}></antiphon-comments></main>`);
  return openTab(other.url, { colorScheme: "light", ...settings });
}

async function expectNoBarriers(page: Page): Promise<void> {
  expect(await findBarriers(page)).toEqual([]);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await findBarriers(page)).toEqual([]);
}

describe("the element puts nobody off, light and dark", () => {
  it.each(THREAD_ACTS)("$name", async ({ act }) => {
    const { page } = await open(`post="${site.posts.long.slug}"`);
    await page.goto("/");
    await whenTakenOver(page);
    await act(page, site.full, site.posts.long.id);
    await expectNoBarriers(page);
  });

  it.each(["closed", "nothing"] as const)("a thread: %s", async (which) => {
    const { page } = await open(`post="${site.posts[which].slug}"`);
    await page.goto("/");
    await page.locator(".antiphon h2").waitFor();
    await expectNoBarriers(page);
  });

  it("a post that there is not", async () => {
    const { page } = await open(`post="never-heard-of"`);
    await page.goto("/");
    await page.locator(".antiphon").getByText(/./).first().waitFor();
    await expectNoBarriers(page);
  });

  it("a server that can’t be reached", async () => {
    const { page } = await open(`post="1"`);
    await page.route("**/threads/**", (route) => route.abort());
    await page.goto("/");
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await expectNoBarriers(page);
  });

  it("a thread that is still to come", async () => {
    const { page } = await open(`post="1"`);
    await page.route("**/threads/**", () => {});
    await page.goto("/");
    await page.waitForFunction(() => document.querySelector("antiphon-comments")?.shadowRoot);
    await expectNoBarriers(page);
  });

  it("a language from right to left", async () => {
    const { page } = await open(`post="${site.posts.long.slug}" lang="ar"`);
    await page.goto("/");
    await page.locator('.antiphon[dir="rtl"] h2').waitFor();
    await expectNoBarriers(page);
  });
});
