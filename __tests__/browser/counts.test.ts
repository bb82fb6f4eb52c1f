import { createServer } from "node:http";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import request from "supertest";
import { openTab } from "@/__tests__/support/browser";
import { type Server, startServer } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

/*
 * A site of another origin, with a strict policy, which shows how many comments its pages have.
 */
let server: Server;
let html = "";
const site = createServer((_req, res) => {
  res.writeHead(200, {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": `default-src 'none'; script-src ${server.url}; connect-src ${server.url}`,
  });
  res.end(html);
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const address = site.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  server = await startServer({ SEED: "on", MODERATION: "open", ALLOWED_ORIGINS: url });
  for (const post of [`${url}/one/`, `${url}/two/`, `${url}/two/`, `${url}/`])
    await request(server.url).post("/api/comments").send({ post, comment: "Hello" }).expect(201);
});

afterAll(() => {
  site.close();
});

async function open(body: string, lang = "en") {
  html = `<!doctype html><html lang="${lang}"><title>A site</title><script async src="${server.url}/embed.js"></script>${body}`;
  const tab = await openTab(url);
  const asked: string[] = [];
  tab.page.on("request", (one) => {
    if (one.url().includes("/api/counts")) asked.push(decodeURIComponent(one.url()));
  });
  await tab.page.goto("/", { waitUntil: "networkidle" });
  return { ...tab, asked };
}

const texts = (page: Page) => page.locator("antiphon-count").allInnerTexts();

it("all counts of a page are asked for in one call, by id, slug, address, and for the page itself", async () => {
  const { page, asked, errors, strangers } = await open(
    `<antiphon-count post="1"></antiphon-count><antiphon-count post="react-hooks"></antiphon-count>
     <antiphon-count post="/two/"></antiphon-count><antiphon-count post="${url}/one"></antiphon-count>
     <antiphon-count post="never-heard-of"></antiphon-count><antiphon-count></antiphon-count>
     <antiphon-count post="1"></antiphon-count>`,
  );
  const { body } = await request(server.url).get("/api/counts?post=1").expect(200);
  const first = `${body[1]} comments`;
  await expect(texts(page)).resolves.toEqual([
    first,
    first,
    "2 comments",
    "1 comment",
    "0 comments",
    "1 comment",
    first,
  ]);
  await expect(page.locator("antiphon-count").nth(2).getAttribute("data-count")).resolves.toBe("2");
  expect(asked).toHaveLength(1);
  expect(errors).toEqual([]);
  expect(strangers.filter((one) => !one.startsWith(`${server.url}/`))).toEqual([]);
});

it("those that come later, and other posts, are asked for then", async () => {
  const { page, asked } = await open('<antiphon-count post="/one/"></antiphon-count>');
  await page.evaluate(() => {
    document.querySelector("antiphon-count")?.setAttribute("post", "/two/");
    for (const post of ["/one/", "/two/"]) {
      const count = document.createElement("antiphon-count");
      count.setAttribute("post", post);
      document.body.append(count);
    }
  });
  await until(async () => (await texts(page)).join() === "2 comments,1 comment,2 comments");
  expect(asked).toHaveLength(2);
});

it("without a post it follows the page, where that becomes another one without loading", async () => {
  const { page } = await open("<antiphon-count></antiphon-count>");
  await until(async () => (await texts(page)).join() === "1 comment");
  await page.evaluate(() => {
    history.pushState(null, "", "/two/");
    document.title = "Two";
  });
  await until(async () => (await texts(page)).join() === "2 comments");
});

it("where the count can't be had, it keeps what it holds and says nothing", async () => {
  const { page } = await open(
    `<antiphon-count post="1" server="http://[">Comments</antiphon-count><antiphon-count post="1" server="${url}">Talk</antiphon-count><antiphon-count post="nobody"></antiphon-count>`,
  );
  await until(async () => (await texts(page))[2] === "0 comments");
  await expect(texts(page)).resolves.toEqual(["Comments", "Talk", "0 comments"]);
});

it("many posts are asked for in parts", async () => {
  const many = Array.from({ length: 230 }, (_, n) => `<antiphon-count post="post-${n}"></antiphon-count>`);
  const { page, asked } = await open(many.join(""));
  await until(async () => (await texts(page)).every((text) => text === "0 comments"));
  expect(asked).toHaveLength(5);
});
