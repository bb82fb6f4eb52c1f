import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { client } from "@/__tests__/support/client";
import { focused } from "@/__tests__/support/focused";
import { type Server, startServer } from "@/__tests__/support/server";
import { type Site, shown, startSite } from "@/__tests__/support/site";
import { until } from "@/__tests__/support/until";

/*
 * Two browsers see each other live, on a site of another origin.
 */
let server: Server;
let site: Site;
const { post, patch, delete: remove } = client(() => server);

beforeAll(async () => {
  site = await startSite(() => server);
  server = await startServer({ MODERATION: "open", ALLOWED_ORIGINS: site.url });
});

const article = (page: Page, words: string) => page.getByRole("article").filter({ hasText: words });
let pages = 0;

async function make(body = "<antiphon-comments></antiphon-comments>") {
  const path = `/live-${pages++}`;
  const answer = await post("/api/comments", { post: site.url + path, comment: "First", author: "Ann" });
  site.put(path, body);
  const { post: id, id: comment, editToken } = answer.body;
  return { path, post: Number(id), comment: Number(comment), token: String(editToken) };
}

/** Opens it in a browser of its own, which follows the thread from then on. */
async function watch(path: string) {
  const visit = await site.open("/");
  const { page } = visit;
  const streams = { opened: 0, ended: 0 };
  const isStream = (url: string) => url.endsWith("/events");
  page.on("request", (one) => isStream(one.url()) && streams.opened++);
  page.on("requestfailed", (one) => isStream(one.url()) && streams.ended++);
  await page.goto(site.url + path);
  await shown(page);
  return { ...visit, streams };
}

describe("two browsers", () => {
  it("see each other: what is new is announced, and shown on demand", async () => {
    const { path } = await make();
    const one = await watch(path);
    const other = await watch(path);
    await until(() => one.streams.opened > 0);
    for (const words of ["Hello", "Anybody there?"]) {
      await other.page.getByLabel("Comment", { exact: true }).fill(words);
      await other.page.getByRole("button", { name: "Send the comment" }).click();
      await article(other.page, words).waitFor();
    }
    const button = one.page.getByRole("button", { name: "Show 2 new comments" });
    await button.waitFor();
    expect(await one.page.getByRole("article").count()).toBe(1);
    await button.click();
    await article(one.page, "Anybody there?").waitFor();
    await until(async () => (await focused(one.page)).text.includes("Hello"));
    expect(await one.page.getByRole("button", { name: "new comment" }).count()).toBe(0);
    expect(await one.page.locator("section > ol > li > article .prose").allInnerTexts()).toEqual([
      "First",
      "Hello",
      "Anybody there?",
    ]);
    expect(await other.page.getByRole("button", { name: "new comment" }).count()).toBe(0);
    expect([...one.errors, ...other.errors]).toEqual([]);
  });

  it("see changes and deletions at once, and keep the focus and what they type", async () => {
    const { path, post: thread, comment, token } = await make();
    const { body: second } = await post("/api/comments", { post: thread, comment: "Second" }).expect(201);
    const { page, streams } = await watch(path);
    await until(() => streams.opened > 0);
    await article(page, "Second").getByRole("link", { name: "Reply" }).click();
    await page.keyboard.type("I am wri");
    await patch(`/api/comments/${thread}/${comment}`, { comment: "Changed" })
      .set("Authorization", `Bearer ${token}`)
      .expect(200);
    await article(page, "Changed").getByText("edited").waitFor();
    await page.keyboard.type("ting");
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("I am writing");
    await article(page, "Second").getByRole("button", { name: "Vote against" }).focus();
    await patch(`/api/comments/${thread}/${second.id}`, { comment: "Second, too" })
      .set("Authorization", `Bearer ${second.editToken}`)
      .expect(200);
    await article(page, "Second, too").waitFor();
    expect((await focused(page)).text).toContain("Vote against");
    await remove(`/api/comments/${thread}/${comment}`).set("Authorization", `Bearer ${token}`).expect(200);
    await article(page, "Changed").waitFor({ state: "detached" });
    await page.locator("h2", { hasText: "1 comment" }).waitFor();
  });

  it("see changes on a later part of a long thread, too", async () => {
    const { path, post: thread } = await make();
    const made = [];
    for (let n = 2; n <= 60; n++)
      made.push((await post("/api/comments", { post: thread, comment: `Comment ${n}.` })).body);
    const { page, streams } = await watch(path);
    await until(() => streams.opened > 0);
    await page.getByRole("link", { name: "More comments" }).click();
    const last = made.at(-1);
    await article(page, "Comment 60.").waitFor();
    await patch(`/api/comments/${thread}/${last.id}`, { comment: "Changed at the end" })
      .set("Authorization", `Bearer ${last.editToken}`)
      .expect(200);
    await article(page, "Changed at the end").waitFor();
    expect(await page.getByRole("article").count()).toBe(60);
  });

  it("one's own comment in a long thread stands at the end, and in its place once all is there", async () => {
    const { path, post: thread } = await make();
    for (let n = 2; n <= 60; n++) await post("/api/comments", { post: thread, comment: `Comment ${n}.` });
    const { page } = await watch(path);
    await page.getByLabel("Comment", { exact: true }).fill("Mine");
    await page.getByRole("button", { name: "Send the comment" }).click();
    await article(page, "Mine").waitFor();
    expect(await page.getByRole("article").count()).toBe(51);
    await page.getByRole("link", { name: "More comments" }).click();
    await article(page, "Comment 60.").waitFor();
    const texts = await page.locator("section > ol > li > article .prose").allInnerTexts();
    expect(texts.slice(49)).toEqual([...Array.from({ length: 11 }, (_, n) => `Comment ${n + 50}.`), "Mine"]);
  });
});

