import { beforeAll, describe, expect, test } from "@jest/globals";
import supertest from "supertest";
import { bearer, client } from "../support/client";
import { byHand, forms } from "../support/forms";
import { addSignedIn } from "../support/people";
import { type Server, startServer } from "../support/server";

let server: Server;
const { get, patch, delete: del, comment, admin } = client(() => server);
const { submit, lead } = forms(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
});

const make = async (more: object = {}): Promise<{ id: number; editToken: string }> =>
  (await comment("Of a guest", more).expect(201)).body;
/** Somebody on another network, as far as votes go: the demo's comments are nobody's. */
const OTHERS = "/api/comments/1/3";

describe("a form that was done is led back to the page that it stands on", () => {
  test.each([
    ["/posts/react-hooks", "/posts/react-hooks?at=ID#comment-ID"],
    ["/posts/1?lang=de&sort=top", "/posts/1?lang=de&sort=top&at=ID#comment-ID"],
    ["/threads/react-hooks", "/threads/react-hooks?at=ID#comment-ID"],
    [
      "/threads/1?sort=newest&cursor=abc&parent=3&at=3&reply=3#respond",
      "/threads/1?sort=newest&at=ID#comment-ID",
    ],
    [
      "/threads?lang=pt-BR&url=http://localhost:8080/a%20b?c=d",
      "/threads?url=http%3A%2F%2Flocalhost%3A8080%2Fa%2520b%3Fc%3Dd&lang=pt-BR&at=ID#comment-ID",
    ],
  ])("a comment from %s", async (from, to) => {
    const location = await lead("/api/comments", { post: "react-hooks", comment: `From ${from}`, from });
    const [, id = ""] = /#comment-(\d+)$/.exec(location) ?? [];
    expect(location).toBe(to.replaceAll("ID", id));
    expect((await get(`/api/comments/1/${id}`).expect(200)).body.comment).toBe(`From ${from}`);
  });

  test("also where only the browser says which that is, and not where another site's page is", async () => {
    const fields = { comment: "Where from?" };
    const from = (Referer: string) =>
      lead("/api/comments/1", { ...fields, author: Referer.slice(-60) }, { Referer });
    expect(await from(`${server.url}/threads/1?lang=fr`)).toMatch(
      /^\/threads\/1\?lang=fr&at=(\d+)#comment-\1$/,
    );
    for (const referer of [
      `${server.url}/`,
      `${server.url}/login?next=/threads/1`,
      `${server.url}.evil.example/threads/1`,
      "https://evil.example/threads/1",
      "https://evil.example/",
      "about:blank",
      "/threads/1",
      "",
    ])
      expect([referer, await from(referer)]).toEqual([
        referer,
        expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/posts\/react-hooks\?at=(\d+)#comment-\1$/),
      ]);
  });

  test("a comment that waits", async () => {
    const trap = { homepage: "https://bot.example", comment: "Held", from: "/threads/1?lang=de&cursor=abc" };
    expect(await lead("/api/comments/1", trap)).toBe("/threads/1?lang=de&cursor=abc&held=1#respond");
    const url = "http://localhost:8080/no-thread-yet";
    const first = { ...trap, post: url, from: `/threads?url=${encodeURIComponent(url)}` };
    expect(await lead("/api/comments", first)).toBe(
      `/threads?${new URLSearchParams({ url })}&held=1#respond`,
    );
  });

  test("an edit, a vote, a report, a deletion", async () => {
    const { id, editToken } = await make();
    const path = `/api/comments/1/${id}`;
    const mine = { Authorization: `Bearer ${editToken}` };
    const from = "/threads/react-hooks?lang=de&cursor=abc&parent=3&parent=3";
    expect(await lead(path, { _method: "PATCH", comment: "Changed", from }, mine)).toBe(
      `/threads/react-hooks?lang=de&at=${id}#comment-${id}`,
    );
    expect((await get(path)).body.comment).toBe("Changed");
    // The rest of the page stays where it is.
    expect(await lead(`${OTHERS}/vote`, { _method: "PUT", value: "1", from })).toBe(
      "/threads/react-hooks?lang=de&cursor=abc&parent=3&voted=3#comment-3",
    );
    expect((await get(OTHERS)).body.votes).toEqual({ up: 1, down: 0 });
    expect(await lead(`${OTHERS}/report`, { reason: "spam", note: "", from })).toBe(
      "/threads/react-hooks?lang=de&cursor=abc&parent=3&reported=3#said",
    );
    expect((await get(OTHERS).set(...admin())).body.reports).toMatchObject({ count: 1 });
    expect(await lead(path, { _method: "DELETE", from }, mine)).toBe(
      "/threads/react-hooks?lang=de&cursor=abc&parent=3&deleted=1#said",
    );
    await get(path).expect(404);
  });

  test("a vote is read from a form as from JSON: 1, 0 and -1, and nothing else", async () => {
    const vote = (value: string) => lead(`${OTHERS}/vote`, { _method: "PUT", value, from: "/threads/1" });
    for (const [value, said, votes] of [
      ["-1", "?voted=-3", { up: 0, down: 1 }],
      ["0", "", { up: 0, down: 0 }],
      ["1", "?voted=3", { up: 1, down: 0 }],
    ] as const) {
      expect(await vote(value)).toBe(`/threads/1${said}#comment-3`);
      expect((await get(OTHERS)).body.votes).toEqual(votes);
    }
    for (const value of ["2", "1.0", "01", "true", "", "1 "])
      expect([value, await vote(value)]).toEqual([value, "/threads/1?error=invalid_input&field=value#said"]);
    expect((await get(OTHERS)).body.votes).toEqual({ up: 1, down: 0 });
  });

  test("without a page, to that of the post", async () => {
    const { id, editToken } = await make();
    const path = `/api/comments/1/${id}`;
    const mine = { Authorization: `Bearer ${editToken}` };
    expect(await lead(path, { _method: "PATCH", comment: "Changed" }, mine)).toBe(
      `/posts/1?at=${id}#comment-${id}`,
    );
    expect(await lead(`${OTHERS}/vote`, { _method: "PUT", value: "1" })).toBe(
      "/posts/1?at=3&voted=3#comment-3",
    );
    expect(await lead(`${OTHERS}/report`, { reason: "other" })).toBe("/posts/1?reported=3#said");
    expect(await lead(path, { _method: "DELETE" }, mine)).toBe("/posts/1?deleted=1#said");
  });
});

