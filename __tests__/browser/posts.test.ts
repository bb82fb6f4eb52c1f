import { beforeAll, describe, expect, it } from "@jest/globals";
import type { BrowserContextOptions, Page } from "playwright-core";
import { openTab } from "@/__tests__/support/browser";
import { client } from "@/__tests__/support/client";
import { addPerson, cookieOf, signIn } from "@/__tests__/support/people";
import { type Server, startServer } from "@/__tests__/support/server";

let server: Server;
const { get } = client(() => server);
const cookies: Record<string, string> = {};

beforeAll(async () => {
  server = await startServer({ SEED: "on" });
  for (const role of ["author", "member"] as const)
    cookies[role] = cookieOf(await signIn(server, (await addPerson(server, role, "Jane Doe")).email));
});

async function open(role: "author" | "member", settings?: BrowserContextOptions) {
  const tab = await openTab(server.url, settings);
  const [name = "", value = ""] = cookies[role]?.split("=") ?? [];
  await tab.page.context().addCookies([{ name, value, url: server.url }]);
  await tab.page.goto("/posts", { waitUntil: "networkidle" });
  return tab;
}

const form = (page: Page) => page.getByRole("form", { name: "New post" });
const titles = (page: Page) => page.locator("ol.posts li > a").allTextContents();
const publish = (page: Page) => form(page).getByRole("button", { name: "Publish" });

describe("row 12: a page with a form makes posts and shows them", () => {
  it("shows that it is at work, then the new post without a reload, with the focus on it", async () => {
    const { page, errors, strangers } = await open("author");
    await page.evaluate(() => document.body.classList.add("marked"));
    const before = await titles(page);
    await form(page).getByLabel("Title").fill("From the page");
    await form(page).getByLabel("Text").fill("Some *text*");
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/api/posts", async (route) => {
      await released;
      await route.continue();
    });
    await publish(page).click();
    await form(page).getByRole("button", { name: "Publishing…" }).waitFor();
    expect(await form(page).getAttribute("aria-busy")).toBe("true");
    release();
    await page.getByRole("link", { name: "From the page" }).waitFor();
    expect(await titles(page)).toEqual(["From the page", ...before]);
    expect(await page.getByRole("status").textContent()).toBe("Published: From the page");
    await page.waitForFunction(() => document.activeElement?.textContent === "From the page");
    expect(await page.evaluate(() => document.body.classList.contains("marked"))).toBe(true);
    expect(await form(page).getByLabel("Title").inputValue()).toBe("");
    expect(await form(page).getByLabel("Byline").inputValue()).toBe("Jane Doe");
    expect([errors, strangers]).toEqual([[], []]);
    // Nothing was only drawn.
    await page.reload();
    expect(await titles(page)).toEqual(["From the page", ...before]);
    const [made] = (await get("/api/posts?author=jane%20doe")).body;
    expect(made).toMatchObject({ title: "From the page", html: "<p>Some <em>text</em></p>\n" });
  });

  it("says at its field what is wrong, keeps what was typed, and can do without a mouse", async () => {
    const { page } = await open("author");
    await form(page).getByLabel("Title").focus();
    await page.keyboard.type("By keyboard");
    await page.keyboard.press("Tab");
    await page.keyboard.type("Some text");
    for (const _ of ["Markdown", "Byline", "More"]) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    await page.keyboard.type("keys");
    await page.keyboard.press("Tab");
    await page.keyboard.type("react-hooks");
    await page.keyboard.press("Enter");
    const slug = form(page).getByLabel("Slug");
    await page.locator("[aria-invalid=true]").waitFor();
    expect(await slug.getAttribute("aria-invalid")).toBe("true");
    expect(await slug.evaluate((input) => input === document.activeElement)).toBe(true);
    const described = (await slug.getAttribute("aria-describedby")) ?? "";
    expect(await page.locator(`[id="${described}"]`).textContent()).toBe(
      "Another post has this slug, or had it.",
    );
    expect(await form(page).getByLabel("Title").inputValue()).toBe("By keyboard");
    await slug.fill("By Keyboard");
    await page.keyboard.press("Enter");
    await page.getByText("A slug is words of a–z").waitFor();
    await slug.fill("by-keyboard");
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "By keyboard" }).waitFor();
    expect(await page.locator("[aria-invalid=true]").count()).toBe(0);
    await get("/api/posts/by-keyboard").expect(200);
  });

  it("makes one post, however often it is sent while the answer is lost", async () => {
    const { page } = await open("author");
    await form(page).getByLabel("Title").fill("Sent twice");
    await form(page).getByLabel("Text").fill("Once");
    let calls = 0;
    await page.route("**/api/posts", async (route) => {
      calls++;
      const answer = await route.fetch();
      if (calls === 1) await route.abort();
      else await route.fulfill({ response: answer });
    });
    await publish(page).click();
    await page.getByText("The server can’t be reached").waitFor();
    await publish(page).click();
    await page.getByRole("link", { name: "Sent twice" }).waitFor();
    expect((await get("/api/posts?q=twice")).body).toHaveLength(1);
  });

  it("works without JavaScript, and is led back to what was made or to what is wrong", async () => {
    const { page } = await open("author", { javaScriptEnabled: false });
    await form(page).getByLabel("Title").fill("Without a script");
    await form(page).getByLabel("Text").fill("Plain");
    await publish(page).click();
    await page.waitForURL(/\/posts\?made=\d+#post-\d+$/);
    expect((await titles(page))[0]).toBe("Without a script");
    expect(await page.getByRole("status").textContent()).toBe("Published: Without a script");
    await form(page).getByLabel("Title").fill("Do not lose this");
    await form(page).getByLabel("Text").fill("Plain");
    await form(page).getByText("More").click();
    await form(page).getByLabel("Slug").fill("Not A Slug");
    await publish(page).click();
    await page.waitForURL(/\/posts\?error=invalid_input&field=slug$/);
    expect(await form(page).textContent()).toContain("A slug is words of a–z");
    expect(await form(page).getByLabel("Slug").isVisible()).toBe(true);
    await page.goBack();
    expect(await form(page).getByLabel("Title").inputValue()).toBe("Do not lose this");
  });

  it("shows nothing hostile as more than text", async () => {
    const { page, errors } = await open("author");
    await form(page).getByLabel("Title").fill("<img src=x onerror=alert(1)>");
    await form(page).getByLabel("Text").fill("<script>alert(1)</script>");
    await publish(page).click();
    await page.getByRole("link", { name: "<img src=x" }).waitFor();
    expect(await page.locator("ol.posts img, ol.posts script").count()).toBe(0);
    expect(errors).toEqual([]);
  });

  it("is for authors: others are led to sign in, members told so", async () => {
    const res = await get("/posts").expect(307);
    expect(res.headers.location).toBe("/login?next=%2Fposts");
    const { page } = await open("member");
    expect(await page.locator("main").textContent()).toContain(
      "Posts are made by people with the role author",
    );
    expect(await page.locator("main form").count()).toBe(0);
    await get("/posts")
      .set("Cookie", cookies.member ?? "")
      .expect(403);
  });
});