describe("the stream", () => {
  it("begins with the first comment of a page that had none", async () => {
    site.put("/none-yet", "<antiphon-comments></antiphon-comments>");
    const { page, streams } = await watch("/none-yet");
    expect(streams.opened).toBe(0);
    await page.getByLabel("Comment", { exact: true }).fill("Mine");
    await page.getByRole("button", { name: "Send the comment" }).click();
    await until(() => streams.opened === 1);
    await post("/api/comments", { post: `${site.url}/none-yet`, comment: "Another" }).expect(201);
    await page.getByRole("button", { name: "Show 1 new comment" }).click();
    await article(page, "Another").waitFor();
  });

  it("is closed while the tab is hidden, and what was missed comes when it is back", async () => {
    const { path, post: thread } = await make();
    const { page, streams } = await watch(path);
    await until(() => streams.opened === 1);
    const hide = (hidden: boolean) =>
      page.evaluate((hidden) => {
        Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
        document.dispatchEvent(new Event("visibilitychange"));
      }, hidden);
    await hide(true);
    await until(() => streams.ended === 1);
    await post("/api/comments", { post: thread, comment: "Meanwhile" }).expect(201);
    await hide(false);
    await until(() => streams.opened === 2);
    await page.getByRole("button", { name: "Show 1 new comment" }).click();
    await article(page, "Meanwhile").waitFor();
  });

  it("is opened again where the server had no room for it, and what was missed comes", async () => {
    const { path, post: thread } = await make();
    const { page } = await site.open("/");
    await page.clock.install();
    let asked = 0;
    await page.route("**/events", (route) =>
      ++asked === 1
        ? route.fulfill({ status: 503, headers: { "Access-Control-Allow-Origin": "*" } })
        : route.continue(),
    );
    await page.goto(site.url + path);
    await shown(page);
    await until(() => asked === 1);
    await post("/api/comments", { post: thread, comment: "Meanwhile" }).expect(201);
    await until(async () => {
      // The longest that anybody waits, as soon as the page knows that it has to.
      await page.clock.fastForward(120_000);
      return asked === 2;
    });
    await page.getByRole("button", { name: "Show 1 new comment" }).click();
    await article(page, "Meanwhile").waitFor();
    expect(asked).toBe(2);
  });

  it("is closed while the element is out of sight, and once it is taken out", async () => {
    const { path } = await make('<antiphon-comments></antiphon-comments><p class="far"></p>');
    site.put("/far.css", ".far { height: 5000px }");
    const { page, streams } = await watch(path);
    await until(() => streams.opened === 1);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(".far { height: 5000px }");
      document.adoptedStyleSheets = [sheet];
      scrollTo(0, 4000);
    });
    await until(() => streams.ended === 1);
    await page.evaluate(() => scrollTo(0, 0));
    await until(() => streams.opened === 2);
    await page.evaluate(() => document.querySelector("antiphon-comments")?.remove());
    await until(() => streams.ended === 2);
  });
});

