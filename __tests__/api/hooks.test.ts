import { randomUUID } from "node:crypto";
import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Test } from "supertest";
import { client } from "@/__tests__/support/client";
import { makeHookSecret, sendHook, signAsGhost, signAsGithub, signHook } from "@/__tests__/support/hooks";
import { settledLogs } from "@/__tests__/support/logs";
import { startReceiver } from "@/__tests__/support/receiver";
import request from "@/__tests__/support/request";
import { failToStart, type Server, startServer } from "@/__tests__/support/server";
import { exchange } from "@/__tests__/support/socket";

const SITE = "https://blog.example";
const secret = makeHookSecret();
const former = makeHookSecret();

let server: Server;
const { get, post, admin, comment } = client(() => server);

beforeAll(async () => {
  server = await startServer({
    HOOK_SECRET: `${secret}, ${former}`,
    ALLOWED_ORIGINS: SITE,
    MODERATION: "open",
    WEBHOOK_ALLOW: "127.0.0.1",
  });
});

const seconds = (age = 0) => Math.floor(Date.now() / 1000) - age;
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
const page = () => `${SITE}/${randomUUID()}`;

function message(type: string, data: object, timestamp = ago(0)): string {
  return JSON.stringify({ type, timestamp, data });
}

/** A message signed as it should be, with parts of that otherwise. */
function tell(body: string, more: Parameters<typeof signHook>[2] & { by?: string } = {}): Test {
  return sendHook(server, body, signHook(more.by ?? secret, body, more));
}

const published = (url: string, more: object = {}, timestamp?: string) =>
  message("post.published", { url, title: "Hello", ...more }, timestamp);
const deleted = (url: string, timestamp?: string) => message("post.deleted", { url }, timestamp);

/** What is kept of a page: its post, or null. */
async function findPost(url: string) {
  const { body } = await get(`/api/comments/by-url?url=${encodeURIComponent(url)}`).set("Origin", SITE);
  return body.post === null ? null : (await get(`/api/posts/${body.post}`).expect(200)).body;
}

async function expectRefused(sent: Test, status: number, code: string) {
  const { body } = await sent.expect(status);
  expect(body.code).toBe(code);
}