describe("a form that was refused is led back with the reason", () => {
  const from = "/threads/1?lang=de&sort=top&cursor=abc";
  const back = "/threads/1?lang=de&sort=top&cursor=abc";

  test("and open as it was", async () => {
    const { id, editToken } = await make();
    const mine = { Authorization: `Bearer ${editToken}` };
    const path = `/api/comments/1/${id}`;
    expect(await lead("/api/comments", { post: "1", comment: " ", from })).toBe(
      `${back}&error=invalid_input&field=comment#respond`,
    );
    const reply = { post: "1", comment: "Hi", website: "ftp://x", parent: String(id), from };
    expect(await lead("/api/comments", reply)).toBe(
      `${back}&reply=${id}&error=invalid_input&field=website#respond`,
    );
    expect(await lead(path, { _method: "PATCH", comment: " ", from }, mine)).toBe(
      `${back}&edit=${id}&error=invalid_input&field=comment#respond`,
    );
    expect(await lead(`${OTHERS}/report`, { reason: "dislike", from })).toBe(
      `${back}&report=3&error=invalid_input&field=reason#respond`,
    );
  });

  test("beside the comment where nothing is to be mended", async () => {
    const { id, editToken } = await make();
    const mine = { Authorization: `Bearer ${editToken}` };
    const path = `/api/comments/1/${id}`;
    expect(await lead(`${path}/vote`, { _method: "PUT", value: "1", from })).toBe(
      `${back}&error=own_comment#said`,
    );
    expect(await lead(path, { _method: "DELETE", from })).toBe(`${back}&error=unauthorized#said`);
    expect(await lead(path, { _method: "PATCH", comment: "Not mine", from })).toBe(
      `${back}&error=unauthorized#said`,
    );
    expect(await lead("/api/comments/1/999999/vote", { _method: "PUT", value: "1", from })).toBe(
      `${back}&error=comment_not_found#said`,
    );
    await del(path)
      .set(...bearer(editToken))
      .expect(200);
    expect(await lead(path, { _method: "PATCH", comment: "Too late", from }, mine)).toBe(
      `${back}&error=comment_not_found#said`,
    );
  });

  test("to the front where the page that it came from is of a post that nobody has", async () => {
    const gone = { comment: "Hello", from: "/threads/nobody" };
    expect(await lead("/api/comments/nobody", gone)).toBe("/?error=post_not_found");
    const elsewhere = {
      post: "https://evil.example/",
      comment: "Hello",
      from: "/threads?url=https://evil.example/",
    };
    expect(await lead("/api/comments", elsewhere)).toBe(
      "/threads?url=https%3A%2F%2Fevil.example%2F&error=origin_not_allowed#said",
    );
  });

  test("when it comes too often", async () => {
    const limited = await startServer({ SEED: "on", MODERATION: "open", RATE_LIMIT: "on" });
    const there = forms(() => limited);
    const report = { reason: "spam", from: "/threads/1" };
    for (let n = 0; n < 10; n++) await there.submit(`${OTHERS}/report`, report).expect(303);
    const last = await there.submit(`${OTHERS}/report`, report).expect(303);
    expect(last.headers.location).toBe("/threads/1?report=3&error=rate_limited#respond");
    expect(last.headers).toHaveProperty("retry-after");
  });
});

