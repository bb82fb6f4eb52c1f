import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import { z } from "zod";
import { client } from "@/__tests__/support/client";
import { describeCorpus, readCorpus } from "@/__tests__/support/corpora";
import { type Server, startServer } from "@/__tests__/support/server";
import { type Site, shown, startSite } from "@/__tests__/support/site";
import { until } from "@/__tests__/support/until";

/*
 * What people write, and the names that they give, run no script anywhere: not on the server's pages, not in the element
 * on a site whose own policy would let them.
 */
const texts = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg onload=alert(1)><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
  "<svg><script>alert(1)</script><style><img src=x onerror=alert(1)></style></svg>",
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=alert(1)&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  "<template><script>alert(1)</script></template><details open ontoggle=alert(1)>",
  '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe><object data="javascript:alert(1)"></object>',
  "<form action=javascript:alert(1)><button>Press</button></form><input autofocus onfocus=alert(1)>",
  '<a href="javascript:alert(1)">a</a> <a href=" java\tscript:alert(1)">b</a> <base href=https://evil.example/>',
  "[a](javascript:alert(1)) [b](JaVaScRiPt:alert(1)) [c](java&#115;cript:alert(1)) [d](vbscript:x) ![e](javascript:alert(1))",
  "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==) <data:text/html,<script>alert(1)</script>>",
  '[a](https://x.example/"onmouseover="alert(1)) ![b](https://x.example/"onerror="alert(1))',
  '[a]: javascript:alert(1)\n\n[a] <https://x.example/"onclick=alert(1)//>',
  "</section></antiphon-comments><script>alert(1)</script>",
  "</textarea><script>alert(1)</script> --><script>alert(1)</script> ]]><script>alert(1)</script>",
  "<style>@import 'https://evil.example/x.css';*{background:url(https://evil.example/)}</style><link rel=stylesheet href=https://evil.example/>",
  '<p style="background:url(javascript:alert(1))" class="comment" id="respond" data-act="vote" part="author">x</p>',
  '```"><script>alert(1)</script>\n<img src=x onerror=alert(1)>\n```',
  "`<img src=x onerror=alert(1)>` {{constructor.constructor('alert(1)')()}} <%= alert(1) %>",
  '<?xml version="1.0"?><x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
  "\u202e\u2066<script\u0000>alert(1)</script\u0000><scr\u0000ipt>alert(1)</scr\u0000ipt>",
];
const names = [
  "<img src=x onerror=alert(1)>",
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  "{{7*7}}<!--",
];
const websites = [
  'https://x.example/"onmouseover="alert(1)',
  "https://x.example/?<script>alert(1)</script>",
  "http://x.example/'-alert(1)-'",
];

let server: Server;
let site: Site;
let thread: number;
const { get, post } = client(() => server);

beforeAll(async () => {
  site = await startSite(() => server);
  server = await startServer({ MODERATION: "open", ALLOWED_ORIGINS: site.url });
  for (const [n, comment] of texts.entries()) thread = await write(comment, n);
});

/** Writes it under a hostile name, with a hostile website where that is taken. */
async function write(comment: string, n: number): Promise<number> {
  const author = names[n % names.length];
  const said = { post: `${site.url}/hostile`, comment, author };
  const answer = await post("/api/comments", { ...said, website: websites[n % websites.length] });
  const { body } = answer.status === 400 ? await post("/api/comments", said) : answer;
  return body.post ?? thread;
}

/** Anything in a page, its shadows and what it holds, that could run; empty where nothing can. */
function dangers(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const look = (root: ParentNode) => {
      for (const one of root.querySelectorAll("*")) {
        if (one.shadowRoot) look(one.shadowRoot);
        const inThread = one.closest(".antiphon, article, .preview") !== null;
        if (
          inThread &&
          /^(script|style|iframe|object|embed|base|link|meta|svg|math|template)$/i.test(one.localName)
        )
          found.push(one.outerHTML);
        if (one.closest(".prose") && /^(form|input|button|textarea|details|select)$/.test(one.localName))
          found.push(one.outerHTML);
        for (const { name, value } of one.attributes) {
          if (/^on|^srcdoc$/.test(name)) found.push(one.outerHTML);
          // The thread itself has one: the element tells it whether it stands on a dark ground.
          if (name === "style" && !one.matches(".antiphon")) found.push(one.outerHTML);
          if (
            /^(href|src|action|formaction|data)$/.test(name) &&
            /^\s*(javascript|vbscript|data):/i.test(value)
          )
            found.push(one.outerHTML);
          if (one.closest(".prose > *") && /^(id|name|part|slot|is|data-.*)$/.test(name))
            found.push(one.outerHTML);
        }
        // What waits for somebody to come near.
        for (const event of ["mouseover", "focus", "error", "toggle"]) one.dispatchEvent(new Event(event));
      }
    };
    look(document);
    return found;
  });
}