describe("a CMS", () => {
  test("publishes, changes and deletes a post, under the address of its page", async () => {
    const url = page();
    const made = await tell(
      published(`${url}/?utm_source=cms#top`, {
        content: "Some *words*",
        author: "Ada",
        category: "News",
        slug: "hello",
      }),
    ).expect(200);
    expect(made.body).toEqual({ result: "created", post: expect.any(Number), message: "Post created" });
    const { body: one } = await get(`/api/posts/${made.body.post}`).expect(200);
    expect(one).toMatchObject({
      url: `${url}/`,
      title: "Hello",
      slug: expect.stringMatching(/^hello/),
      html: "<p>Some <em>words</em></p>\n",
      author: "Ada",
      category: "News",
      commentsOpen: true,
      user: null,
    });
    const changed = await tell(
      message("post.updated", { url, title: "Hello again", commentsOpen: false }),
    ).expect(200);
    expect(changed.body).toEqual({ result: "updated", post: one.id, message: "Post updated" });
    expect(await findPost(url)).toMatchObject({
      title: "Hello again",
      content: "Some *words*",
      commentsOpen: false,
    });
    await tell(published(url, { title: "Hello again" })).expect(200, {
      result: "unchanged",
      post: one.id,
      message: "The post is like that already",
    });
    expect((await tell(deleted(url)).expect(200)).body).toMatchObject({ result: "deleted", post: one.id });
    expect(await findPost(url)).toBeNull();
    await get(`/api/posts/${one.id}`).expect(404);
    expect((await tell(deleted(url)).expect(200)).body).toMatchObject({ result: "absent", post: null });
  });

  test("is named in the audit log, from which a moderator takes a deletion back", async () => {
    const url = page();
    const { body } = await tell(published(url));
    await tell(deleted(url)).expect(200);
    const { body: log } = await get(`/api/audit?type=post&subject=${body.post}`).set(...admin());
    expect(log).toMatchObject([
      { action: "post.delete", by: { user: null, name: "Hook", role: "moderator" } },
      { action: "post.create", by: { user: null, name: "Hook", role: "moderator" } },
    ]);
    await post(`/api/audit/${log[0].id}/undo`, {})
      .set(...admin())
      .expect(200);
    expect(await findPost(url)).toMatchObject({ id: body.post });
  });

  test("that publishes again what it deleted gets it back with its comments", async () => {
    const url = page();
    const { body } = await tell(published(url));
    await comment("Kept", { post: url }).set("Origin", SITE).expect(201);
    await tell(deleted(url)).expect(200);
    expect((await tell(published(url, { title: "Back" }))).body).toMatchObject({
      result: "restored",
      post: body.post,
    });
    expect(await findPost(url)).toMatchObject({ id: body.post, title: "Back", comments: 1 });
    const { body: thread } = await get(`/api/comments/${body.post}`).expect(200);
    expect(thread.comments).toMatchObject([{ comment: "Kept" }]);
  });

  test("takes over the page that a comment made before, comments and all, and it is listed and counted", async () => {
    const url = page();
    const held = await startServer({ HOOK_SECRET: secret, ALLOWED_ORIGINS: SITE, MODERATION: "all" });
    const there = client(() => held);
    const first = await there.comment("Early", { post: url }).set("Origin", SITE).expect(202);
    await there.get(`/api/posts/${first.body.post}`).expect(404);
    const body = published(url);
    const taken = await sendHook(held, body, signHook(secret, body)).expect(200);
    expect(taken.body).toMatchObject({ result: "updated", post: first.body.post });
    const list = await there.get("/api/posts").expect(200);
    expect(list.body).toMatchObject([{ id: first.body.post, title: "Hello", comments: 0 }]);
    expect(list.headers["x-total-count"]).toBe("1");
    expect((await there.get("/api/search?q=hello")).body.results).toMatchObject([{ post: first.body.post }]);
  });

  test("that calls a post by a key may move it to another page, and the former one leads there", async () => {
    const [before, after, key] = [page(), page(), randomUUID()];
    const { body } = await tell(published(before, { key }));
    await comment("Moves along", { post: before }).set("Origin", SITE).expect(201);
    expect((await tell(published(after, { key }))).body).toMatchObject({
      result: "updated",
      post: body.post,
    });
    expect(await findPost(after)).toMatchObject({ id: body.post, url: after, comments: 1 });
    expect(await findPost(before)).toMatchObject({ id: body.post });
    expect((await tell(message("post.deleted", { key }))).body).toMatchObject({
      result: "deleted",
      post: body.post,
    });
  });

  test("names a post by its slug where it has no page", async () => {
    const slug = `post-${randomUUID()}`;
    const { body } = await tell(message("post.published", { slug, title: "No page" }));
    expect(body).toMatchObject({ result: "created" });
    await tell(message("post.updated", { slug, title: "Still none" })).expect(200);
    expect((await get(`/api/posts/${slug}`)).body).toMatchObject({
      id: body.post,
      title: "Still none",
      url: null,
    });
  });

  test("may say when it published, but not in time to come", async () => {
    const [past, future] = [page(), page()];
    await tell(published(past, { publishedAt: "2020-02-03T04:05:06+01:00" })).expect(200);
    await tell(published(future, { publishedAt: "2120-02-03T04:05:06Z" })).expect(200);
    expect(await findPost(past)).toMatchObject({ createdAt: "2020-02-03T03:05:06.000Z" });
    expect((await findPost(future)).createdAt < ago(-1000)).toBe(true);
  });

  test("may send hostile HTML: it is text, wherever it is shown", async () => {
    const url = page();
    const hostile = `<script>alert(1)</script><img src=x onerror=alert(1)> [x](javascript:alert(1)) <svg/onload=alert(1)>`;
    await tell(published(url, { title: hostile, content: hostile, author: "<b>Ada</b>" })).expect(200);
    const { html, slug } = await findPost(url);
    expect(html).not.toMatch(/<(?!\/?p>)/);
    expect(html).not.toMatch(/href/);
    const shown = await request(server.url).get(`/posts/${slug}`).expect(200);
    expect(shown.text).not.toMatch(/<script>alert|<img src=x|<svg\/onload|<b>Ada/);
  });

  test("may send null for what it does not have, and members that mean nothing here", async () => {
    const url = page();
    const nothing = {
      content: null,
      author: null,
      category: null,
      slug: null,
      key: null,
      commentsOpen: null,
    };
    await tell(published(url, { ...nothing, publishedAt: null, reading_time: 3 })).expect(200);
    expect(await findPost(url)).toMatchObject({ content: null, author: null, category: null });
  });

  test("may not publish for a site that is not allowed", async () => {
    for (const url of [
      "https://evil.example/a",
      "https://blog.example.evil.example/",
      "http://blog.example/",
    ])
      await expectRefused(tell(published(url)), 403, "origin_not_allowed");
  });

  test("is told what is wrong with a message", async () => {
    const wrong = [
      message("post.published", { title: "Of no page" }),
      message("post.published", { url: page() }),
      message("post.published", { url: page(), title: " " }),
      message("post.published", { url: "javascript:alert(1)", title: "x" }),
      message("post.published", { url: page(), title: "x" }, "yesterday"),
      message("post.published", { url: page(), title: "x", slug: "A b" }),
      JSON.stringify({ type: "post.published", data: { url: page(), title: "x" } }),
      JSON.stringify({ type: 1, timestamp: ago(0), data: {} }),
      "[]",
      "null",
      '"post.published"',
    ];
    for (const body of wrong) await expectRefused(tell(body), 400, "invalid_input");
    for (const body of [
      "",
      "{",
      '{"type":"post.published","type":"post.deleted"}',
      `${"[".repeat(40)}${"]".repeat(40)}`,
    ])
      await expectRefused(tell(body), 400, "malformed_json");
    const complex = published(page(), { content: "> ".repeat(30) });
    await expectRefused(tell(complex), 400, "invalid_input");
    await expectRefused(
      sendHook(server, published(page()), signHook(secret, "")).query({ x: "1" }),
      400,
      "invalid_input",
    );
  });

  test("hears that a type of message which means nothing here was passed over", async () => {
    for (const type of ["post.liked", "member.added", "", "__proto__"]) {
      const { body } = await tell(JSON.stringify({ type, more: [1] })).expect(200);
      expect(body).toMatchObject({ result: "ignored", post: null });
    }
  });
});

