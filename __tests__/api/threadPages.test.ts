import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { forms } from "../support/forms";
import { addSignedIn, cookieOf } from "../support/people";
import request from "../support/request";
import { type Server, startServer } from "../support/server";

let server: Server;
const { submit } = forms(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open", ALLOWED_ORIGINS: "https://blog.example" });
});

const get = (path: string) => request(server.url).get(path).redirects(0);
const comment = async (text: string, more: object = {}): Promise<{ id: number; post: number }> =>
  (
    await request(server.url)
      .post("/api/comments")
      .send({ post: 1, comment: text, ...more })
      .expect(201)
  ).body;
const bare = (url: string) => `/threads?${new URLSearchParams({ url })}`;

describe("the page of a thread alone", () => {
  it("has the thread and its forms, and nothing around them", async () => {
    const { id } = await comment("Alone *here*");
    for (const path of ["/threads/react-hooks", "/threads/1"]) {
      const { status, text } = await get(path);
      expect(status).toBe(200);
      expect(text).toContain(`id="comment-${id}"`);
      expect(text).toContain("Alone <em>here</em>");
      expect(text).toMatch(/<form [^>]*action="\/api\/comments" method="post"/);
      expect(text).toContain('name="from" value="/threads/react-hooks"');
      expect(text).not.toMatch(/<header class="site"|<footer|<nav aria-label="Site"/);
      expect(text).not.toMatch(/<style|style=| on\w+=|_next\/static\/[^"]*\.js/);
    }
  });

  it("tells search engines to look at the page that it is for", async () => {
    const { text, headers } = await get("/threads/1");
    expect(text).toContain('<meta name="robots" content="noindex"');
    expect(text).toContain(`<link rel="canonical" href="${server.url}/posts/react-hooks"`);
    expect(headers["x-robots-tag"]).toBe("noindex");
    const { post } = await comment("There", { post: "https://blog.example/there" });
    expect((await get(`/threads/${post}`)).text).toContain(
      '<link rel="canonical" href="https://blog.example/there"',
    );
    expect((await get("/posts/1")).headers).not.toHaveProperty("x-robots-tag");
  });

  it("may be framed by the sites of ALLOWED_ORIGINS, unless FRAME_ANCESTORS says otherwise; no other page by anybody", async () => {
    const policyAt = async (url: string, path: string) =>
      (await request(url).get(path)).headers["content-security-policy"]?.split("; ").at(-1);
    const expected: [Record<string, string>, string][] = [
      [{}, "frame-ancestors *"],
      [
        { ALLOWED_ORIGINS: "https://a.example,https://b.example" },
        "frame-ancestors 'self' https://a.example https://b.example",
      ],
      [
        { ALLOWED_ORIGINS: "https://a.example", FRAME_ANCESTORS: "https://c.example" },
        "frame-ancestors 'self' https://c.example",
      ],
      [{ ALLOWED_ORIGINS: "https://a.example", FRAME_ANCESTORS: "none" }, "frame-ancestors 'none'"],
    ];
    for (const [env, policy] of expected) {
      const one = await startServer({ SEED: "on", ...env });
      for (const path of ["/threads/1", "/threads/1?at=2", bare("http://localhost/x"), "/threads/1"])
        expect([path, await policyAt(one.url, path)]).toEqual([path, policy]);
      for (const path of ["/", "/posts/1", "/login", "/docs", "/api/comments/1"])
        expect([path, await policyAt(one.url, path)]).toEqual([path, "frame-ancestors 'none'"]);
      expect((await request(one.url).get("/threads/1")).headers["content-security-policy"]).toMatch(
        /^default-src 'none'; script-src 'self'; style-src 'self';/,
      );
      await one.stop();
    }
  }, 120_000);

  it("is 404 for a thread nobody has, one on which nothing is to be seen, and an address without a page", async () => {
    const url = "https://blog.example/held";
    const held = await request(server.url)
      .post("/api/comments")
      .send({ post: url, comment: "Waits", homepage: "https://bot.example" })
      .expect(202);
    for (const path of [
      "/threads/nobody",
      "/threads/999",
      "/threads/%00",
      `/threads/${held.body.post}`,
      "/threads",
      "/threads?url=x",
      "/threads?url=javascript:alert(1)",
    ])
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    expect((await get(bare(url))).text).not.toContain("Waits");
  });
});

describe("the thread of a page's URL", () => {
  it("is empty before anybody wrote, and its form makes it", async () => {
    const url = "https://blog.example/first?b=1&a=2";
    const empty = await get(bare(url)).expect(200);
    expect(empty.text).toContain("No comments yet");
    expect(empty.text).toContain(`name="post" value="${url.replace("&", "&amp;")}"`);
    const [, from = ""] = /name="from" value="([^"]+)"/.exec(empty.text) ?? [];
    const fields = { post: url, comment: "The first", from: from.replaceAll("&amp;", "&") };
    const sent = await submit("/api/comments", fields, { Origin: server.url }).expect(303);
    expect(sent.headers.location).toMatch(
      /^\/threads\?url=https%3A%2F%2Fblog\.example%2Ffirst[^#]*&at=(\d+)#comment-\1$/,
    );
    const after = await get(sent.headers.location?.split("#")[0] ?? "").expect(200);
    expect(after.text).toContain("The first");
    expect(after.text).toContain(`href="/threads?url=${encodeURIComponent(url)}&amp;reply=`);
    // Whichever of its addresses it is asked by.
    expect((await get(bare(`${url}&utm_source=mail#x`))).text).toContain("The first");
  });

  it("of a site that may not says which setting to add", async () => {
    const { text, headers } = await get(bare("https://other.example/page")).expect(403);
    expect(text).toContain("\u2068https://other.example\u2069 to the setting ALLOWED_ORIGINS");
    expect(text).not.toContain("<form");
    expect(headers["cache-control"]).toBe("public, max-age=0, must-revalidate");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'self' https://blog.example");
  });
});

describe("a guest without scripts", () => {
  it("is offered to edit what they wrote, finds it in the form, and nobody else does", async () => {
    const sent = await submit("/api/comments", {
      post: "1",
      comment: "Mine & <only> mine",
      from: "/threads/1",
    });
    const cookie = cookieOf(sent);
    const [, id = ""] = /#comment-(\d+)/.exec(sent.headers.location ?? "") ?? [];
    const link = `href="/threads/react-hooks?edit=${id}#respond"`;
    const mine = await get("/threads/1").set("Cookie", cookie);
    expect(mine.text).toContain(link);
    expect(mine.headers["cache-control"]).toBe("private, no-cache");
    expect((await get("/threads/1")).text).not.toContain(link);

    const edit = await get(`/threads/1?edit=${id}`).set("Cookie", cookie);
    expect(edit.text).toContain("Mine &amp; &lt;only&gt; mine</textarea>");
    expect(edit.text).toContain(`action="/api/comments/1/${id}" method="post"`);
    expect(edit.text.match(/name="_method" value="(PATCH|DELETE)"/g)).toHaveLength(2);
    for (const headers of [{}, { Cookie: cookie.replace(/.$/, "_") }, { Cookie: "antiphon-edit=x" }]) {
      const { text } = await get(`/threads/1?edit=${id}`).set(headers);
      expect(text).toMatch(/role="alert">.*Only its author can change a comment/);
      expect(text).not.toContain('value="PATCH"');
    }
    // Of another post the same id is nobody's.
    expect((await get(`/threads/2?edit=${id}`).set("Cookie", cookie)).text).not.toContain('value="PATCH"');
  });

  it("sees what waits for a moderator in its place, alone", async () => {
    const { id: parent } = await comment("Answer me with care");
    const sent = await submit("/api/comments", {
      post: "1",
      comment: "Waiting quietly",
      parent: String(parent),
      homepage: "https://bot.example",
      from: "/posts/1",
    });
    expect(sent.headers.location).toBe("/posts/1?held=1#respond");
    const page = await get("/posts/1?held=1").set("Cookie", cookieOf(sent));
    expect(page.text).toMatch(/Waits for a moderator.*Waiting quietly/s);
    expect(page.text).toMatch(/role="status"><p class="notice done">Thank you/);
    expect((await get("/posts/1?held=1")).text).not.toContain("Waiting quietly");
    expect((await get("/posts/2").set("Cookie", cookieOf(sent))).text).not.toContain("Waiting quietly");
  });

  it("is told once the time is over", async () => {
    const brief = await startServer({ SEED: "on", MODERATION: "open", EDIT_WINDOW: "1s" });
    const sent = await forms(() => brief).submit("/api/comments/1", { comment: "Short", from: "/threads/1" });
    const [, id = ""] = /#comment-(\d+)/.exec(sent.headers.location ?? "") ?? [];
    const page = () => request(brief.url).get(`/threads/1?edit=${id}`).set("Cookie", cookieOf(sent));
    const over = /role="alert"><p class="notice refused">The time to change this comment is over/;
    for (let text = ""; !over.test(text); ) text = (await page()).text;
    expect((await page()).text).not.toMatch(/value="PATCH"|\?edit=\d+#/);
  });

  it("hears what became of a vote and a report, and can take the vote back", async () => {
    const { text } = await get("/threads/1?voted=-3");
    expect(text).toMatch(/role="status"><p class="notice done">Your vote counts\./);
    const [, form = ""] = /id="comment-3"(.*?)<\/article>/s.exec(text) ?? [];
    const buttons = form.match(/<button[^>]*name="value"[^>]*>/g) ?? [];
    expect(
      buttons.map((tag) => [/value="(-?\d)"/.exec(tag)?.[1], /aria-pressed="(\w+)"/.exec(tag)?.[1]]),
    ).toEqual([
      ["1", "false"],
      ["0", "true"],
    ]);
    expect((await get("/threads/1?reported=3")).text).toMatch(
      /role="status">.*A moderator will look at it\./,
    );
    expect((await get("/threads/1?deleted=1")).text).toMatch(/role="status">.*Your comment is deleted\./);
    expect((await get("/threads/1?error=rate_limited")).text).toMatch(
      /role="alert">.*Try again in a minute\./,
    );
    const report = await get("/threads/1?report=3");
    expect(report.text).toContain('action="/api/comments/1/3/report"');
    for (const nobody of ["999", "x", "6"])
      expect((await get(`/threads/1?report=${nobody}`)).text).not.toContain("/report");
  });

  it("of whom an account is known comments by that name", async () => {
    const { browser } = await addSignedIn(server, "member", "Theodora");
    const sent = await submit("/api/comments/1", { comment: "With an account", from: "/threads/1" }, browser);
    const [, id = ""] = /#comment-(\d+)/.exec(sent.headers.location ?? "") ?? [];
    const { text } = await get("/threads/1").set(browser);
    expect(text).toContain("You comment as \u2068Theodora\u2069.");
    expect(text).toContain(`?edit=${id}#respond`);
    expect(text).not.toContain('name="email"');
  });
});

describe("the HTML of a thread alone", () => {
  const fragment = "/threads/react-hooks?format=fragment";

  it("has no document around it, and leads to this server from wherever it stands", async () => {
    const { text, headers } = await get(fragment).expect(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(text).toMatch(/^<section class="antiphon"/);
    expect(text).toMatch(/<\/section>$/);
    expect(text).not.toMatch(/<(html|head|body|script|link|style|antiphon-comments)\b/);
    const addresses = [...text.matchAll(/ (?:href|src|action)="([^"]*)"/g)].map(([, address]) => address);
    expect(addresses.length).toBeGreaterThan(10);
    for (const address of addresses) expect(address).toMatch(/^https?:\/\//);
    expect(text).toContain(`action="${server.url}/api/comments"`);
    expect(text).toContain(`href="${server.url}/threads/react-hooks?reply=1#respond"`);
    expect(headers.link).toBe(`<${server.url}/posts/react-hooks>; rel="canonical"`);
    expect(headers["x-robots-tag"]).toBe("noindex");
  });

  it("may be read by any site from the cache, too, however its address is written", async () => {
    for (const path of [
      "/threads?format=fragment&url=http%3A%2F%2Flocalhost%2Fx",
      "/threads?url=http%3A%2F%2Flocalhost%2Fx&format=fragment",
      "/threads/react-hooks?lang=de&format=frag%6dent",
    ])
      for (let n = 0; n < 2; n++) {
        const { headers } = await get(path).set("Origin", "https://any.example").expect(200);
        expect([path, headers["access-control-allow-origin"]]).toEqual([path, "*"]);
      }
    const page = await get("/threads/react-hooks?url=format=fragment").expect(200);
    expect(page.headers).not.toHaveProperty("access-control-allow-origin");
  });

  it("may be read by any site, without saying who reads", async () => {
    const plain = await get(fragment).set("Origin", "https://any.example");
    expect(plain.headers["cache-control"]).toBe("public, max-age=0, must-revalidate");
    expect(plain.headers["access-control-allow-origin"]).toBe("*");
    expect(plain.headers).not.toHaveProperty("access-control-allow-credentials");
    const asToken = await get(fragment).set("Authorization", `Bearer ${server.adminToken}`);
    expect(asToken.text).toBe(plain.text);
    for (let n = 0; n < 2; n++) {
      const { headers } = await get(fragment);
      expect(headers["cache-status"]).toMatch(/hit/);
      expect(headers["access-control-allow-origin"]).toBe("*");
    }
  });

  it("on our own pages knows whoever is signed in, or wrote by the browser alone, and nobody keeps that", async () => {
    const { browser } = await addSignedIn(server, "member", "Isolde");
    const own = await submit("/api/comments/1", { comment: "By Isolde", from: "/threads/1" }, browser);
    const sent = await submit("/api/comments/1", { comment: "By a guest", from: "/threads/1" });
    for (const path of [fragment, "/posts/react-hooks?format=fragment"])
      for (const [answer, cookie, others] of [
        [own, browser.Cookie, sent],
        [sent, cookieOf(sent), own],
      ] as const) {
        const idOf = ({ headers }: typeof own) => /#comment-(\d+)/.exec(headers.location ?? "")?.[1];
        const { text, headers } = await get(path).set("Cookie", cookie);
        expect(text).toContain(`edit=${idOf(answer)}#respond`);
        expect(text).not.toContain(`edit=${idOf(others)}#respond`);
        expect(headers["cache-control"]).toBe("private, no-store");
        expect(headers).not.toHaveProperty("etag");
      }
  });

  it("of a post's own page stands on this server alone, as the page has it", async () => {
    const path = "/posts/react-hooks";
    const { text, headers } = await get(`${path}?format=fragment`)
      .set("Accept-Encoding", "identity")
      .expect(200);
    expect((await get(path)).text.replaceAll("<!-- -->", "")).toContain(text);
    expect(headers).not.toHaveProperty("access-control-allow-origin");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    await get(`${path}?format=fragment`)
      .set({ "If-None-Match": headers.etag ?? "", "Accept-Encoding": "identity" })
      .expect(304);
    expect((await get("/posts/nobody?format=fragment")).status).toBe(404);
  });

  it("has the form to edit what a token in the browser opens, with the text that anybody may read", async () => {
    const { id } = await comment("Written *by a script*");
    const { text } = await get(`${fragment}&edit=${id}`).expect(200);
    expect(text).toContain("Written *by a script*</textarea>");
    expect(text).toContain('value="PATCH"');
    const held = await request(server.url)
      .post("/api/comments/1")
      .send({ comment: "Not for all", homepage: "https://bot.example" });
    for (const nobody of [held.body.id, 6, 999_999])
      expect((await get(`${fragment}&edit=${nobody}`)).text).not.toMatch(/value="PATCH"|Not for all/);
  });

  it("is not sent again until something changes that is in it", async () => {
    const first = await get(fragment).set("Accept-Encoding", "identity");
    const { etag = "" } = first.headers;
    expect(etag).toMatch(/^"[^"]+"$/);
    const ask = () => get(fragment).set({ "If-None-Match": etag, "Accept-Encoding": "identity" });
    for (const headers of [{}, { Cookie: "a=b" }]) {
      const again = await ask().set(headers).expect(304);
      expect([again.text, again.headers.etag]).toEqual(["", etag]);
    }
    await comment("Elsewhere", { post: 2 });
    await ask().expect(304);
    await request(server.url).put("/api/comments/1/4/vote").send({ value: 1 }).expect(200);
    const after = await ask().expect(200);
    expect(after.headers.etag).not.toBe(etag);
    expect((await get(`${bare("https://blog.example/none")}&format=fragment`)).headers.etag).toMatch(/^"/);
    const head = await request(server.url).head(fragment).set("Accept-Encoding", "identity");
    expect([head.status, head.text ?? "", head.headers.etag]).toEqual([200, "", after.headers.etag]);
  });

  it("is sorted and paged as the page is", async () => {
    const all = (text: string) => [...text.matchAll(/id="comment-(\d+)"/g)].map(([, id]) => Number(id));
    const post = "https://blog.example/long";
    const ids: number[] = [];
    for (let n = 0; n < 60; n++) ids.push((await comment(`Number ${n}`, { post })).id);
    const first = await get(`${bare(post)}&format=fragment`);
    const [, next = ""] = /href="[^"]*?(\/threads\?[^"#]*cursor=[^"#]+)#comments"/.exec(first.text) ?? [];
    const second = await get(`${next.replaceAll("&amp;", "&")}&format=fragment`);
    expect([...all(first.text), ...all(second.text)]).toEqual(ids);
    const newest = await get(`${bare(post)}&format=fragment&sort=newest&at=${ids[0]}`);
    expect(all(newest.text)).toEqual([ids[0]]);
  });

  it("says in the same form why there is none, to scripts of any site", async () => {
    for (const [path, status, said] of [
      [`${bare("https://other.example/x")}&format=fragment`, 403, "https://other.example"],
      ["/threads/nobody?format=fragment", 404, "There is no such page"],
      ["/threads?format=fragment", 404, "There is no such page"],
      ["/threads/1?format=fragment&cursor=x", 400, "missing or can’t be read"],
    ] as const) {
      const { text, headers } = await get(path).expect(status);
      expect(text).toMatch(/^<section class="antiphon".*<\/section>$/s);
      expect(text).toContain(said);
      expect(headers).toMatchObject({
        "access-control-allow-origin": "*",
        "cache-control": "private, no-store",
      });
    }
  });
});

it("a thread of fifty comments is less than 30 KB, with all that it needs to be read", async () => {
  const lorem =
    "The quick brown fox jumps over the lazy dog, and nobody who saw it said a word about why. It is what it is: a sentence that says nothing much, as most of them do.";
  const post = "https://blog.example/fifty";
  let parent: number | null = null;
  for (let n = 0; n < 50; n++) {
    const words = lorem.split(" ").map((word, at) => (at % 7 === n % 7 ? `${word}${n}` : word));
    const text = `${words.join(" ")} **${n}** [link](https://example.org/${n})\n\n${words.reverse().join(" ")}`;
    const { id } = await comment(text, { post, parent: n % 3 === 0 ? null : parent, author: `Reader ${n}` });
    parent = id;
  }
  const slug = "fifty";
  for (const path of [`/threads/${slug}`, `/posts/${slug}`, bare(post)]) {
    const { text } = await get(path);
    expect(text.match(/<article id="comment-/g)).toHaveLength(50);
    const sheets = [...text.matchAll(/<link rel="stylesheet" href="([^"]+)"/g)].map(([, href = ""]) => href);
    const styles = await Promise.all(sheets.map(async (href) => (await get(href)).text));
    const bytes = [text, ...styles].map((one) => gzipSync(one).length).reduce((sum, one) => sum + one, 0);
    expect([path, styles.length > 0, bytes < 30_000, bytes]).toEqual([path, true, true, bytes]);
  }
});