async function open(url: string) {
  const tab = await site.open("/");
  const dialogs: string[] = [];
  tab.page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    dialog.dismiss().catch(() => undefined);
  });
  await tab.page.goto(url, { waitUntil: "load" });
  return { ...tab, dialogs, strangers: tab.strangers.filter((one) => !one.startsWith(server.url)) };
}

const lenient = () =>
  `default-src * data: blob: 'unsafe-inline' 'unsafe-eval'; script-src 'unsafe-inline' 'unsafe-eval' ${server.url}`;

describe.each(["/threads/ID", "/posts/ID", "/threads/ID?reply=1", "/threads/ID?edit=1", "/"])(
  "the page %s",
  (path) => {
    it("runs no script, and breaks no policy", async () => {
      const { page, errors, dialogs } = await open(server.url + path.replace("ID", String(thread)));
      await page.locator("main").waitFor();
      expect(await dangers(page)).toEqual([]);
      expect([errors, dialogs]).toEqual([[], []]);
    });
  },
);

describe("the element, on a site that lets every script run", () => {
  it("shows it all as text, in the thread and in the preview", async () => {
    site.put("/hostile", { body: "<antiphon-comments></antiphon-comments>", policy: lenient() });
    const { page, errors, dialogs } = await open(`${site.url}/hostile`);
    await shown(page);
    expect(await page.getByRole("article").count()).toBeGreaterThan(15);
    expect(await dangers(page)).toEqual([]);
    for (const text of texts) {
      await page.getByLabel("Comment", { exact: true }).fill(text.replaceAll("\u0000", ""));
      const asked = page.waitForResponse("**/api/preview");
      await page.getByRole("button", { name: "Preview" }).click();
      await asked;
      await until(async () => (await page.locator(".preview").innerHTML()) !== "");
      expect(await dangers(page)).toEqual([]);
    }
    expect(dialogs).toEqual([]);
    expect(errors.filter((error) => !error.includes("status of 400"))).toEqual([]);
  });

  it("and so does a reply to a hostile name, an edit, and a report", async () => {
    site.put("/hostile", { body: "<antiphon-comments></antiphon-comments>", policy: lenient() });
    const { page, dialogs } = await open(`${site.url}/hostile`);
    await shown(page);
    for (const act of ["reply", "report"]) {
      await page.locator(`[data-act=${act}]`).first().click();
      await page.locator("li .respond").first().waitFor();
      expect(await dangers(page)).toEqual([]);
    }
    await page.getByLabel("Comment", { exact: true }).fill(texts[1] ?? "");
    await page.getByRole("button", { name: "Send the reply" }).click();
    await page.locator("[data-act=edit]").click();
    await page.getByRole("region", { name: "Edit your comment" }).waitFor();
    expect(await dangers(page)).toEqual([]);
    expect(dialogs).toEqual([]);
  });

  it("and so does a static page that carries the thread", async () => {
    const { text } = await get(`/threads/${thread}?format=fragment`).expect(200);
    site.put("/static", {
      body: `<antiphon-comments post="${thread}">${text}</antiphon-comments>`,
      policy: lenient(),
    });
    const { page, dialogs } = await open(`${site.url}/static`);
    await shown(page);
    expect(await dangers(page)).toEqual([]);
    expect(dialogs).toEqual([]);
  });
});

it.each(["atom", "rss", "json"])("a feed opened in the browser runs none: %s", async (format) => {
  const { page, dialogs } = await open(`${server.url}/api/comments/${thread}/feed?format=${format}`);
  await page.locator("body, feed, rss").first().waitFor();
  expect(dialogs).toEqual([]);
  expect(await page.locator("script, iframe").count()).toBe(0);
});

describeCorpus("the naughty strings", () => {
  const strings = z.array(z.string()).parse(JSON.parse(readCorpus("blns.json")));

  it("run no script in the element, whether as a text or as a name", async () => {
    for (const text of strings)
      await post("/api/comments", { post: `${site.url}/naughty`, comment: text, author: text.slice(0, 80) });
    site.put("/naughty", {
      body: '<antiphon-comments sort="newest"></antiphon-comments>',
      policy: lenient(),
    });
    const { page, dialogs } = await open(`${site.url}/naughty`);
    await shown(page);
    while ((await page.locator("section > .next a").count()) > 0) {
      const before = await page.getByRole("article").count();
      await page.locator("section > .next a").click();
      await until(async () => (await page.getByRole("article").count()) > before);
    }
    expect(await dangers(page)).toEqual([]);
    expect(dialogs).toEqual([]);
  }, 120_000);
});