describe("nobody is led elsewhere", () => {
  test.each([
    "https://evil.example/posts/1",
    "//evil.example/posts/1",
    "/\\evil.example/posts/1",
    "\\\\evil.example/posts/1",
    "/posts/..//evil.example",
    "/posts/1/../../login",
    "/posts/%2e%2e/login",
    "/posts/1%0d%0aSet-Cookie:%20a=b",
    "/posts/1\r\nSet-Cookie: a=b",
    "/posts/",
    "/posts",
    "/threads",
    "/threads?url=javascript:alert(1)",
    "/threads?url=https://user:password@blog.example/",
    "/threads?url=",
    "/api/session",
    "/login?next=/posts/1",
    "/posts/1@evil.example",
    "/posts/Ünicode",
    " /posts/1",
    "posts/1",
    "?url=x",
    "#comments",
    "",
    "x".repeat(8000),
  ])("by from=%j", async (from) => {
    const location = await lead(`${OTHERS}/vote`, { _method: "PUT", value: "0", from });
    expect(location).toBe("/posts/1?at=3#comment-3");
  });

  test("and nothing of the page's address comes back but what is known", async () => {
    const from =
      "/threads/1?lang=%3Cscript%3E&sort=best&cursor=%22%3E&at=x&evil=1&held=1&error=x&editToken=edit_x&lang=de";
    const { headers, text } = await submit(`${OTHERS}/vote`, { _method: "PUT", value: "0", from }).expect(
      303,
    );
    expect(headers.location).toBe("/threads/1#comment-3");
    expect(text).toBe("");
  });

  test("a page of more than 8,000 characters is refused, like every field that is too long", async () => {
    const location = await lead(`${OTHERS}/vote`, {
      _method: "PUT",
      value: "0",
      from: `/posts/1?${"x".repeat(8000)}`,
    });
    expect(location).toBe("/posts/1?error=invalid_input&field=from#said");
  });
});