describe("a signature", () => {
  test("of either secret opens, so that one can take the other's place", async () => {
    for (const by of [secret, former]) await tell(published(page()), { by }).expect(200);
    const body = published(page());
    const two = signHook(makeHookSecret(), body, { id: "two" })["webhook-signature"];
    const one = signHook(former, body, { id: "two" });
    await sendHook(server, body, {
      ...one,
      "webhook-signature": `v2,x ${two} ${one["webhook-signature"]} v1a,x`,
    }).expect(200);
    await server.restart({ HOOK_SECRET: secret }).then((restarted) => (server = restarted));
    await expectRefused(tell(published(page()), { by: former }), 401, "bad_signature");
    await tell(published(page())).expect(200);
    await server.restart({ HOOK_SECRET: `${secret} ${former}` }).then((restarted) => (server = restarted));
  });

  test("is that of Standard Webhooks' own vector, whose time is long over", async () => {
    const vector = {
      secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      headers: {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      },
      body: '{"test": 2432232314}',
    };
    // With the prefix and without it: what is right but old is told apart from what is wrong.
    for (const one of [vector.secret, vector.secret.slice(6)]) {
      const own = await startServer({ HOOK_SECRET: one });
      await expectRefused(sendHook(own, vector.body, vector.headers), 401, "stale_message");
      await expectRefused(sendHook(own, `${vector.body} `, vector.headers), 401, "bad_signature");
      const now = signHook(vector.secret, vector.body);
      await expectRefused(sendHook(own, vector.body, now), 400, "invalid_input");
    }
  });

  test("that is missing or wrong in any way lets nothing happen", async () => {
    const url = page();
    const body = published(url);
    const right = signHook(secret, body);
    const value = right["webhook-signature"];
    const without = (name: string) =>
      Object.fromEntries(Object.entries(right).filter(([one]) => one !== name));
    const wrong: Record<string, string>[] = [
      {},
      without("webhook-id"),
      without("webhook-timestamp"),
      without("webhook-signature"),
      { ...right, "webhook-timestamp": "hello" },
      { ...right, "webhook-timestamp": `${right["webhook-timestamp"]}.0` },
      { ...right, "webhook-timestamp": String(seconds(1)) },
      { ...right, "webhook-id": "msg_other" },
      ...[
        "v1,dawfeoifkpqwoekfpqoekf",
        value.slice(0, 11),
        "v1,",
        "v1, ",
        "",
        value.replace("v1", "v2"),
        value.slice(3),
      ].map((one) => ({ ...right, "webhook-signature": one })),
      { ...right, "webhook-signature": value.toLowerCase() },
      signHook(makeHookSecret(), body),
      signHook("whsec_", body),
      { Authorization: `Bearer ${server.adminToken}` },
    ];
    for (const headers of wrong) await expectRefused(sendHook(server, body, headers), 401, "bad_signature");
    expect(await findPost(url)).toBeNull();
    const logs = await settledLogs(server);
    expect(logs).toContain('"event":"hook refused"');
    for (const hidden of [secret, secret.slice(6), value]) expect(logs).not.toContain(hidden);
  });

  test("holds for the very bytes: one more space, another order, another body are refused", async () => {
    const body = published(page());
    const headers = signHook(secret, body);
    for (const other of [
      `${body} `,
      JSON.stringify(JSON.parse(body), null, 1),
      published(page()),
      body.replace("Hello", "Jello"),
    ])
      await expectRefused(sendHook(server, other, headers), 401, "bad_signature");
    const accents = Buffer.from(published(page(), { title: "Zoë \u{1F600}" }));
    await sendHook(server, accents, signHook(secret, accents)).expect(200);
    const latin = Buffer.from(published(page(), { title: "Zoë" }), "latin1");
    await expectRefused(sendHook(server, latin, signHook(secret, latin)), 400, "malformed_json");
  });

  test("is good for five minutes, either way", async () => {
    for (const at of [seconds(301), seconds(86_400), seconds(-330), 0, 999_999_999_999])
      await expectRefused(tell(published(page()), { at }), 401, "stale_message");
    for (const at of [seconds(280), seconds(-280)]) await tell(published(page()), { at }).expect(200);
  });

  test("is of no use with another type or coding of the body, nor above 1 MiB", async () => {
    const body = published(page());
    const right = signHook(secret, body);
    const others: Record<string, string>[] = [
      { "Content-Type": "application/x-www-form-urlencoded" },
      { "Content-Type": "multipart/form-data; boundary=x" },
      { "Content-Type": "text/plain" },
      { "Content-Type": "application/json; charset=utf-16" },
      { "Content-Encoding": "gzip" },
    ];
    for (const more of others)
      await expectRefused(sendHook(server, body, { ...right, ...more }), 415, "unsupported_media_type");
    const long = published(page(), { content: "x".repeat(1_153_434) });
    await expectRefused(tell(long), 413, "payload_too_large");
    await sendHook(server, body, { ...right, "Content-Type": 'Application/JSON; charset="UTF-8"' }).expect(
      200,
    );
  });

  test("that comes in two headers of one name is none", async () => {
    const body = published(page());
    const lines = Object.entries(signHook(secret, body)).map(([name, value]) => `${name}: ${value}`);
    const answered = await exchange(
      server.url,
      [
        ...[
          "POST /api/hooks/posts HTTP/1.1",
          "Host: localhost",
          "Connection: close",
          "Content-Type: application/json",
        ],
        ...[`Content-Length: ${Buffer.byteLength(body)}`, ...lines, "webhook-id: msg_other", "", body],
      ].join("\r\n"),
    );
    expect(answered).toMatch(/^HTTP\/1\.1 401 /);
  });
});

