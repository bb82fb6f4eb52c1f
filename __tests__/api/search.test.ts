import { beforeAll, describe, expect, test } from "@jest/globals";
import { INJECTIONS } from "../db/contract/search";
import { expectContract } from "../support/answer";
import { client } from "../support/client";
import { type Server, startServer } from "../support/server";

let server: Server;
const { get, head, post, put, patch, delete: del, options, comment, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
});

const url = (q: string, more = "") => `/api/search?q=${encodeURIComponent(q)}${more}`;
const search = async (q: string, more = "") => (await get(url(q, more)).expect(200)).body;
const found = async (q: string, more = "") =>
  (await search(q, more)).results.map(({ type, id }: { type: string; id: number }) => `${type} ${id}`);
/** Comments as a guest and returns how a search calls it. */
const say = async (text: string, more: object = {}) =>
  `comment ${(await comment(text, more).expect(201)).body.id}`;
const pathOf = (name: string) => `/api/comments/1/${name.replace("comment ", "")}`;
const moderate = (name: string, change: object) =>
  patch(pathOf(name), change)
    .set(...admin())
    .expect(200);

describe("what is found", () => {
  test("posts and comments, each with its place and the words around what matches", async () => {
    expect(await search("effects", "&limit=5")).toEqual({
      search: "effects",
      limit: 5,
      total: 2,
      results: [
        {
          type: "comment",
          id: 3,
          post: 1,
          title: "React Hooks",
          snippet:
            "The part about <mark>effects</mark> made it click for me. Does an effect see the state of its own render only?",
          url: `${server.url}/posts/react-hooks#comment-3`,
        },
        {
          type: "post",
          id: 1,
          post: 1,
          title: "React Hooks",
          snippet: expect.stringMatching(
            /^Hooks let a function component keep state and run <mark>effects<\/mark>\. const \[count, /,
          ),
          url: `${server.url}/posts/react-hooks`,
        },
      ],
    });
    const { body } = await get("/api/comments/1/3").expect(200);
    expect((await search("effects", "&type=comment")).results[0].url).toBe(body.url);
    expect(await found("effects", "&type=post")).toEqual(["post 1"]);
    expect(await search("effects", "&type=post")).toMatchObject({ total: 1, limit: 10 });
  });

  test("a page's comments and the page itself, where they are", async () => {
    const page = "http://localhost/wading-birds.html";
    const { body } = await post("/api/comments", { post: page, comment: "A sandpiper" }).expect(201);
    expect((await search("sandpiper")).results).toMatchObject([
      { type: "comment", post: body.post, title: "wading birds", url: `${page}#comment-${body.id}` },
    ]);
    expect((await search("wading")).results).toMatchObject([
      { type: "post", id: body.post, url: page, snippet: "" },
    ]);
  });

  test("the best first: a title before a text, much of it before a little, the newer before the older", async () => {
    const [little, much] = [
      await say("Only one dunlin, among so many other birds"),
      await say("Dunlin! Dunlin!"),
    ];
    await post("/api/comments", { post: "http://localhost/dunlin", comment: "A stint" }).expect(201);
    const newer = await say("Dunlin, dunlin!");
    expect((await found("dunlin")).slice(1)).toEqual([newer, much, little]);
    expect((await search("dunlin")).results[0]).toMatchObject({ type: "post", title: "dunlin" });
    expect(await search("dunlin", "&limit=1")).toMatchObject({ total: 4, results: { length: 1 } });
  });

  test("every word, phrases as they stand, and the last word by its beginning", async () => {
    const stands = await say("The avocet *stands* in the mud");
    const wades = await say("In the mud the avocet is standing");
    for (const [q, wanted] of [
      ["avocet", 2],
      ["avocet stan", 2],
      ["mud AVOCET", 2],
      ["stan avocet", 0],
      ["avocet stands", 1],
      ['avocet "stan"', 0],
      ['"avocet stands"', 1],
      ['"avocet stan', 1],
      ['"stands avocet"', 0],
      ['"in the mud" avocet', 2],
      ["avocet curlew", 0],
      ["avocet -mud", 2],
      ["avocet OR curlew", 0],
      ["avo*", 2],
    ] as const) {
      expect([q, (await search(q)).total]).toEqual([q, wanted]);
    }
    expect(
      (await search("avocet stan")).results.map(({ snippet }: { snippet: string }) => snippet).sort(),
    ).toEqual([
      "In the mud the <mark>avocet</mark> is <mark>standing</mark>",
      "The <mark>avocet</mark> <mark>stands</mark> in the mud",
    ]);
    expect(await found('"avocet stands"')).toEqual([stands]);
    expect(await found("avocet standing")).toEqual([wades]);
  });

  test("whatever the case and the accents, and so do the lists of comments and posts", async () => {
    const name = await say("Déjà vu au café, ΟΔΥΣΣΕΥΣ");
    for (const q of ["deja", "CAFE", "cafe\u0301 de", "οδυσσευς", '"vu au"']) {
      expect([q, await found(q)]).toEqual([q, [name]]);
      const { body } = await get(`/api/comments?q=${encodeURIComponent(q)}`).expect(200);
      expect(body.map(({ id }: { id: number }) => `comment ${id}`)).toEqual([name]);
    }
    expect((await search("deja")).results[0].snippet).toMatch(/^<mark>Déjà<\/mark> vu/);
    for (const [q, wanted] of [
      ['"pages api"', 1],
      ['"api pages"', 0],
      ["endpoint rou", 1],
    ] as const)
      expect((await get(`/api/posts?q=${encodeURIComponent(q)}`).expect(200)).body).toHaveLength(wanted);
  });

  test("the text as a reader sees it, with all of it escaped", async () => {
    await say(
      '<b onclick="x()">Knot</b> & [*godwit*](https://evil.example "title") `<script>`\n\n# <img src=x>',
    );
    expect((await search("godwit")).results[0].snippet).toBe(
      "&lt;b onclick=&quot;x()&quot;&gt;Knot&lt;/b&gt; &amp; <mark>godwit</mark> &lt;script&gt; &lt;img src=x&gt;",
    );
    await say("<mark>plover</mark> &lt;mark&gt; </mark>");
    expect((await search("plover mark")).results[0].snippet).toBe(
      "&lt;<mark>mark</mark>&gt;<mark>plover</mark>&lt;/<mark>mark</mark>&gt; &lt;<mark>mark</mark>&gt; &lt;/<mark>mark</mark>&gt;",
    );
  });

  test("about thirty words, cut where they are cut", async () => {
    const words = (from: number) => Array.from({ length: 60 }, (_, n) => `n${from + n}`).join(" ");
    await say(`${words(100)} turnstone ${words(200)}`);
    const { snippet } = (await search("turnstone")).results[0];
    expect(snippet).toMatch(/^…(n1\d\d ){14}<mark>turnstone<\/mark>( n2\d\d){15}…$/);
  });
});

describe("what is not found", () => {
  test("what is held, spam or deleted, or was edited away; not even by a moderator, nor in the count", async () => {
    const [held, spam, gone, edited] = [
      await say("Phalarope one"),
      await say("Phalarope two"),
      await say("Phalarope three"),
      await say("Phalarope four"),
    ];
    const shown = await say("Phalarope five");
    await moderate(held, { status: "pending" });
    await moderate(spam, { status: "spam" });
    await moderate(edited, { comment: "Something else" });
    await del(pathOf(gone))
      .set(...admin())
      .expect(200);
    const wanted = { total: 1, results: [{ id: Number(shown.slice(8)) }] };
    expect(await search("phalarope")).toMatchObject(wanted);
    const asModerator = await get(url("phalarope")).set(...admin());
    expect(asModerator.body).toEqual(await search("phalarope"));
    expect(asModerator.headers["cache-control"]).toBe("private, no-store");
    for (const q of ["phalarope one", "phalarope two", "phalarope three", "phalarope four"])
      expect(await search(q)).toMatchObject({ total: 0, results: [] });

    await moderate(held, { status: "approved" });
    await moderate(gone, { status: "approved" });
    expect((await found("phalarope")).sort()).toEqual([held, gone, shown].sort());
  });

  test("a page on which nothing is approved, and what was said there", async () => {
    const strict = await startServer({ MODERATION: "all" });
    const there = client(() => strict);
    const page = { post: "http://localhost/secret-lagoon", comment: "A whimbrel" };
    const { body } = await there.post("/api/comments", page).expect(202);
    const [before] = [await there.get(url("lagoon")).expect(200)];
    for (const q of ["lagoon", "whimbrel", "secret"])
      expect((await there.get(url(q)).expect(200)).body).toMatchObject({ total: 0, results: [] });
    await there.post("/api/comments", page).expect(202);
    // Nor does the ETag tell that something came.
    expect((await there.get(url("lagoon"))).headers.etag).toBe(before.headers.etag);
    await there
      .patch(`/api/comments/${body.post}/${body.id}`, { status: "approved" })
      .set(...there.admin())
      .expect(200);
    expect((await there.get(url("lagoon")).expect(200)).body).toMatchObject({ total: 1 });
    expect((await there.get(url("whimbrel")).expect(200)).body).toMatchObject({ total: 1 });
  });

  test("e-mail addresses, names, and addresses of anybody", async () => {
    await say("A common sandpiper", { author: "Wilhelmina", email: "mina@sanderling.example" });
    for (const q of ["sanderling", "mina@sanderling.example", "Wilhelmina", "127.0.0"])
      expect(await search(q)).toMatchObject({ total: 0 });
    const { text } = await get(url("sandpiper"));
    expect(text).not.toMatch(/sanderling|Wilhelmina|127\.0\.0\.0/);
  });

  test("anything at all where nothing is asked for", async () => {
    for (const q of [" ", '"', '""', "*", "!?", "…", "-"])
      expect(await search(q)).toEqual({ search: q, limit: 10, total: 0, results: [] });
  });
});

describe("what is refused", () => {
  test.each([
    ["", "q"],
    ["?q=", "q"],
    [`?q=${"a".repeat(201)}`, "q"],
    ["?q=a&q=b", "q"],
    ["?q=a%00b", "q"],
    ["?q=a&limit=0", "limit"],
    ["?q=a&limit=101", "limit"],
    ["?q=a&limit=ten", "limit"],
    ["?q=a&limit=-1", "limit"],
    ["?q=a&limit=5&limit=6", "limit"],
    ["?q=a&type=user", "type"],
    ["?q=a&type=", "type"],
    ["?q=a&status=pending", undefined],
    ["?q=a&cursor=x", undefined],
  ])("%s", async (query, member) => {
    const { body } = await get(`/api/search${query}`)
      .expect(400)
      .expect("Content-Type", "application/problem+json");
    expect(body).toMatchObject({ error: "Invalid input", code: "invalid_input" });
    expect(body.issues[0].path).toEqual(member === undefined ? [] : [member]);
  });

  test("other methods, with what goes", async () => {
    for (const call of [post, put, patch]) {
      const { headers } = await call("/api/search?q=a", {}).expect(405);
      expect(headers.allow).toBe("GET, HEAD, OPTIONS");
    }
    await del("/api/search?q=a").expect(405);
    await options("/api/search?q=a").expect(204);
  });

  test("the sixty-first in a minute, while reading goes on", async () => {
    const strict = await startServer({ RATE_LIMIT: "on" });
    const there = client(() => strict);
    const all = await Promise.all(Array.from({ length: 80 }, () => there.get(url("react"))));
    const refused = all.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThanOrEqual(15);
    expect(refused.length).toBeLessThanOrEqual(20);
    expect(refused[0]?.headers).toMatchObject({
      "ratelimit-policy": '"search";q=60;w=60',
      "retry-after": expect.stringMatching(/^\d$/),
    });
    await there.get("/api/comments").expect(200);
    await there
      .get(url("react"))
      .set(...there.admin())
      .expect(200);
  });
});

describe("whatever is asked", () => {
  const sendable = INJECTIONS.filter((q) => !/\0|\p{Cs}/u.test(q) && [...q].length <= 200);

  test("is answered, as text and nothing else", async () => {
    await say("a b 1 OR AND NOT NEAR title a text rowid");
    expect(sendable.length).toBeGreaterThan(60);
    for (const q of sendable) {
      const res = await get(url(q)).expect(200);
      expect(res.body.search).toBe(q);
      for (const { snippet } of res.body.results)
        expect(snippet.replace(/<mark>[^<>]*<\/mark>/g, "")).not.toMatch(/[<>"']/);
      await get(`/api/comments?q=${encodeURIComponent(q)}`).expect(200);
      await get(`/api/posts?q=${encodeURIComponent(q)}`).expect(200);
    }
    for (const q of INJECTIONS.filter((one) => !/\p{Cs}/u.test(one))) expectContract(await get(url(q)));
  });

  test("is no operator: AND, OR, NOT and NEAR are words", async () => {
    for (const q of ["a OR nosuchword", "nosuchword OR a", "a AND nosuchword", "NEAR(a nosuchword)"])
      expect([q, (await search(q)).total]).toEqual([q, 0]);
    for (const q of ["a OR b", "NEAR(title)", "NOT a", "title:a", "-a b", "^b a"])
      expect([q, (await search(q)).total > 0]).toEqual([q, true]);
  });
});

describe("an answer", () => {
  test("can be kept until something changes, and HEAD tells as much", async () => {
    const path = url("react", "&limit=2");
    const full = await get(path).expect(200);
    expect(full.headers).toMatchObject({
      "cache-control": "public, max-age=0, must-revalidate",
      etag: expect.stringMatching(/^"[^"]+"$/),
      vary: expect.stringContaining("Authorization"),
    });
    const bare = await head(path).expect(200);
    expect(bare.text).toBeUndefined();
    for (const name of ["etag", "content-length", "content-type", "cache-control"])
      expect([name, bare.headers[name]]).toEqual([name, full.headers[name]]);
    const same = await get(path)
      .set("If-None-Match", full.headers.etag ?? "")
      .expect(304);
    expect(same.text).toBe("");
    const name = await say("React, once more");
    const changed = await get(path)
      .set("If-None-Match", full.headers.etag ?? "")
      .expect(200);
    expect(changed.headers.etag).not.toBe(full.headers.etag);
    await moderate(name, { status: "spam" });
    await get(path)
      .set("If-None-Match", changed.headers.etag ?? "")
      .expect(200);
  });

  test("may be read from any site", async () => {
    const { headers } = await get(url("react")).set("Origin", "https://blog.example").expect(200);
    expect(headers["access-control-allow-origin"]).toBe("*");
    expect(headers).not.toHaveProperty("access-control-allow-credentials");
  });
});
