import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { THREAD_ACTS } from "@/__tests__/support/threadActs";
import { openView, VIEWS } from "@/__tests__/support/views";
import { type Site, startSite } from "@/__tests__/support/wholeSite";

let site: Site;

beforeAll(async () => {
  site = await startSite();
}, 180_000);

/** Opens a view and marks what speaks there before anything is done. */
async function open(name: string): Promise<Page> {
  const view = VIEWS.find((one) => one.name === name);
  if (!view) throw new Error(`There is no view ${name}`);
  const { page } = await openView(site, { ...view, act: undefined });
  await page.evaluate(() => {
    const look = (root: Document | ShadowRoot) => {
      for (const element of root.querySelectorAll("*")) {
        if (element.shadowRoot) look(element.shadowRoot);
        if (element.matches("[role=status], [role=alert], [aria-live]"))
          Reflect.set(element, "wasThere", element.getAttribute("role") ?? element.getAttribute("aria-live"));
      }
    };
    look(document);
  });
  return page;
}

/** How the place of that text speaks, which did so before the text came; else why it is not heard. */
function findSpeaker(page: Page, text: string | RegExp): Promise<string> {
  return page
    .getByText(text)
    .first()
    .evaluate((element) => {
      const region = element.closest("[role=status], [role=alert], [aria-live]");
      if (region === null) return "nothing speaks";
      const before = Reflect.get(region, "wasThere");
      const now = region.getAttribute("role") ?? region.getAttribute("aria-live");
      if (before === undefined) return "it came together with its text";
      return before === now ? String(now) : `it was ${before}, and is ${now}`;
    });
}

describe("what changes is said where a screen reader listens already", () => {
  it.each([
    ["a preview", "This is how it will look:", "polite"],
    ["a refusal", /http:\/\/ or https:\/\//, "alert"],
    ["new comments", /^Show \d+ new comment/, "status"],
    ["comments that can’t be loaded", "Try again", "status"],
  ])("on a thread: %s", async (name, text, speaks) => {
    const page = await open(`a post, taken over: ${name}`);
    const { act, on = "talk" } = THREAD_ACTS.find((one) => one.name === name) ?? {};
    await act?.(page, site.full, site.posts[on].id);
    expect(await findSpeaker(page, text)).toBe(speaks);
  });

  it("on a thread: what became of a report, a change and a deletion", async () => {
    const page = await open("a post, taken over: as it comes");
    await page
      .getByRole("link", { name: /^Report/ })
      .first()
      .click();
    await page.getByLabel("Something else").check();
    await page.getByRole("button", { name: "Send the report" }).click();
    await page.getByText("Thank you. A moderator").waitFor();
    expect(await findSpeaker(page, "Thank you. A moderator")).toBe("status");
  });

  it("on a thread: that a comment is being sent, and that it waits", async () => {
    const page = await open("a post, taken over: as it comes");
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/api/comments", async (route) => {
      await held;
      await route.continue();
    });
    await page.locator("#field-comment").fill("Slowly");
    await page.getByRole("button", { name: "Send the comment" }).click();
    await page.getByText("Sending…").waitFor();
    expect(await findSpeaker(page, "Sending…")).toBe("status");
    release();
    await page.getByRole("article").getByText("Slowly").waitFor();
  });

  it("on other pages: what is refused, and what is loaded", async () => {
    const login = await open("a sign-in refused in place");
    await login.getByLabel("E-mail").fill("nobody@example.org");
    await login.getByLabel("Password").fill("not the password");
    await login.locator("main").getByRole("button").click();
    await login.locator(".notice.refused").waitFor();
    expect(await findSpeaker(login, /wrong|not/i)).toBe("alert");
    const people = await open("people, loaded in place");
    await people.getByRole("button", { name: "Load the people" }).click();
    await people.getByText(/\d people/).waitFor();
    expect(await findSpeaker(people, /\d people/)).toBe("status");
  });
});
