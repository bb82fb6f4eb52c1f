import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { client } from "@/__tests__/support/client";
import { elements } from "@/__tests__/support/html";
import { type Server, startServer } from "@/__tests__/support/server";
import { all, lint, type Node, noXmllint, only, parseXml } from "@/__tests__/support/xml";
import { jsonFeedAnswer } from "@/lib/schemas/feeds";

const base = "https://comments.example";
const linted = noXmllint === null ? it : it.skip;
if (noXmllint !== null) process.stderr.write(`SKIPPED: feeds through xmllint: ${noXmllint}\n`);

let server: Server;
const { get, head, post, patch, delete: remove, options, comment, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ MODERATION: "open", PUBLIC_URL: base });
});

let made = 0;

/** A new post of that title, written by the admin. */
async function makePost(title = `Post ${++made}`, more: object = {}): Promise<{ id: number; slug: string }> {
  const draft = { title, content: "Words", author: "Grace", ...more };
  const { body } = await post("/api/posts", draft)
    .set(...admin())
    .expect(201);
  return body;
}

async function say(to: number, text: string, more: object = {}) {
  const { body } = await comment(text, { post: to, author: "Ada", ...more }).expect(201);
  return body;
}

const readAtom = async (path: string): Promise<Node> => parseXml((await get(path).expect(200)).text);
const readJson = async (path: string) => {
  const separator = path.includes("?") ? "&" : "?";
  return jsonFeedAnswer.parse((await get(`${path}${separator}format=json`).expect(200)).body);
};
const contents = (feed: Node) => all(feed, "entry").map((entry) => only(entry, "content").text);
const link = (node: Node, rel: string, type?: string) =>
  all(node, "link").find(({ attributes }) => attributes.rel === rel && (!type || attributes.type === type))
    ?.attributes;

/** What RFC 4287 says that a feed must be. */
function expectValid(feed: Node): void {
  const instant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;
  expect(feed.name).toBe("feed");
  const ids = new Set<string>();
  for (const node of [feed, ...all(feed, "entry")]) {
    const id = only(node, "id").text;
    expect(id).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
    expect(ids).not.toContain(id);
    ids.add(id);
    only(node, "title");
    expect(only(node, "updated").text).toMatch(instant);
    for (const { attributes } of all(node, "link")) {
      expect(new URL(attributes.href ?? "").href).toBe(attributes.href);
    }
    const kinds = all(node, "link").filter(({ attributes }) => attributes.rel === "alternate");
    expect(new Set(kinds.map(({ attributes }) => attributes.type)).size).toBe(kinds.length);
  }
  for (const entry of all(feed, "entry")) {
    expect(only(only(entry, "author"), "name").text).not.toBe("");
    expect(only(entry, "published").text).toMatch(instant);
    expect(only(entry, "content").attributes).toEqual({ type: "html" });
  }
}

