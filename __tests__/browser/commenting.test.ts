import { once } from "node:events";
import { createServer } from "node:http";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import request from "supertest";
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

const send = (page: Page) => page.getByRole("button", { name: "Send the comment" });
const formOf = (page: Page) => page.getByLabel("Comment", { exact: true });

describe("without JavaScript", () => {
  const open = async (path: string) => {
    const tab = await openTab(server.url, { javaScriptEnabled: false });
    await tab.page.goto(path);
    return tab;
  };
  /** Writes a comment on the page, and returns it in its place. */
  const write = async (page: Page, text: string) => {
    await formOf(page).fill(text);
    await page.getByRole("button", { name: /^Send/ }).click();
    await page.waitForURL(/#comment-\d+$/);
    return page.locator(new URL(page.url()).hash);
  };

  it.each([path, "/threads/react-hooks", "/threads?url=http%3A%2F%2Flocalhost%2Fa%2Fpage"])(
    "on %s a comment is sent, edited and deleted, and each time the page opens at its place",
    async (address) => {
      const { page, errors, strangers } = await open(address);
      await page.getByLabel("Name").fill("Nora");
      const place = await write(page, `By the *browser* alone, on ${address}`);
      expect(new URL(page.url()).pathname).toBe(new URL(address, server.url).pathname);
      expect(await place.textContent()).toContain("Nora");
      expect(await place.locator("em").textContent()).toBe("browser");

      await place.getByRole("link", { name: "Edit" }).click();
      await page.waitForURL(/edit=\d+#respond$/);
      expect(await formOf(page).inputValue()).toBe(`By the *browser* alone, on ${address}`);
      await formOf(page).fill("By the **browser** alone");
      await page.getByRole("button", { name: "Save" }).click();
      await page.waitForURL(/#comment-\d+$/);
      expect(await place.locator(".prose").textContent()).toContain("By the browser alone");
      expect(await place.textContent()).toContain("edited");

      await place.getByRole("link", { name: "Edit" }).click();
      await page.getByText("Delete", { exact: true }).click();
      await page.getByRole("button", { name: "Yes, delete it" }).click();
      await page.waitForURL(/deleted=1#said$/);
      expect(await page.getByRole("status").filter({ hasText: "deleted" }).textContent()).toContain(
        "Your comment is deleted",
      );
      expect(await place.count()).toBe(0);
      expect([errors, strangers]).toEqual([[], []]);
    },
  );

  it("nobody else is offered to edit it, and a closed browser is somebody else", async () => {
    const { page } = await open(path);
    const place = await write(page, "Mine alone");
    expect(await place.getByRole("link", { name: "Edit" }).count()).toBe(1);
    const other = await open(new URL(page.url()).pathname);
    const theirs = other.page.locator(new URL(page.url()).hash);
    expect(await theirs.textContent()).toContain("Mine alone");
    expect(await theirs.getByRole("link", { name: "Edit" }).count()).toBe(0);
  });

  it("a reply stands below the comment that it answers", async () => {
    const { page } = await open(path);
    await page.locator("#comment-3").getByRole("link", { name: "Reply" }).click();
    await page.waitForURL(/\?reply=3#respond$/);
    await page.getByRole("heading", { name: "Reply to \u2068Ada\u2069" }).waitFor();
    await write(page, "Below Ada");
    expect(await page.locator("li:has(> #comment-3) > ol").textContent()).toContain("Below Ada");
  });

  it("a vote counts, is shown as one's own, and is taken back", async () => {
    const { page } = await open("/threads/nextjs-guide");
    const place = page.locator("#comment-6");
    const up = place.getByRole("button", { name: /^Vote for/ });
    await up.click();
    await page.waitForURL(/voted=6#comment-6$/);
    expect(await up.getAttribute("aria-pressed")).toBe("true");
    expect(await up.textContent()).toMatch(/ 1$/);
    await up.click();
    await page.waitForURL(/\/threads\/nextjs-guide#comment-6$/);
    expect(await up.getAttribute("aria-pressed")).toBe("false");
    expect(await up.textContent()).not.toMatch(/1/);
  });

  it("a comment is reported", async () => {
    const { page } = await open(path);
    await page
      .locator("#comment-4")
      .getByRole("link", { name: /^Report/ })
      .click();
    await page.waitForURL(/report=4#respond$/);
    await page.getByLabel("It is advertising").check();
    await page.getByRole("button", { name: "Send the report" }).click();
    await page.waitForURL(/reported=4#said$/);
    await page.getByText("A moderator will look at it.").waitFor();
  });

  it("a long thread is read to its end in either order, part by part", async () => {
    const post = "http://localhost/long";
    for (let n = 0; n < 60; n++) {
      const body = { post, comment: `Number ${n}` };
      expect((await request(server.url).post("/api/comments").send(body)).status).toBe(201);
    }
    const { page } = await open(`/threads?url=${encodeURIComponent(post)}`);
    const texts = () => page.locator("article.comment .prose").allInnerTexts();
    await page.getByRole("link", { name: "Newest" }).click();
    await page.waitForURL(/sort=newest/);
    const first = await texts();
    await page.getByRole("link", { name: "More comments" }).click();
    await page.waitForURL(/cursor=/);
    expect([...first, ...(await texts())].map((text) => text.trim())).toEqual(
      Array.from({ length: 60 }, (_, n) => `Number ${59 - n}`),
    );
    await page.getByRole("link", { name: "To the first comments" }).click();
    expect(await texts()).toEqual(first);
  });

  it("a refusal is said, and Back still holds what was typed", async () => {
    const { page } = await open(path);
    await formOf(page).fill("Do not lose this");
    await page.getByLabel("Website").fill("ftp://files.example/");
    await send(page).click();
    await page.waitForURL(/\?error=invalid_input&field=website#respond$/);
    expect(await page.getByRole("alert").textContent()).toContain("The website must begin with http");
    expect(await page.getByLabel("Website").getAttribute("aria-invalid")).toBe("true");
    await page.goBack();
    expect(await formOf(page).inputValue()).toBe("Do not lose this");
  });
});

it("in the frame of a page of another origin, a comment is sent and edited", async () => {
  const secure = await startServer({ SEED: "on", MODERATION: "open" });
  const site = createServer((_req, res) => {
    res.setHeader("Content-Security-Policy", `default-src 'none'; frame-src ${secure.url}`);
    res.setHeader("Content-Type", "text/html");
    res.end(
      `<!doctype html><title>Elsewhere</title><iframe src="${secure.url}/threads/1" width=800 height=600></iframe>`,
    );
  }).listen(0, "127.0.0.1");
  await once(site, "listening");
  const address = site.address();
  const port = typeof address === "object" ? address?.port : 0;
  const { page } = await openTab(secure.url, { javaScriptEnabled: false });
  await page.goto(`http://127.0.0.1:${port}/`);
  const frame = page.frameLocator("iframe");
  await frame.getByLabel("Comment", { exact: true }).fill("From a frame");
  await frame.getByRole("button", { name: "Send the comment" }).click();
  await frame.getByText("From a frame").waitFor();
  await frame.locator("article", { hasText: "From a frame" }).getByRole("link", { name: "Edit" }).click();
  await frame.getByRole("button", { name: "Save" }).waitFor();
  expect(await frame.getByLabel("Comment", { exact: true }).inputValue()).toBe("From a frame");
  site.close();
});

describe("with JavaScript", () => {
  it("a comment appears without a reload, has the focus, and the form is empty again", async () => {
    const { page, errors, strangers } = await openTab(server.url);
    await page.goto(path, { waitUntil: "networkidle" });
    await mark(page);
    const before = await comments(page).count();
    await formOf(page).fill("Here **at once**");
    await page.getByLabel("Name").fill("Jo");
    await send(page).click();
    await page.locator("article.comment strong", { hasText: "at once" }).waitFor();
    expect(await comments(page).count()).toBe(before + 1);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("at once");
    expect(await formOf(page).inputValue()).toBe("");
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
    const text = formOf(page);
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
    await formOf(page).fill("Keep me");
    await page.getByLabel("Website").fill("ftp://files.example/");
    await send(page).click();
    await page.getByRole("alert").getByText("http://").waitFor();
    expect(await page.getByLabel("Website").getAttribute("aria-invalid")).toBe("true");
    expect(await page.evaluate(() => document.activeElement?.getAttribute("name"))).toBe("website");
    expect(await formOf(page).inputValue()).toBe("Keep me");
    await page.getByLabel("Website").fill("");
    await send(page).click();
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
    await formOf(page).fill("Only once");
    const button = send(page);
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
    await formOf(page).fill("Through thick and thin");
    await send(page).click();
    await page.getByRole("alert").getByText("can’t be reached").waitFor();
    expect(await formOf(page).inputValue()).toBe("Through thick and thin");
    await page.unroute("**/api/comments");
    await send(page).click();
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
    await formOf(page).fill("May I?");
    await send(page).click();
    await page.getByRole("status").getByText("waits for a moderator").waitFor();
    expect(await comments(page).count()).toBe(before);
    expect(await formOf(page).inputValue()).toBe("");
  });
});