describe("other sites", () => {
  const foreign = { "Sec-Fetch-Site": "cross-site", Origin: "https://evil.example" };
  const vote = { _method: "PUT", value: "-1", from: "/threads/1" };

  test("can't have a signed-in reader vote, report, comment, edit or delete by a form", async () => {
    const { browser } = await addSignedIn(server);
    const cookie = { ...foreign, Cookie: browser.Cookie };
    const { body } = await comment("Mine").set(browser).expect(201);
    const path = `/api/comments/1/${body.id}`;
    const before = (await get(OTHERS).set(...admin())).text;
    for (const origin of [
      foreign,
      { "Sec-Fetch-Site": "same-site" },
      { "Sec-Fetch-Site": "none" },
      { Origin: "null" },
    ]) {
      const headers = { ...byHand, "Sec-Fetch-Site": "cross-site", Cookie: cookie.Cookie, ...origin };
      const said: [string, object, string][] = [
        [`${OTHERS}/vote`, vote, "/threads/1?error=cross_site#said"],
        [`${OTHERS}/report`, { reason: "spam", from: "/threads/1" }, "/threads/1?error=cross_site#said"],
        ["/api/comments/1", { comment: "Not by me", from: "/threads/1" }, "/threads/1?error=cross_site#said"],
        [
          path,
          { _method: "PATCH", comment: "Not by me", from: "/threads/1" },
          `/threads/1?error=cross_site#said`,
        ],
        [path, { _method: "DELETE", from: "/threads/1" }, `/threads/1?error=cross_site#said`],
      ];
      for (const [to, fields, location] of said) expect(await lead(to, fields, headers)).toBe(location);
    }
    expect((await get(OTHERS).set(...admin())).text).toBe(before);
    expect((await get(path)).body.comment).toBe("Mine");
    expect((await get("/api/comments/1")).text).not.toContain("Not by me");
    // From our own page the same forms are taken.
    expect(await lead(`${OTHERS}/vote`, vote, browser)).toBe("/threads/1?voted=-3#comment-3");
  });

  test("that ALLOWED_ORIGINS does not name can't send any", async () => {
    const strict = await startServer({
      SEED: "on",
      MODERATION: "open",
      ALLOWED_ORIGINS: "https://blog.example",
    });
    const there = forms(() => strict);
    expect(await there.lead(`${OTHERS}/vote`, vote, foreign)).toBe(
      "/threads/1?error=origin_not_allowed#said",
    );
    expect(await there.lead(`${OTHERS}/vote`, vote, { Origin: strict.url })).toBe(
      "/threads/1?voted=-3#comment-3",
    );
  });
});

describe("what is no browser's form", () => {
  test("is answered as JSON, whatever page it names", async () => {
    const { id, editToken } = await make({ from: "/threads/1" });
    const path = `/api/comments/1/${id}`;
    await patch(path, { comment: "By a program", from: "/threads/1" })
      .set(...bearer(editToken))
      .expect(200);
    // Not held against the document, which knows the form's POST by the method that it stands for.
    const vote = await supertest(server.url)
      .post(`${OTHERS}/vote`)
      .type("form")
      .send({ _method: "PUT", value: "0", from: "/threads/1" });
    expect([vote.status, vote.body]).toMatchObject([200, { mine: 0 }]);
    const refused = await submit("/api/comments/1", { comment: "", from: "/threads/1" }, { Accept: "*/*" });
    expect([refused.status, refused.body.code]).toEqual([400, "invalid_input"]);
    expect(refused.headers).not.toHaveProperty("location");
  });

  test("may name another page when it is sent again with the same key", async () => {
    const key = { "Idempotency-Key": "one-comment-from-two-pages" };
    const first = await comment("Once", { from: "/threads/1" }).set(key).expect(201);
    const again = await comment("Once", { from: "/posts/1" }).set(key).expect(201);
    expect(again.body).toEqual(first.body);
  });
});