describe("a message that comes again", () => {
  test("changes nothing and is answered as the first time, whatever happened since", async () => {
    const url = page();
    const body = published(url, { title: "First" });
    const id = `msg_${randomUUID()}`;
    const first = await tell(body, { id });
    expect(first.headers).not.toHaveProperty("idempotent-replayed");
    await tell(published(url, { title: "Second" })).expect(200);
    const before = (await findPost(url)).updatedAt;
    // Signed anew, as a sender does that had no answer.
    const again = await tell(body, { id, at: seconds(-1) }).expect(200);
    expect(again.body).toEqual(first.body);
    expect(again.headers["idempotent-replayed"]).toBe("true");
    expect(await findPost(url)).toMatchObject({ title: "Second", updatedAt: before });
    await tell(deleted(url)).expect(200);
    expect((await tell(body, { id })).body).toEqual(first.body);
    expect(await findPost(url)).toBeNull();
  });

  test("twenty times at once is one change", async () => {
    const url = page();
    const body = published(url);
    const headers = signHook(secret, body);
    const all = await Promise.all(
      Array.from({ length: 20 }, () => sendHook(server, body, headers).expect(200)),
    );
    expect(new Set(all.map(({ text }) => text)).size).toBe(1);
    expect(all.filter((one) => one.headers["idempotent-replayed"] === undefined)).toHaveLength(1);
    const { id } = await findPost(url);
    const { body: log } = await get(`/api/audit?type=post&subject=${id}`).set(...admin());
    expect(log).toHaveLength(1);
  });

  test("and twenty of their own that publish one page make one post", async () => {
    const url = page();
    const all = await Promise.all(
      Array.from({ length: 20 }, (_, n) => tell(published(url, { title: `${n}` }, ago(1000)))),
    );
    expect(new Set(all.map(({ body }) => body.post)).size).toBe(1);
    expect(all.filter(({ body }) => body.result === "created")).toHaveLength(1);
  });

  test("too late, after something newer, changes nothing", async () => {
    const url = page();
    await tell(published(url, { title: "New" }, ago(1000))).expect(200);
    const late = await tell(published(url, { title: "Old" }, ago(5000))).expect(200);
    expect(late.body).toMatchObject({ result: "outdated", post: (await findPost(url)).id });
    await tell(deleted(url, ago(6000))).expect(200);
    expect(await findPost(url)).toMatchObject({ title: "New" });
    await tell(deleted(url, ago(500))).expect(200);
    expect((await tell(published(url, {}, ago(700)))).body).toMatchObject({ result: "outdated", post: null });
    expect(await findPost(url)).toBeNull();
  });

  test("from the future is refused, so that it cannot hold up what follows", async () => {
    await expectRefused(tell(published(page(), {}, ago(-400_000))), 401, "stale_message");
  });

  test("after the server was killed is done once, whether or not the first answer was heard", async () => {
    let own = await startServer({ HOOK_SECRET: secret, ALLOWED_ORIGINS: SITE });
    const messages = Array.from({ length: 60 }, (_, n) => ({
      body: published(`${SITE}/${n}`),
      id: `msg_${n}`,
    }));
    const send = (one: (typeof messages)[number]) => sendHook(own, one.body, signHook(secret, one.body, one));
    const heard = new Map<string, string>();
    const waiting = [...messages];
    const writer = async () => {
      for (let one = waiting.shift(); one && heard.size < 15; one = waiting.shift()) {
        const answer = await send(one).catch(() => null);
        if (answer?.status === 200) heard.set(one.id, answer.text);
        if (heard.size === 15) await own.kill();
      }
    };
    await Promise.all(Array.from({ length: 4 }, writer));
    expect(heard.size).toBeLessThan(60);
    own = await own.restart();
    for (const one of messages) {
      const again = await send(one).expect(200);
      if (heard.has(one.id)) expect(again.text).toBe(heard.get(one.id));
      expect(again.body.result).toBe("created");
    }
    const { body } = await client(() => own).get("/api/posts?limit=100");
    expect(body).toHaveLength(60);
    await own.stop();
  });
});