describe("what the page hears and can do", () => {
  it("is told of all that happens, and can ask for it anew", async () => {
    const { path, post: thread, comment } = await make();
    const { page } = await site.open("/");
    await page.addInitScript(() => {
      const heard: unknown[] = [];
      Object.assign(window, { heard });
      for (const name of ["ready", "change", "comment", "edit", "delete", "error"])
        document.addEventListener(`antiphon:${name}`, (event) => {
          if (event instanceof CustomEvent) heard.push({ name, ...event.detail });
        });
    });
    await page.goto(site.url + path);
    await shown(page);
    const heard = (name: string) =>
      page.evaluate(
        (name) => Reflect.get(window, "heard").filter((one: { name: string }) => one.name === name),
        name,
      );
    expect(await heard("ready")).toEqual([{ name: "ready", total: 1 }]);
    const total = () => page.evaluate(() => document.querySelector("antiphon-comments")?.total);
    expect(await total()).toBe(1);
    await page.getByLabel("Comment", { exact: true }).fill("Told");
    await page.getByRole("button", { name: "Send the comment" }).click();
    await article(page, "Told").waitFor();
    const [made] = await heard("comment");
    expect(made).toEqual({ name: "comment", id: expect.any(Number), post: thread, status: "approved" });
    expect((await heard("change")).at(-1)).toEqual({ name: "change", total: 2 });
    expect(await total()).toBe(2);
    await article(page, "Told").getByRole("link", { name: "Edit" }).click();
    const form = page.getByRole("region", { name: "Edit your comment" });
    await form.getByLabel("Comment", { exact: true }).fill("Retold");
    await form.getByRole("button", { name: "Save" }).click();
    await article(page, "Retold").waitFor();
    // The stream may have shown it before the answer was there.
    await until(async () => (await heard("edit")).length > 0);
    expect(await heard("edit")).toEqual([{ ...made, name: "edit" }]);
    await article(page, "Retold").getByRole("link", { name: "Edit" }).click();
    await page.getByText("Delete", { exact: true }).click();
    await page.getByRole("button", { name: "Yes, delete it" }).click();
    await article(page, "Retold").waitFor({ state: "detached" });
    await until(async () => (await heard("delete")).length > 0);
    expect((await focused(page)).name).toBe("comments");
    expect(await heard("delete")).toEqual([{ name: "delete", id: made.id, post: thread }]);
    await page.getByLabel("Comment", { exact: true }).fill("Refused");
    await page.getByLabel("Website").fill("ftp://x.example");
    await page.getByRole("button", { name: "Send the comment" }).click();
    await page.getByRole("alert").getByText("http").waitFor();
    expect(await heard("error")).toEqual([
      { name: "error", code: "invalid_input", message: expect.stringContaining("http") },
    ]);
    await patch(`/api/comments/${thread}/${comment}`, { comment: "Reloaded" })
      .set("Authorization", `Bearer ${server.adminToken}`)
      .expect(200);
    await page.evaluate(() => document.querySelector("antiphon-comments")?.reload());
    expect(await article(page, "Reloaded").count()).toBe(1);
  });
});
