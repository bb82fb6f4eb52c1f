import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { openTab } from "@/__tests__/support/browser";
import { type Server, startServer } from "@/__tests__/support/server";

let server: Server;

beforeAll(async () => {
  // A list of sites must not keep out our own.
  server = await startServer({ SEED: "on", MODERATION: "open", ALLOWED_ORIGINS: "https://blog.example" });
});

const path = "/posts/react-hooks";
const comments = (page: Page) => page.locator("article.comment");

/** Marks the document, so that a test can tell whether it is still the same one. */
const mark = (page: Page) => page.evaluate(() => document.body.classList.add("marked"));
const isMarked = (page: Page) => page.evaluate(() => document.body.classList.contains("marked"));

describe("without JavaScript", () => {
  it("a comment is sent, and its page opens at its place", async () => {
    const { page, errors } = await openTab(server.url, { javaScriptEnabled: false });
    await page.goto(path);
    await page.getByLabel("Comment", { exact: true }).fill("By the *browser* alone");
    await page.getByLabel("Name").fill("Nora");
    await page.getByRole("button").click();
    await page.waitForURL(/#comment-\d+$/);
    const place = page.locator(new URL(page.url()).hash);
    expect(await place.textContent()).toContain("Nora");
    expect(await place.locator("em").textContent()).toBe("browser");
    expect(errors).toEqual([]);
  });

  it("a comment is sent from the front page, too", async () => {
    const { page } = await openTab(server.url, { javaScriptEnabled: false });
    await page.goto("/");
    const post = page
      .getByRole("article")
      .filter({ has: page.getByRole("heading", { name: "Next.js Guide" }) });
    await post.getByText("Write a comment").click();
    await post.getByLabel("Comment", { exact: true }).fill("From the front");
    await post.getByRole("button").click();
    await page.waitForURL(/\/posts\/nextjs-guide\?at=\d+#comment-\d+$/);
    expect(await page.locator(new URL(page.url()).hash).textContent()).toContain("From the front");
  });

  it("a reply stands below the comment that it answers", async () => {
    const { page } = await openTab(server.url, { javaScriptEnabled: false });
    await page.goto(path);
    await page.locator("#comment-3").getByRole("link", { name: "Reply" }).click();
    await page.waitForURL(/\?reply=3#respond$/);
    expect(await page.locator(".replying").textContent()).toContain("Replying to Ada");
    await page.getByLabel("Comment", { exact: true }).fill("Below Ada");
    await page.getByRole("button").click();
    await page.waitForURL(/#comment-\d+$/);
    expect(await page.locator("li:has(> #comment-3) > ol").textContent()).toContain("Below Ada");
  });

  it("a refusal is said, and Back still holds what was typed", async () => {
    const { page } = await openTab(server.url, { javaScriptEnabled: false });
    await page.goto(path);
    await page.getByLabel("Comment", { exact: true }).fill("Do not lose this");
    await page.getByLabel("Website").fill("ftp://files.example/");
    await page.getByRole("button").click();
    await page.waitForURL(/\?error=invalid_input&field=website#respond$/);
    expect(await page.getByRole("alert").textContent()).toContain("The website must begin with http");
    await page.goBack();
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("Do not lose this");
  });
});

describe("with JavaScript", () => {
  it("a comment appears without a reload, has the focus, and the form is empty again", async () => {
    const { page, errors, strangers } = await openTab(server.url);
    await page.goto(path, { waitUntil: "networkidle" });
    await mark(page);
    const before = await comments(page).count();
    await page.getByLabel("Comment", { exact: true }).fill("Here **at once**");
    await page.getByLabel("Name").fill("Jo");
    await page.getByRole("button").click();
    await page.locator("article.comment strong", { hasText: "at once" }).waitFor();
    expect(await comments(page).count()).toBe(before + 1);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("at once");
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("");
    expect(await page.getByLabel("Name").inputValue()).toBe("Jo");
    expect(await isMarked(page)).toBe(true);
    expect([errors, strangers]).toEqual([[], []]);
    // It is the same after a reload: nothing was only drawn.
    const [number] = (await page.getByRole("heading", { name: /comments$/ }).textContent())?.split(" ") ?? [];
    await page.reload();
    expect(await page.getByRole("heading", { name: /comments$/ }).textContent()).toBe(`${number} comments`);
    expect(await comments(page).count()).toBe(before + 1);
  });

  it("a reply is written and sent with the keyboard alone, and can be taken back", async () => {
    const { page } = await openTab(server.url);
    await page.goto(path, { waitUntil: "networkidle" });
    await mark(page);
    const reply = page.locator("#comment-5").getByRole("link", { name: "Reply to Ada" });
    for (let n = 0; n < 100 && !(await reply.evaluate((link) => link === document.activeElement)); n++) {
      await page.keyboard.press("Tab");
    }
    await page.keyboard.press("Enter");
    const text = page.getByLabel("Comment", { exact: true });
    await page.locator(".replying").waitFor();
    expect(await text.evaluate((area) => area === document.activeElement)).toBe(true);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.locator(".replying").waitFor({ state: "detached" });
    expect(await text.evaluate((area) => area === document.activeElement)).toBe(true);

    await reply.focus();
    await page.keyboard.press("Enter");
    await page.locator(".replying").waitFor();
    await page.keyboard.type("By keyboard");
    for (const _ of ["Markdown", "Name", "E-mail", "Website", "Send"]) await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.locator("li:has(> #comment-5) > ol", { hasText: "By keyboard" }).waitFor();
    expect(await isMarked(page)).toBe(true);
    expect(await page.locator(".replying").count()).toBe(0);
  });

  it("a refusal is said in place, the field to blame has the focus, and no text is lost", async () => {
    const { page } = await openTab(server.url);
    await page.goto(path, { waitUntil: "networkidle" });
    await mark(page);
    await page.getByLabel("Comment", { exact: true }).fill("Keep me");
    await page.getByLabel("Website").fill("ftp://files.example/");
    await page.getByRole("button").click();
    await page.getByRole("alert").getByText("http://").waitFor();
    expect(await page.getByLabel("Website").getAttribute("aria-invalid")).toBe("true");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("website");
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("Keep me");
    await page.getByLabel("Website").fill("");
    await page.getByRole("button").click();
    await page.locator("article.comment", { hasText: "Keep me" }).waitFor();
    expect(await page.locator(".notice").count()).toBe(0);
    expect(await isMarked(page)).toBe(true);
  });

  it("while it is on its way that is shown, and pressing twice sends it once", async () => {
    const { page } = await openTab(server.url);
    await page.goto(path, { waitUntil: "networkidle" });
    let sent = 0;
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route("**/api/comments", async (route) => {
      sent++;
      await held;
      await route.continue();
    });
    await page.getByLabel("Comment", { exact: true }).fill("Only once");
    const button = page.getByRole("button");
    await button.click();
    await page.getByRole("button", { name: "Sending…" }).waitFor();
    await page.keyboard.press("Enter");
    release();
    await page.locator("article.comment", { hasText: "Only once" }).waitFor();
    expect(sent).toBe(1);
  });

  it("when the server can't be reached the text stays, and the second try makes one comment", async () => {
    const { page } = await openTab(server.url);
    await page.goto(path, { waitUntil: "networkidle" });
    // The comment arrives, and its answer is lost.
    await page.route("**/api/comments", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await page.getByLabel("Comment", { exact: true }).fill("Through thick and thin");
    await page.getByRole("button").click();
    await page.getByRole("alert").getByText("can’t be reached").waitFor();
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("Through thick and thin");
    await page.unroute("**/api/comments");
    await page.getByRole("button").click();
    await page.locator("article.comment", { hasText: "Through thick and thin" }).waitFor();
    await page.reload();
    expect(await page.locator("article.comment", { hasText: "Through thick and thin" }).count()).toBe(1);
  });

  it("on the front page a reply opens the folded form, and the comment appears there", async () => {
    const { page } = await openTab(server.url);
    await page.goto("/", { waitUntil: "networkidle" });
    await page.locator("#comment-1").getByRole("link", { name: "Reply" }).click();
    const post = page
      .getByRole("article")
      .filter({ has: page.getByRole("heading", { name: "React Hooks" }) });
    const text = post.getByLabel("Comment", { exact: true });
    await text.waitFor();
    expect(await text.evaluate((area) => area === document.activeElement)).toBe(true);
    await text.fill("First to the first");
    await post.getByRole("button").click();
    await page.locator("li:has(> #comment-1) > ol", { hasText: "First to the first" }).waitFor();
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("First to the first");
  });

  it("what waits for a moderator is said to wait, and is not shown", async () => {
    const strict = await startServer({ SEED: "on", MODERATION: "all" });
    const { page } = await openTab(strict.url);
    await page.goto(path, { waitUntil: "networkidle" });
    const before = await comments(page).count();
    await page.getByLabel("Comment", { exact: true }).fill("May I?");
    await page.getByRole("button").click();
    await page.getByRole("status").getByText("waits for a moderator").waitFor();
    expect(await comments(page).count()).toBe(before);
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("");
  });
});