describe("GitHub", () => {
  const dispatch = (payload: object, action = "post.published") =>
    JSON.stringify({ action, client_payload: payload });

  test("pings, and hears that the signature is right", async () => {
    const body = JSON.stringify({ zen: "Half measures are as bad as nothing at all.", hook_id: 1 });
    expect((await sendHook(server, body, signAsGithub(secret, body, "ping")).expect(200)).body).toMatchObject(
      {
        result: "ignored",
        message: expect.stringContaining("right"),
      },
    );
    await expectRefused(
      sendHook(server, body, signAsGithub(former.slice(6), body, "ping")),
      401,
      "bad_signature",
    );
  });

  test("brings what an action dispatches", async () => {
    const url = page();
    const body = dispatch({ timestamp: ago(60_000), data: { url, title: "From an action" } });
    expect((await sendHook(server, body, signAsGithub(former, body)).expect(200)).body).toMatchObject({
      result: "created",
    });
    expect(await findPost(url)).toMatchObject({ title: "From an action" });
    const gone = dispatch({ type: "post.deleted", timestamp: ago(0), data: { url } }, "blog");
    expect((await sendHook(server, gone, signAsGithub(secret, gone))).body).toMatchObject({
      result: "deleted",
    });
  });

  test("is heard once, under whatever number the delivery comes again, and not after three days", async () => {
    const url = page();
    const body = dispatch({ timestamp: ago(60_000), data: { url, title: "Once" } });
    await sendHook(server, body, signAsGithub(secret, body)).expect(200);
    await tell(published(url, { title: "Twice" })).expect(200);
    const again = await sendHook(server, body, signAsGithub(secret, body)).expect(200);
    expect(again.headers["idempotent-replayed"]).toBe("true");
    expect(await findPost(url)).toMatchObject({ title: "Twice" });
    const old = dispatch({ timestamp: ago(3 * 86_400_000 + 1000), data: { url: page(), title: "Old" } });
    await expectRefused(sendHook(server, old, signAsGithub(secret, old)), 401, "stale_message");
    const timeless = dispatch({ data: { url: page(), title: "When?" } });
    await expectRefused(sendHook(server, timeless, signAsGithub(secret, timeless)), 400, "invalid_input");
  });

  test("is not minded for anything else", async () => {
    for (const event of ["push", "release", "\u00e9"]) {
      const body = JSON.stringify({ ref: "refs/heads/main", commits: [] });
      const { body: answer } = await sendHook(server, body, signAsGithub(secret, body, event)).expect(200);
      expect(answer).toMatchObject({ result: "ignored", post: null });
    }
    const bare = JSON.stringify({ action: "post.published" });
    expect((await sendHook(server, bare, signAsGithub(secret, bare))).body.result).toBe("ignored");
    const cut = signAsGithub(secret, bare);
    for (const signature of ["", "sha256=", "sha1=0", (cut["X-Hub-Signature-256"] ?? "").toUpperCase()])
      await expectRefused(
        sendHook(server, bare, { ...cut, "X-Hub-Signature-256": signature }),
        401,
        "bad_signature",
      );
  });
});

