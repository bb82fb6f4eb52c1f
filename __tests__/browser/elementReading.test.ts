import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { client } from "@/__tests__/support/client";
import { focused } from "@/__tests__/support/focused";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";
import { policyOf, type Site, shown, startSite } from "@/__tests__/support/site";
import { until } from "@/__tests__/support/until";

/*
 * Somebody finds their way in a long thread, on a site of another origin; and threads that came with the page.
 */
let server: Server;
let site: Site;
let thread: number;
/** The ids of "Comment 1" … "Comment 120"; then of "Reply 1" … "Reply 230" to comment 70; then of a chain below 60. */
const top: number[] = [];
const replies: number[] = [];
const chain: number[] = [];
const { post } = client(() => server);

beforeAll(async () => {
  site = await startSite(() => server);
  server = await startServer({ MODERATION: "open", ALLOWED_ORIGINS: site.url });
  const write = async (comment: string, parent: number | null = null) => {
    const said = { post: `${site.url}/long`, comment, parent, author: "Ann" };
    let answer = await post("/api/comments", said);
    // A server with much to do says so.
    while (answer.status === 503) answer = await post("/api/comments", said);
    expect(answer.status).toBe(201);
    const { body } = answer;
    thread = body.post;
    return Number(body.id);
  };
  for (let n = 1; n <= 120; n++) top.push(await write(`Comment ${n}.`));
  for (let n = 1; n <= 230; n++) replies.push(await write(`Reply ${n}.`, top[69]));
  for (let n = 1; n <= 9; n++) chain.push(await write(`Deep ${n}.`, chain.at(-1) ?? top[59]));
  site.put("/long", "<antiphon-comments></antiphon-comments>");
}, 240_000);

const article = (page: Page, words: string) => page.getByRole("article").filter({ hasText: words });
/** The texts of the comments at the top, in their order. */
const texts = (page: Page) => page.locator("section > ol > li > article .prose").allInnerTexts();
const comments = (from: number, to: number) =>
  Array.from({ length: Math.abs(to - from) + 1 }, (_, n) => `Comment ${from < to ? from + n : from - n}.`);
const isInView = (page: Page, words: string) =>
  article(page, words).evaluate((one) => {
    const { top, bottom } = one.getBoundingClientRect();
    return top >= 0 && bottom <= innerHeight;
  });
const expectNamed = async (page: Page, words: string) => {
  await until(async () => (await page.locator(".marked").allInnerTexts()).join().includes(words));
  expect(await page.locator(".marked").count()).toBe(1);
  expect((await focused(page)).text).toContain(words);
  await until(() => isInView(page, words));
};

async function open(anchor = "") {
  const visit = await site.open(`/long${anchor}`);
  await shown(visit.page);
  return visit;
}

/** Watches what moves, from before the page's first paint. */
const watchShifts = (page: Page) =>
  page.addInitScript(() => {
    Object.assign(window, { shift: 0 });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries())
        if ("value" in entry)
          Object.assign(window, { shift: Reflect.get(window, "shift") + Number(entry.value) });
    }).observe({ type: "layout-shift", buffered: true });
  });
const shift = async (page: Page) => {
  // It is told with a later frame.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  return page.evaluate(() => Number(Reflect.get(window, "shift")));
};

/** Goes to a page that has a long thread already: the element shows that very one, and nothing moves. */
async function expectTakenOver(page: Page, address: string): Promise<void> {
  await watchShifts(page);
  await page.addInitScript(() =>
    document.addEventListener("DOMContentLoaded", () => {
      for (const one of document.querySelectorAll("article")) Object.assign(one, { marked: true });
    }),
  );
  await page.goto(address);
  await page.getByRole("button", { name: "Preview" }).waitFor();
  const [all = 0, marked] = await page.evaluate(() => {
    const articles = [
      ...(document.querySelector("antiphon-comments")?.shadowRoot?.querySelectorAll("article") ?? []),
    ];
    return [articles.length, articles.filter((one) => "marked" in one).length];
  });
  expect(all).toBeGreaterThan(49);
  expect(marked).toBe(all);
  expect(await shift(page)).toBeLessThan(0.01);
}