describe("the feed of a thread", () => {
  it("is Atom, newest first, with what a reader needs of each comment", async () => {
    const { id, slug } = await makePost("Hello");
    const first = await say(id, "Nice *post*", { website: "https://ada.example/?a=1&b=2" });
    const second = await say(id, "Thanks", { author: "Lin", parent: first.id });
    const { headers, text } = await get(`/api/comments/${slug}/feed`).expect(200);
    expect(headers).toMatchObject({
      "content-type": "application/atom+xml; charset=utf-8",
      "cache-control": "public, max-age=0, must-revalidate",
      vary: expect.stringContaining("Accept"),
      etag: expect.stringMatching(/^"/),
    });
    const feed = parseXml(text);
    expectValid(feed);
    expect(only(feed, "title").text).toBe("Comments on Hello");
    expect(link(feed, "self")).toMatchObject({ href: `${base}/api/comments/${id}/feed` });
    expect(link(feed, "alternate", "text/html")).toMatchObject({ href: `${base}/posts/${slug}` });
    expect(link(feed, "alternate", "application/feed+json")).toMatchObject({
      href: `${base}/api/comments/${id}/feed?format=json`,
    });
    expect(link(feed, "next")).toBeUndefined();
    const [reply, root] = all(feed, "entry");
    if (!reply || !root) throw new Error("Two comments are two entries");
    expect(only(root, "title").text).toBe("Ada on Hello");
    expect(only(only(root, "author"), "uri").text).toBe("https://ada.example/?a=1&b=2");
    expect(only(root, "published").text).toBe(first.createdAt);
    expect(only(root, "content").text).toBe("<p>Nice <em>post</em></p>\n");
    expect(link(root, "alternate")).toMatchObject({ href: `${base}/posts/${slug}#comment-${first.id}` });
    expect(only(reply, "title").text).toBe("Lin on Hello");
    expect(all(only(reply, "author"), "uri")).toEqual([]);
    expect(only(feed, "updated").text).toBe(second.createdAt);
  });

  it("says what answers what (RFC 4685)", async () => {
    const { id, slug } = await makePost();
    const first = await say(id, "A question");
    await say(id, "An answer", { parent: first.id });
    const [reply, root] = all(await readAtom(`/api/comments/${id}/feed`), "entry");
    if (!reply || !root) throw new Error("Two comments are two entries");
    expect(only(reply, "thr:in-reply-to").attributes).toEqual({
      ref: only(root, "id").text,
      type: "text/html",
      href: `${base}/posts/${slug}#comment-${first.id}`,
    });
    expect(only(root, "thr:in-reply-to").attributes).toMatchObject({ href: `${base}/posts/${slug}` });
    const replies = link(root, "replies");
    expect(replies).toMatchObject({ "thr:count": "1", type: "application/json" });
    expect(link(reply, "replies")).toBeUndefined();
    const { body } = await get(String(replies?.href).replace(base, "")).expect(200);
    expect(body.comments).toMatchObject([{ comment: "An answer" }]);
  });

  it("keeps its ids whatever is renamed, edited or moved", async () => {
    const { id, slug } = await makePost();
    await say(id, "One");
    const ids = (feed: Node) =>
      [only(feed, "id"), ...all(feed, "entry").map((one) => only(one, "id"))].map(({ text }) => text);
    const before = await readAtom(`/api/comments/${slug}/feed`);
    const [entry] = (await readJson(`/api/comments/${id}/feed`)).items;
    await patch(`/api/posts/${id}`, {
      slug: `${slug}-renamed`,
      title: "Renamed",
      url: "http://localhost/moved",
    })
      .set(...admin())
      .expect(200);
    await patch(`/api/comments/${id}/${entry?._antiphon.comment}`, { comment: "Edited", author: "Ada L." })
      .set(...admin())
      .expect(200);
    const after = await readAtom(`/api/comments/${slug}/feed`);
    expect(ids(after)).toEqual(ids(before));
    expect(entry?.id).toBe(ids(after)[1]);
    expect(only(after, "title").text).toBe("Comments on Renamed");
    const [changed] = all(after, "entry");
    if (!changed) throw new Error("One comment is one entry");
    expect(only(changed, "title").text).toBe("Ada L. on Renamed");
    expect(link(changed, "alternate")).toMatchObject({
      href: `http://localhost/moved#comment-${entry?._antiphon.comment}`,
    });
    expect(only(changed, "updated").text > only(changed, "published").text).toBe(true);
    const moved = await server.restart({ PUBLIC_URL: "https://elsewhere.example" });
    const { text } = await client(() => moved).get(`/api/comments/${id}/feed`);
    expect(ids(parseXml(text))).toEqual(ids(before));
    server = await moved.restart({ PUBLIC_URL: base });
  });

  it("holds nothing that the public may not see, for nobody", async () => {
    const { id } = await makePost();
    const gone = await say(id, "A secret that was deleted");
    await say(id, "Answered", { parent: gone.id });
    const held = await say(id, "A secret that waits");
    const spam = await say(id, "A secret that is spam", { email: "ada@example.org" });
    for (const [one, status] of [
      [held, "pending"],
      [spam, "spam"],
      [gone, "deleted"],
    ]) {
      await patch(`/api/comments/${id}/${one.id}`, { status })
        .set(...admin())
        .expect(200);
    }
    for (const path of [`/api/comments/${id}/feed`, "/api/feed"]) {
      for (const query of ["", "?format=json"]) {
        const [nobody, moderator] = [await get(path + query), await get(path + query).set(...admin())];
        expect(nobody.text).toContain("Answered");
        expect(nobody.text).not.toMatch(/secret|ada@example/);
        expect(moderator.text).toBe(nobody.text);
        expect(moderator.headers["cache-control"]).toBe("private, no-store");
      }
    }
    expect(contents(await readAtom(`/api/comments/${id}/feed`))).toEqual(["<p>Answered</p>\n"]);
    await remove(`/api/posts/${id}`)
      .set(...admin())
      .expect(200);
    await get(`/api/comments/${id}/feed`).expect(404);
    expect((await get("/api/feed")).text).not.toContain("Answered");
  });

  it("is 404 for a post that nobody has, and for a page on which nothing is approved", async () => {
    await get("/api/comments/999999/feed").expect(404);
    const { body } = await comment("Held", { post: "http://localhost/held-page" }).expect(201);
    await get(`/api/comments/${body.post}/feed`).expect(200);
    await patch(`/api/comments/${body.post}/${body.id}`, { status: "pending" })
      .set(...admin())
      .expect(200);
    for (const ask of [
      get(`/api/comments/${body.post}/feed`),
      get(`/api/comments/${body.post}/feed`).set(...admin()),
    ])
      expect((await ask.expect(404)).body.code).toBe("post_not_found");
  });

  it("is a valid feed also where nobody has commented", async () => {
    const { id } = await makePost();
    const feed = await readAtom(`/api/comments/${id}/feed`);
    expectValid(feed);
    expect(all(feed, "entry")).toEqual([]);
    expect((await readJson(`/api/comments/${id}/feed`)).items).toEqual([]);
  });
});

describe("the feed of the site", () => {
  it("has the comments of all posts, newest first, each with its post's title", async () => {
    const [one, other] = [await makePost("First & <last>"), await makePost("Second")];
    await say(one.id, "Older");
    await say(other.id, "Newer");
    const feed = await readAtom("/api/feed?limit=2");
    expectValid(feed);
    expect(only(feed, "title").text).toBe("Comments on comments.example");
    expect(all(feed, "entry").map((entry) => only(entry, "title").text)).toEqual([
      "Ada on Second",
      "Ada on First & <last>",
    ]);
    expect(link(feed, "alternate", "text/html")).toMatchObject({ href: `${base}/` });
  });

  it("is given in parts, each with the address of the next (RFC 5005)", async () => {
    const { id } = await makePost();
    for (let n = 1; n <= 5; n++) await say(id, `Part ${n}`);
    const found: string[] = [];
    let path: string | undefined = `/api/comments/${id}/feed?limit=2`;
    for (let parts = 1; path; parts++) {
      const res = await get(path).expect(200);
      const feed = parseXml(res.text);
      expectValid(feed);
      found.push(...contents(feed));
      expect(link(feed, "self")).toMatchObject({ href: base + path });
      expect(link(feed, "first")).toMatchObject({ href: `${base}/api/comments/${id}/feed?limit=2` });
      path = link(feed, "next")?.href?.replace(base, "");
      expect(res.headers.link === undefined).toBe(path === undefined);
      expect(parts).toBeLessThan(4);
    }
    expect(found).toEqual([5, 4, 3, 2, 1].map((n) => `<p>Part ${n}</p>\n`));
    const first = await readJson("/api/feed?limit=1");
    const second = await readJson(String(first.next_url).replace(base, "").replace("format=json&", ""));
    expect(second.items[0]?.content_html).toBe("<p>Part 4</p>\n");
    await get("/api/feed?cursor=nonsense").expect(400);
    await get("/api/feed?limit=0").expect(400);
    await get("/api/feed?format=rss").expect(400);
  });
});

describe("the form of a feed", () => {
  it("is what Accept asks for, or the query", async () => {
    const types = {
      "": "atom+xml",
      "*/*": "atom+xml",
      "application/atom+xml": "atom+xml",
      "text/xml": "atom+xml",
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": "atom+xml",
      "application/rss+xml, application/xml;q=0.9, */*;q=0.1": "atom+xml",
      "application/feed+json": "feed+json",
      "application/feed+json, application/atom+xml;q=0.9": "feed+json",
      "application/json": "feed+json",
    };
    for (const [accept, type] of Object.entries(types)) {
      const ask = accept === "" ? get("/api/feed") : get("/api/feed").set("Accept", accept);
      const { headers } = await ask.expect(200);
      expect([accept, headers["content-type"]]).toEqual([accept, `application/${type}; charset=utf-8`]);
      const forced = await get("/api/feed?format=atom").set("Accept", accept || "*/*");
      expect(forced.headers["content-type"]).toBe("application/atom+xml; charset=utf-8");
    }
    await get("/api/feed").set("Accept", "image/png").expect(406);
    await post("/api/feed").expect(405);
    expect((await options("/api/feed").expect(204)).headers.allow).toBe("GET, HEAD, OPTIONS");
    expect((await head("/api/feed").expect(200)).text).toBeUndefined();
  });

  it("can be JSON Feed 1.1, which says the same", async () => {
    const { id, slug } = await makePost("Same");
    const first = await say(id, "A *question*", { website: "https://ada.example/" });
    await say(id, "An answer", { parent: first.id });
    const atom = await readAtom(`/api/comments/${id}/feed`);
    const json = await readJson(`/api/comments/${id}/feed`);
    expect(json).toMatchObject({
      title: "Comments on Same",
      home_page_url: `${base}/posts/${slug}`,
      feed_url: `${base}/api/comments/${id}/feed?format=json`,
    });
    expect(json.next_url).toBeUndefined();
    const entries = all(atom, "entry");
    expect(
      json.items.map((item) => [item.id, item.title, item.content_html, item.url, item.date_published]),
    ).toEqual(
      entries.map((entry) => [
        ...["id", "title", "content"].map((name) => only(entry, name).text),
        link(entry, "alternate")?.href,
        only(entry, "published").text,
      ]),
    );
    expect(json.items[1]?.authors).toEqual([
      { name: "Ada", url: "https://ada.example/", avatar: expect.stringMatching(`^${base}/api/avatars/`) },
    ]);
    expect(json.items[0]?._antiphon).toMatchObject({
      parent: first.id,
      post: id,
      in_reply_to: json.items[1]?.id,
    });
  });

  it("has an ETag of its own, which any change of what is in it changes", async () => {
    const { id } = await makePost();
    const first = await say(id, "One");
    const path = `/api/comments/${id}/feed`;
    const tagOf = async (address: string) => (await get(address).expect(200)).headers.etag ?? "";
    const [atom, json] = [await tagOf(path), await tagOf(`${path}?format=json`)];
    expect(new Set([atom, json, await tagOf("/api/feed"), await tagOf(`/api/comments/${id}`)]).size).toBe(4);
    await get(path).set("If-None-Match", atom).expect(304);
    await get(path).set("If-None-Match", json).expect(200);
    await get(path).set("If-None-Match", json).set("Accept", "application/feed+json").expect(304);
    await patch(`/api/comments/${id}/${first.id}`, { comment: "Two" })
      .set(...admin())
      .expect(200);
    const { text } = await get(path).set("If-None-Match", atom).expect(200);
    expect(text).toContain("Two");
    const site = await tagOf("/api/feed");
    await patch(`/api/posts/${id}`, { title: "Otherwise" })
      .set(...admin())
      .expect(200);
    expect((await get("/api/feed").set("If-None-Match", site).expect(200)).text).toContain(
      "Ada on Otherwise",
    );
    expect((await get(path).expect(200)).text).toContain("Comments on Otherwise");
  });

  it("comes from the response cache, in each form", async () => {
    for (const accept of ["application/atom+xml", "application/feed+json"]) {
      const ask = () => get("/api/feed").set("Accept", accept).set("Accept-Encoding", "gzip");
      const [first, second] = [await ask(), await ask()];
      expect(first.headers["content-type"]).toContain(accept);
      expect(second.headers["content-type"]).toContain(accept);
      expect(second.headers["cache-status"]).toContain("hit");
      expect(second.headers["content-encoding"]).toBe("gzip");
      expect(second.text).toBe(first.text);
    }
  });
});

describe("a feed is well-formed whatever people write", () => {
  const hostile = [
    "]]>",
    "<![CDATA[ x ]]>",
    "</content></entry></feed>",
    "<!-- -->",
    "<?xml version='1.0'?>",
    "&amp; &lt; &#0; &#x1; &nbsp; &nosuch;",
    "\u0001\u0008\u000b\u000c\u000e\u001f\u007f\u0085\u009f",
    "\ufffe\uffff\ufdd0\u{1fffe}\u{10ffff}",
    "\u202e\u2066\u200f\ufeff\u2028\u2029",
    "line\r\nline\rline\ttab",
    "😀👨‍👩‍👧‍👦",
    `a${"\u0301".repeat(200)}`,
    "`\u0000`".replace("\u0000", "\u0002"),
    '"><script>alert(1)</script>',
    '[x](https://x.example/?a=1&b="2"\'<>)',
  ];
  const titles = ["]]> & <b>\"'", "\u0645\u0631\u062d\u0628\u0627 \u200f", "😀"];

  /** Without what XML has no place for. */
  const legal = (text: string) =>
    [...text].filter((one) => /[\t\n\r\p{Cf}]|[^\p{Cc}\ufffe\uffff]|[\x7f-\x9f]/u.test(one)).join("");

  async function expectWellFormed(path: string): Promise<string> {
    const { text } = await get(path).expect(200);
    expectValid(parseXml(text));
    return text;
  }

  it("in a comment, a name, a website or a title", async () => {
    for (const title of titles) {
      const { id } = await makePost(title);
      for (const text of hostile)
        await comment(`x ${text}`, {
          post: id,
          author: "A & <B> \"C\" ]]> 'D'",
          website: "https://x.example/?a&b=<>\"'",
        }).expect(201);
      const feed = await readAtom(`/api/comments/${id}/feed`);
      expectValid(feed);
      const { items } = await readJson(`/api/comments/${id}/feed`);
      expect(contents(feed)).toEqual(items.map((item) => legal(item.content_html)));
      expect(all(feed, "entry").map((entry) => only(entry, "title").text)).toEqual(
        items.map((item) => legal(item.title)),
      );
      // What was markup in the comment is text in it, and stays so.
      for (const html of contents(feed))
        expect(elements(html).map(({ name }) => name)).not.toContain("script");
    }
  }, 60_000);

  it("by chance, and at full length", async () => {
    const { id } = await makePost();
    const text = fc.string({ unit: "binary", minLength: 1, maxLength: 200 }).map((one) => `x${one}`);
    await fc.assert(
      fc.asyncProperty(text, fc.string({ unit: "grapheme", maxLength: 20 }), async (words, author) => {
        // What is refused can't be in a feed.
        const { status } = await comment(words, { post: id, author });
        expect([201, 400]).toContain(status);
        if (status === 201) await expectWellFormed(`/api/comments/${id}/feed?limit=1`);
      }),
      { numRuns: 150 },
    );
    await say(id, '&<>"]]>\u0001😀\r\n'.repeat(1000).slice(0, 10_000));
    await expectWellFormed(`/api/comments/${id}/feed`);
  }, 60_000);

  linted("as xmllint sees it, too", async () => {
    const { id } = await makePost("]]> & <b>");
    for (const text of hostile) await comment(`x ${text}`, { post: id }).expect(201);
    expect(lint(await expectWellFormed(`/api/comments/${id}/feed`))).toBe("");
    expect(lint(await expectWellFormed("/api/feed?limit=100"))).toBe("");
    expect(lint("<a>\u0001</a>")).not.toBe("");
  });
});

describe("the pages", () => {
  it("say where their feeds are", async () => {
    const { id, slug } = await makePost("On a page");
    await say(id, "Seen");
    for (const [page, path] of [
      ["/", "/api/feed"],
      [`/posts/${slug}`, `/api/comments/${id}/feed`],
    ]) {
      const { text } = await get(page ?? "").expect(200);
      const links = elements(text).filter(
        ({ name, attributes }) => name === "link" && attributes.rel === "alternate",
      );
      expect(links.map(({ attributes: { type, href } }) => [type, href])).toEqual([
        ["application/atom+xml", path],
        ["application/feed+json", `${path}?format=json`],
      ]);
      for (const { attributes } of links) await get(attributes.href ?? "").expect(200);
    }
  });

  it("are relative, as all links, where nobody has said what the server is called", async () => {
    const nameless = await startServer({ MODERATION: "open", SEED: "on" });
    const ask = (host: string) =>
      client(() => nameless)
        .get("/api/comments/1/feed")
        .set("Host", host);
    expect((await ask("localhost:3000")).text).toContain('href="http://localhost:3000/api/comments/1/feed"');
    const { text } = await ask("evil.example");
    expect(text).not.toContain("evil.example");
    expect(text).toContain('href="/api/comments/1/feed"');
    await nameless.stop();
  });
});