describe("Ghost", () => {
  /** As Ghost says it, as far as it matters here. */
  const ghostly = (current: object, previous: object = {}) => JSON.stringify({ post: { current, previous } });
  const one = (id: string, url: string, more: object = {}) => ({
    ...{
      id,
      uuid: randomUUID(),
      title: "From Ghost",
      slug: "from-ghost",
      url,
      status: "published",
      visibility: "public",
    },
    ...{ html: "<p>Long <script>alert(1)</script></p>", plaintext: "Long", excerpt: "Short <b>words</b>" },
    ...{
      published_at: "2024-05-06T07:08:09.000Z",
      updated_at: "2024-05-06T07:08:09.000Z",
      primary_tag: { name: "News" },
    },
    ...{ primary_author: { name: "Ada", email: "ada@example.org" }, ...more },
  });
  const send = (body: string, at?: number, by = secret) => sendHook(server, body, signAsGhost(by, body, at));

  test("publishes, moves and deletes", async () => {
    const [id, url, moved] = [randomUUID(), page(), page()];
    const { body } = await send(ghostly(one(id, url))).expect(200);
    expect(body).toMatchObject({ result: "created" });
    const kept = await findPost(url);
    expect(kept).toMatchObject({
      ...{ title: "From Ghost", author: "Ada", category: "News", content: "Short <b>words</b>" },
      ...{ html: "<p>Short &lt;b&gt;words&lt;/b&gt;</p>\n", createdAt: "2024-05-06T07:08:09.000Z" },
    });
    expect(JSON.stringify(kept)).not.toMatch(/ada@example|<script/);
    await send(ghostly(one(id, moved, { title: "Moved" }), { title: "From Ghost" })).expect(200);
    expect(await findPost(url)).toMatchObject({ id: body.post, url: moved, title: "Moved" });
    const gone = await send(
      ghostly({}, { id, slug: "from-ghost", title: "Moved", status: "published" }),
    ).expect(200);
    expect(gone.body).toMatchObject({ result: "deleted", post: body.post });
  });

  test("keeps what members pay for to itself", async () => {
    for (const visibility of ["members", "paid", "tiers"]) {
      const url = page();
      await send(ghostly(one(randomUUID(), url, { visibility }))).expect(200);
      expect(await findPost(url)).toMatchObject({ title: "From Ghost", content: null });
    }
  });

  test("sends a long post several times over, and it arrives", async () => {
    const [id, url] = [randomUUID(), page()];
    const html = `<p>${"word ".repeat(30_000)}</p>`;
    const body = ghostly(one(id, url, { html, plaintext: html }), { html: "" });
    expect(body.length).toBeGreaterThan(300_000);
    expect((await send(body).expect(200)).body).toMatchObject({ result: "created" });
    await expectRefused(send(ghostly(one(id, url, { html: html.repeat(8) }))), 413, "payload_too_large");
    await send(ghostly(one(id, url, { html, plaintext: html, title: "Goes on" }))).expect(200);
    expect(await findPost(url)).toMatchObject({ title: "Goes on" });
  });

  test("takes the text back once a post becomes one for members", async () => {
    const [id, url] = [randomUUID(), page()];
    await send(ghostly(one(id, url, { excerpt: "Open secret" }))).expect(200);
    const { body } = await send(ghostly(one(id, url, { excerpt: "Open secret", visibility: "paid" }))).expect(
      200,
    );
    expect(body).toMatchObject({ result: "updated" });
    expect(await findPost(url)).toMatchObject({ title: "From Ghost", content: null, html: null });
    for (const path of ["/api/posts?limit=100", "/api/search?q=secret", `/api/posts/${body.post}`])
      expect((await get(path).expect(200)).text).not.toMatch(/open secret/i);
  });

  test("keeps the text of a post that has no excerpt just now", async () => {
    const [id, url] = [randomUUID(), page()];
    await send(ghostly(one(id, url))).expect(200);
    await send(ghostly(one(id, url, { excerpt: null, title: "Other" }))).expect(200);
    expect(await findPost(url)).toMatchObject({ title: "Other", content: "Short <b>words</b>" });
  });

  test("may have titles and slugs that no post here has", async () => {
    const url = page();
    const odd = { title: `\n${"x".repeat(2000)}`, slug: "2024", primary_author: null, primary_tag: null };
    await send(ghostly(one(randomUUID(), url, odd))).expect(200);
    expect(await findPost(url)).toMatchObject({ title: "x".repeat(300), author: null, category: null });
  });

  test("is not minded for drafts, pages and members", async () => {
    const url = page();
    for (const body of [
      ghostly(one(randomUUID(), url, { status: "draft" }), { status: "published" }),
      JSON.stringify({ page: { current: one(randomUUID(), url) } }),
      JSON.stringify({ member: { current: {} } }),
      ghostly({}),
    ])
      expect((await send(body).expect(200)).body).toMatchObject({ result: "ignored" });
    expect(await findPost(url)).toBeNull();
  });

  test("signs the time, too: another time, an old one, a former rule are refused", async () => {
    const body = ghostly(one(randomUUID(), page()));
    const right = signAsGhost(secret, body);
    const value = right["X-Ghost-Signature"] ?? "";
    const unsigned = signAsGithub(secret, body)["X-Hub-Signature-256"];
    for (const signature of [
      value.replace(/t=\d+/, `t=${Date.now() + 1}`),
      value.replace(/, t=\d+/, ""),
      `${unsigned}, t=${Date.now()}`,
    ])
      await expectRefused(sendHook(server, body, { "X-Ghost-Signature": signature }), 401, "bad_signature");
    await expectRefused(send(body, Date.now() - 301_000), 401, "stale_message");
    await expectRefused(send(body, Date.now() + 330_000), 401, "stale_message");
    const first = await sendHook(server, body, right).expect(200);
    const again = await sendHook(server, body, right).expect(200);
    expect([again.body, again.headers["idempotent-replayed"]]).toEqual([first.body, "true"]);
  });
});