describe("a long thread", () => {
  it("is paged: more follow what is there, with the focus on the first of them", async () => {
    const { page, errors } = await open();
    expect(await texts(page)).toEqual(comments(1, 50));
    expect(await page.locator("h2").textContent()).toBe("359 comments");
    await page.getByRole("link", { name: "More comments" }).click();
    await article(page, "Comment 51.").waitFor();
    await until(async () => (await focused(page)).text.includes("Comment 51."));
    while ((await page.locator("section > .next a").count()) > 0) {
      const before = (await texts(page)).length;
      await page.locator("section > .next a").click();
      await until(async () => (await texts(page)).length > before);
    }
    expect(await texts(page)).toEqual(comments(1, 120));
    expect(errors).toEqual([]);
  });

  it("is sorted, from its links or its attribute", async () => {
    const { page, errors } = await open();
    await page.getByRole("link", { name: "Newest" }).click();
    await page.locator("section[data-sort=newest]").waitFor();
    expect((await texts(page)).slice(0, 3)).toEqual(comments(120, 118));
    expect((await focused(page)).text).toBe("Newest");
    await page.getByRole("link", { name: "More comments" }).click();
    await until(async () => (await texts(page)).length > 50);
    expect((await texts(page)).slice(0, 60)).toEqual(comments(120, 61));
    await page.evaluate(() => document.querySelector("antiphon-comments")?.setAttribute("sort", "top"));
    await page.locator("section[data-sort=top]").waitFor();
    await page.getByRole("link", { name: "Oldest" }).click();
    await page.locator("section[data-sort=oldest]").waitFor();
    expect(await texts(page)).toEqual(comments(1, 50));
    expect(errors).toEqual([]);
  });

  it("keeps what is being written while it is sorted or paged", async () => {
    const { page } = await open();
    await article(page, "Comment 3.").getByRole("link", { name: "Reply" }).click();
    await page.keyboard.type("Still here");
    await page.getByRole("link", { name: "Newest" }).click();
    await page.locator("section[data-sort=newest]").waitFor();
    expect(await page.getByLabel("Comment", { exact: true }).inputValue()).toBe("Still here");
    expect(await page.locator("textarea").count()).toBe(1);
  });

  it("leads to the replies that were cut, part by part, in order", async () => {
    const { page, errors } = await open(`#comment-${top[69]}`);
    await expectNamed(page, "Comment 70.");
    const item = page.locator("section > ol > li").filter({ has: page.locator(`#comment-${top[69]}`) });
    const texts = () => item.locator("ol .prose").allInnerTexts();
    expect((await texts()).length).toBeLessThan(230);
    const more = item.locator(":scope > p a");
    expect(await more.textContent()).toMatch(/more replies/);
    while ((await more.count()) > 0) {
      const before = (await texts()).length;
      await more.click();
      await until(async () => (await texts()).length > before);
    }
    expect(await texts()).toEqual(Array.from({ length: 230 }, (_, n) => `Reply ${n + 1}.`));
    expect(errors).toEqual([]);
  });
});

describe("a comment's own link", () => {
  it.each([
    ["on the first part", () => top[30], "Comment 31."],
    ["on a later part", () => top[110], "Comment 111."],
    ["among many replies", () => replies[200], "Reply 201."],
    ["deep below", () => chain[8], "Deep 9."],
  ])("leads to it: %s", async (_, id, words) => {
    const { page, errors } = await open(`#comment-${id()}`);
    await expectNamed(page, words);
    expect(errors).toEqual([]);
  });

  it("leads to it from within the page, and to another; back is the way back", async () => {
    const { page } = await open();
    await article(page, "Comment 20.").locator("[data-act=permalink]").click();
    await expectNamed(page, "Comment 20.");
    expect(page.url()).toBe(`${site.url}/long#comment-${top[19]}`);
    await page.evaluate((id) => (location.hash = `comment-${id}`), top[99]);
    await expectNamed(page, "Comment 100.");
    await page.getByRole("link", { name: "To the first comments" }).click();
    await article(page, "Comment 1.").waitFor();
    expect(await texts(page)).toEqual(comments(1, 50));
    await page.goBack();
    await expectNamed(page, "Comment 20.");
  });

  it("that is nowhere is said to be nowhere, and the thread stays", async () => {
    const { page } = await open("#comment-99999");
    await page.getByRole("status").getByText("not here").waitFor();
    expect(await texts(page)).toEqual(comments(1, 50));
  });

  it("of what a deep comment answers leads there", async () => {
    const { page } = await open(`#comment-${chain[8]}`);
    await expectNamed(page, "Deep 9.");
    await article(page, "Deep 9.").getByRole("link", { name: "In reply to" }).click();
    await expectNamed(page, "Deep 8.");
  });
});

describe("a thread that came with the page", () => {
  it("is taken over on another site, and comes up to date: the same nodes, and nothing moves", async () => {
    const { text } = await request(server.url).get(`/threads/${thread}?format=fragment`).expect(200);
    site.put("/static", {
      head: `<link rel="stylesheet" href="${server.url}/embed.css"><link rel="stylesheet" href="/site.css">`,
      body: `<antiphon-comments post="${thread}">${text}</antiphon-comments>`,
      policy: policyOf(server.url).replace("script-src", "script-src 'unsafe-inline'"),
    });
    site.put("/site.css", "body { font: 16px/1.5 sans-serif; max-width: 40em }");
    const { page, errors } = await site.open("/");
    await expectTakenOver(page, `${site.url}/static`);
    expect(errors).toEqual([]);
  });

  it("shows what was written since the page was made", async () => {
    const { body } = await post("/api/comments", { post: `${site.url}/since`, comment: "Old" }).expect(201);
    const { text } = await request(server.url).get(`/threads/${body.post}?format=fragment`).expect(200);
    await post("/api/comments", { post: body.post, comment: "New" }).expect(201);
    site.put("/since", `<antiphon-comments>${text}</antiphon-comments>`);
    const { page, errors } = await site.open("/since");
    await article(page, "New").waitFor();
    expect(await page.locator("h2").textContent()).toBe("2 comments");
    expect(errors).toEqual([]);
  });

  it.each(["/threads/ID", "/posts/ID"])("is taken over on the server's own page %s", async (path) => {
    const { page, errors, strangers } = await site.open("/");
    await expectTakenOver(page, server.url + path.replace("ID", String(thread)));
    await page.getByLabel("Comment", { exact: true }).fill(`Written on ${path}`);
    await page.getByRole("button", { name: "Send the comment" }).click();
    await article(page, `Written on ${path}`).waitFor();
    expect([errors, strangers]).toEqual([[], []]);
  });
});