describe("the setting", () => {
  test("is needed: without it nothing is taken, and the answer names it", async () => {
    const own = await startServer();
    const body = published("http://localhost/a");
    for (const headers of [{}, signHook(secret, body), signHook("", body)]) {
      const { body: problem } = await sendHook(own, body, headers).expect(403);
      expect(problem).toMatchObject({ code: "hooks_off", error: expect.stringContaining("HOOK_SECRET") });
    }
    await own.stop();
  });

  test("must be a secret that is long enough", async () => {
    for (const wrong of [
      "whsec_",
      "secret",
      "whsec_c2hvcnQ=",
      `${secret}, short`,
      `whsec_${"a".repeat(100)}`,
    ]) {
      const { code, output } = await failToStart({ HOOK_SECRET: wrong });
      expect(code).toBe(1);
      expect(output).toContain("HOOK_SECRET must be whsec_");
      if (wrong.length > 10) expect(output).not.toContain(wrong);
    }
  });

  test("does not lift the limit of a network, which counts before anything is looked at", async () => {
    const own = await startServer({ HOOK_SECRET: secret, RATE_LIMIT: "on" });
    const all = await Promise.all(Array.from({ length: 340 }, () => sendHook(own, "{}", {})));
    const refused = all.filter(({ status }) => status === 429);
    expect(refused.length).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThan(0);
    await own.stop();
  });
});

test("others outside are told of it as of any change, and a message that changes nothing tells nobody", async () => {
  const receiver = await startReceiver();
  await post("/api/webhooks", { url: receiver.url })
    .set(...admin())
    .expect(201);
  const url = page();
  // One after another: what is true no more when it would be told is not.
  await tell(published(url)).expect(200);
  await receiver.wait(1);
  await tell(published(url)).expect(200);
  await tell(published(url, { title: "Other" })).expect(200);
  await receiver.wait(2);
  await tell(deleted(url)).expect(200);
  const received = await receiver.wait(3);
  expect(received.map(({ body }) => JSON.parse(body).type).sort()).toEqual([
    "post.created",
    "post.deleted",
    "post.updated",
  ]);
});
