import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { makeHookSecret, signHook } from "@/__tests__/support/hooks";
import { addPerson, addSignedIn, PASSWORD } from "@/__tests__/support/people";
import { Recorder } from "@/__tests__/support/recorder";
import { type Server, startServer } from "@/__tests__/support/server";
import { ApiError, type Client, createClient, etagOf } from "@/lib/client";
import { operations } from "@/lib/operations";

let server: Server;
const recorder = new Recorder();
const hookSecret = makeHookSecret();

/** As the admin by ADMIN_TOKEN. */
let admin: Client;
let guest: Client;

beforeAll(async () => {
  server = await startServer({
    SEED: "on",
    SIGN_UP: "open",
    ALLOWED_ORIGINS: "https://blog.example",
    HOOK_SECRET: hookSecret,
  });
  const base = server.url;
  admin = createClient({ base, token: server.adminToken, fetch: recorder.fetch() });
  guest = createClient({ base, fetch: recorder.fetch() });
});

/** As somebody who is signed in by a browser. */
async function browse(role?: Parameters<typeof addPerson>[1], name?: string) {
  const { id, email, browser } = await addSignedIn(server, role, name);
  return { id, email, client: createClient({ base: server.url, fetch: recorder.fetch(browser) }) };
}

/** What a call is refused with. */
async function refusalOf(call: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ApiError)) throw new Error(`Not an ApiError: ${error}`);
  return error;
}

describe("comments", () => {
  test("are written by guests, who change and delete them with the edit token", async () => {
    const {
      post,
      id,
      editToken: token = "",
    } = await guest.comments.create({ post: 1, comment: "From code" });
    expect(await guest.comments.get(post, id)).toMatchObject({
      id,
      comment: "From code",
      status: "approved",
    });
    expect(await guest.comments.change(post, id, { comment: "Changed" }, { token })).toMatchObject({
      comment: "Changed",
    });
    expect(await admin.comments.history(post, id)).toMatchObject([{ comment: "From code" }]);
    expect(await guest.comments.delete(post, id, { token })).toMatchObject({
      deleted: { comment: "Changed" },
    });
    expect(await refusalOf(guest.comments.get(post, id))).toMatchObject({ code: "comment_not_found" });
  });

  test("come as a thread, flat or as a tree, part by part, with the replies that do not fit", async () => {
    const page = "https://blog.example/threads";
    const first = await guest.comments.create({ post: page, comment: "1" }, {});
    const { post } = first;
    for (const comment of ["2", "3"]) await guest.comments.createOn(post, { comment, parent: first.id });
    const flat = await guest.comments.thread(post, { limit: 2 });
    expect(flat).toMatchObject({ post, total: 3, comments: [{ comment: "1" }, { comment: "2" }] });
    expect(await flat.next?.()).toMatchObject({ comments: [{ comment: "3" }], next: null });
    const tree = await guest.comments.threadByUrl(page, { view: "tree" });
    expect(tree.comments[0]?.children.map(({ comment }) => comment)).toEqual(["2", "3"]);
    const replies = await guest.comments.more(`/api/comments/${post}?view=tree&parent=${first.id}&limit=1`);
    expect(replies.comments).toMatchObject([{ comment: "2", children: [] }]);
    expect((await replies.next?.())?.comments).toMatchObject([{ comment: "3" }]);
  });

  test("come all at once as lines, however many", async () => {
    const { body } = await guest.comments.stream({ post: ["1"], sort: "newest" });
    let text = "";
    for await (const piece of body ?? []) text += new TextDecoder().decode(piece);
    const ids = text
      .trimEnd()
      .split("\n")
      .map((line): number => JSON.parse(line).id);
    const { items } = await guest.comments.list({ post: ["1"], sort: "newest", limit: 100 });
    expect(ids).toEqual(items.map(({ id }) => id));
  });

  test("are counted, voted for, reported, previewed and found", async () => {
    const { post, id } = await guest.comments.create({ post: 2, comment: "Of a quetzal" });
    expect(await admin.comments.vote(post, id, 1)).toEqual({ up: 1, down: 0, mine: 1 });
    expect(await guest.comments.report(post, id, { reason: "other" })).toHaveProperty("message");
    expect(await guest.comments.preview("*Hi*")).toEqual({ html: "<p><em>Hi</em></p>\n" });
    const { comments } = await guest.posts.get(2);
    expect(await guest.comments.counts([2, "no-such-post"])).toEqual({ 2: comments, "no-such-post": 0 });
    const { items } = await guest.comments.list({ q: "quetzal", post: ["2"], sort: "newest", limit: 5 });
    expect(items).toMatchObject([{ id }]);
    expect(await guest.search("quetz", { type: "comment" })).toMatchObject({ results: [{ id, post }] });
  });

  test("have addresses to link to: their place on the page, and a picture of their author", async () => {
    const fetch = recorder.fetch();
    const comment = await guest.comments.create({ post: 1, comment: "Here" });
    const { post, id } = comment;
    const place = await fetch(guest.comments.permalink(post, id));
    expect(place.headers.get("Location")).toContain(`#comment-${id}`);
    const picture = await fetch(guest.comments.avatar(comment) ?? "");
    expect(picture.headers.get("Content-Type")).toBe("image/svg+xml");
  });
});

describe("events", () => {
  test("come as they happen, go on where they were after a cut, and end with the signal", async () => {
    const { post } = await guest.comments.create({ post: 2, comment: "To be watched" });
    const over = new AbortController();
    const answers: Response[] = [];
    const cuttable: typeof fetch = async (input, init) => {
      const cut = new AbortController();
      const signal = AbortSignal.any([cut.signal, ...(init?.signal ? [init.signal] : [])]);
      const answer = await recorder.fetch()(input, { ...init, signal });
      answers.push(answer);
      cuts.push(cut);
      return answer;
    };
    const cuts: AbortController[] = [];
    const { comments } = createClient({ base: server.url, fetch: cuttable });
    const events = comments.events(post, { signal: over.signal });
    const next = async () => (await events.next()).value;
    expect(await next()).toEqual({ id: expect.any(String), type: "ready", data: { post } });
    const made = await guest.comments.create({
      post,
      comment: "Told at once,\u2028 whatever: \u2029 is in it",
    });
    expect(await next()).toMatchObject({ type: "comment.created", data: { id: made.id, html: made.html } });
    expect(made.html).toContain("\u2028");
    await guest.comments.delete(post, made.id, { token: made.editToken ?? "" });
    const deleted = await next();
    expect(deleted).toMatchObject({ type: "comment.deleted", data: { id: made.id, post } });
    const waiting = next();
    cuts[0]?.abort();
    const missed = await guest.comments.create({ post, comment: "Told after the cut" });
    expect(await waiting).toMatchObject({ type: "comment.created", data: { id: missed.id } });
    expect(await next()).toMatchObject({ type: "ready" });
    expect(answers[1]?.url).toContain(`lastEventId=${deleted?.id}`);
    over.abort();
    expect(await events.next()).toEqual({ value: undefined, done: true });
  });

  test("of no post are refused, and of a last id that nobody knows begin anew", async () => {
    const none = guest.comments.events("no-such-post");
    expect(await refusalOf(none.next())).toMatchObject({ status: 404, code: "post_not_found" });
    for await (const event of guest.comments.events(1, { last: "1-AAAAAAAAAA" })) {
      expect(event).toMatchObject({ type: "reset", data: { post: 1 } });
      break;
    }
  });
});

describe("feeds", () => {
  test("come as JSON Feed, part by part, of a post or of all", async () => {
    const { post } = await guest.comments.create({ post: "react-hooks", comment: "For the feed" });
    const first = await guest.feeds.thread("react-hooks", { limit: 1 });
    expect(first.items).toMatchObject([{ content_html: "<p>For the feed</p>\n", _antiphon: { post } }]);
    const second = await first.next?.();
    expect(second?.items).toHaveLength(1);
    expect(second?.items[0]?.id).not.toBe(first.items[0]?.id);
    const site = await guest.feeds.site();
    expect(site.items.map(({ id }) => id)).toContain(first.items[0]?.id);
    for (const address of [guest.feeds.address(), guest.feeds.address("react-hooks")])
      expect((await fetch(address)).headers.get("Content-Type")).toContain("application/atom+xml");
  });
});

describe("posts", () => {
  test("are made, read, replaced, changed and deleted", async () => {
    const { client, id: user } = await browse("author", "Ada of the posts");
    const post = await client.posts.create({ title: "By code", content: "*Hi*", author: "Ada" });
    expect(post).toMatchObject({ slug: "by-code", html: "<p><em>Hi</em></p>\n", user });
    expect(await guest.posts.get("by-code")).toEqual(post);
    const { items } = await guest.posts.list({ author: "ada" });
    expect(items).toEqual([post]);
    expect(await client.posts.change(post.id, { category: "code" })).toMatchObject({ category: "code" });
    expect(await client.posts.replace(post.id, post)).toMatchObject({ category: null, title: "By code" });
    expect(await client.posts.delete(post.id)).toMatchObject({ deleted: { id: post.id } });
    expect(await refusalOf(guest.posts.get(post.id))).toMatchObject({ status: 404, code: "post_not_found" });
  });

  test("are led to by other pages, merged, and moved to another site", async () => {
    const [one, other] = [
      await admin.posts.create({ title: "One", content: "1", author: "A", url: "https://old.example/one" }),
      await admin.posts.create({ title: "Other", content: "2", author: "A" }),
    ];
    const alias = "https://old.example/uno";
    expect(await admin.posts.addAlias(one.id, alias)).toMatchObject([
      { url: expect.stringContaining("uno") },
    ]);
    expect(await admin.posts.aliases(one.id)).toHaveLength(1);
    expect(await admin.posts.removeAlias(one.id, alias)).toHaveProperty("message");
    const move = { from: "https://old.example/", to: "https://new.example/" };
    expect(await admin.posts.remap({ ...move, dryRun: true })).toMatchObject({
      dryRun: true,
      moved: [{ post: one.id }],
    });
    expect(await admin.posts.merge(other.id, one.id)).toMatchObject({ id: one.id });
  });
});

describe("moderators", () => {
  test("see what waits, decide on it, and take that back", async () => {
    const { stamp } = await guest.comments.stamp();
    const comment = "See https://a.example, https://b.example and https://c.example";
    const { post, id, status } = await guest.comments.create({ post: 1, comment, stamp });
    expect(status).toBe("pending");
    const { items } = await admin.moderation.queue({ limit: 100 });
    expect(items).toContainEqual(expect.objectContaining({ id, reasons: expect.any(Array) }));
    expect(await admin.moderation.decide({ ids: [id], action: "approve" })).toMatchObject([
      { id, status: "approved" },
    ]);
    const { items: entries } = await admin.audit.list({ type: "comment", subject: id });
    expect(entries).toMatchObject([{ subject: id, by: { role: "admin" } }]);
    expect(await admin.audit.undo(entries[0]?.id ?? 0)).toMatchObject({ undoes: entries[0]?.id });
    expect(await refusalOf(guest.comments.get(post, id))).toMatchObject({ code: "comment_not_found" });
  });

  test("make rules, read them, and delete them", async () => {
    const rule = await admin.rules.create({ kind: "words", action: "hold", words: ["casino"] });
    expect((await admin.rules.list()).items).toEqual([rule]);
    expect(await admin.rules.delete(rule.id)).toMatchObject({ deleted: rule });
  });
});

describe("people", () => {
  test("sign in, see who they are and where they are signed in, and sign out", async () => {
    const { email } = await addPerson(server, "member", "Grace of the sessions");
    expect(await guest.session.signIn({ email, password: PASSWORD })).toMatchObject({ user: { email } });
    const { client } = await browse("member", "Grace of the other sessions");
    expect(await client.session.get()).toMatchObject({ authorized: true, user: { role: "member" } });
    expect(await client.sessions.list()).toMatchObject([{ current: true }]);
    expect(await client.sessions.end()).toEqual({ message: "Sessions ended", deleted: [] });
    expect(await client.session.signOut()).toBeUndefined();
    expect(await refusalOf(client.session.get())).toMatchObject({ status: 401 });
  });

  test("who forgot their password ask for a link, which this server without mail can't send", async () => {
    expect(await refusalOf(guest.passwordReset.ask("k@example.org"))).toMatchObject({ code: "mail_off" });
    const taken = guest.passwordReset.take({ token: "AAECAwQ", password: PASSWORD });
    expect(await refusalOf(taken)).toMatchObject({ code: "link_over" });
  });

  test("make an account, change it, take their data with them, and erase it", async () => {
    const made = await guest.users.create({ name: "Katherine", email: "k@example.org", password: PASSWORD });
    expect(made).toMatchObject({ name: "Katherine", message: "User created" });
    const { client, id } = await browse("member", "Katherine the Second");
    expect(await client.user.get()).toMatchObject({ id });
    expect(await client.user.change({ profession: "Computer" })).toMatchObject({ profession: "Computer" });
    expect(await client.user.save({ profession: null })).toMatchObject({ profession: null });
    expect(await client.user.data()).toMatchObject({ profile: { id }, comments: [] });
    expect(await client.user.erase({ currentPassword: PASSWORD })).toHaveProperty("message");
    expect(await refusalOf(guest.users.get(id))).toMatchObject({ code: "user_not_found" });
  });

  test("without an account ask for a link to their data, which this server without mail can't send", async () => {
    expect(await refusalOf(guest.guest.ask("k@example.org"))).toMatchObject({ code: "mail_off" });
    expect(await refusalOf(guest.guest.data("AAECAwQ"))).toMatchObject({ code: "link_over" });
    expect(await refusalOf(guest.guest.erase("AAECAwQ"))).toMatchObject({ code: "link_over" });
  });

  test("are listed, read, changed and deleted by admins", async () => {
    const { id } = await addPerson(server, "member", "Dorothy");
    const people = await admin.users.list({ limit: 100 });
    expect(people.items).toContainEqual(expect.objectContaining({ id, name: "Dorothy" }));
    expect(await guest.users.get(id)).not.toHaveProperty("email");
    expect(await admin.users.change(id, { role: "author", profession: "x" })).toMatchObject({
      role: "author",
    });
    expect(await admin.users.replace(id, { name: "Dorothy V." })).toMatchObject({
      name: "Dorothy V.",
      profession: null,
    });
    expect(await admin.users.delete(id)).toMatchObject({ deleted: { id } });
  });

  test("have tokens, which clients are made with", async () => {
    const { client, id: user } = await browse("member", "Mary of the tokens");
    const { id, token } = await client.tokens.create({ name: "A script", scope: "read" });
    const script = createClient({ base: `${server.url}/`, token, fetch: recorder.fetch() });
    expect(await script.user.get()).toMatchObject({ id: user });
    expect((await client.tokens.list()).items).toMatchObject([{ id, name: "A script" }]);
    expect(await client.tokens.delete(id)).toMatchObject({ deleted: { id } });
    expect(await refusalOf(script.user.get())).toMatchObject({ code: "unauthorized" });
  });
});

describe("files", () => {
  test("are uploaded under a path or their name, described, read and deleted", async () => {
    const bytes = new Blob(["Some text\n"]);
    const path = "client/some text.txt";
    const made = await admin.files.upload(bytes, { path: "client/notes.txt", name: "notes.txt" });
    expect(made).toMatchObject({ fullPath: "client/notes.txt", size: 10, type: "text/plain" });
    expect(await admin.files.upload(new File(["Else\n"], "else.txt"))).toMatchObject({
      filename: "else.txt",
    });
    expect(await guest.files.describe("client/notes.txt")).toEqual(made);
    expect(await (await guest.files.get("client/notes.txt")).text()).toBe("Some text\n");
    expect(guest.files.address(path)).toBe(`${server.url}/api/files/client/some%20text.txt`);
    expect(await admin.files.delete("client/notes.txt")).toMatchObject({ deleted: { size: 10 } });
  });
});

test("the server says that it is there, how it is, and what it offers", async () => {
  expect(await guest.server.hello()).toEqual({ message: "Hello World" });
  expect(await admin.server.metrics()).toContain("# TYPE antiphon_comments gauge\n");
  const exported = await (await admin.server.export({ format: "ndjson" })).text();
  expect(exported).toMatch(/^\{"type":"site",[\s\S]*\n\{"type":"end",.*\}\n$/);
  expect(await refusalOf(guest.server.export())).toMatchObject({ status: 401, code: "unauthorized" });
  expect(await guest.server.health()).toEqual({ status: "ok" });
  expect(await guest.server.health({ ready: true })).toEqual({ status: "ok" });
  expect(await guest.server.openApi()).toMatchObject({ openapi: "3.1.1" });
});

describe("a list", () => {
  test("is walked from part to part, and begins where an earlier one ended", async () => {
    const all = await guest.comments.list({ limit: 100 });
    const ids: number[] = [];
    let part: typeof all | undefined = await guest.comments.list({ limit: 7 });
    expect(part.total).toBe(all.total);
    while (part) {
      expect(part.items.length).toBeLessThanOrEqual(7);
      ids.push(...part.items.map(({ id }) => id));
      part = await part.next?.();
    }
    expect(ids.length).toBeGreaterThan(7);
    expect(ids).toEqual(all.items.map(({ id }) => id));
  });
});

describe("a call", () => {
  test("is the same one when it is made again with its key", async () => {
    const options = { idempotencyKey: 'a "quoted" key of a client' };
    const first = await guest.comments.create({ post: 1, comment: "Once" }, options);
    expect(await guest.comments.create({ post: 1, comment: "Once" }, options)).toEqual(first);
    const other = await refusalOf(guest.comments.create({ post: 1, comment: "Twice" }, options));
    expect(other).toMatchObject({ status: 422, code: "idempotency_key_reused" });
  });

  test("changes what is still as it was read, and nothing else", async () => {
    const made = await admin.posts.create({ title: "Versions", content: "1", author: "A" });
    const read = await admin.posts.get(made.id);
    const ifMatch = etagOf(read);
    expect(ifMatch).toMatch(/^".+"$/);
    await admin.posts.change(made.id, { content: "2" }, { ifMatch });
    const late = await refusalOf(admin.posts.change(made.id, { content: "3" }, { ifMatch }));
    expect(late).toMatchObject({ status: 412, code: "precondition_failed" });
    expect(etagOf({ ...read })).toBeUndefined();
    expect((await admin.posts.get(made.id)).content).toBe("2");
  });

  test("is given up when its signal says so", async () => {
    const gone = AbortSignal.abort();
    await expect(guest.comments.list({}, { signal: gone })).rejects.toMatchObject({ name: "AbortError" });
  });

  test("that the server refuses says why, field by field", async () => {
    const error = await refusalOf(guest.comments.create({ post: 1, comment: " ", email: "nobody" }));
    expect(error).toMatchObject({
      name: "ApiError",
      message: "Invalid input",
      status: 400,
      code: "invalid_input",
      requestId: expect.stringMatching(/./),
      retryAfter: null,
    });
    expect(error.issues.map(({ path }) => path)).toEqual([["comment"], ["email"]]);
  });

  test("that comes too often says when to come again", async () => {
    const limited = await startServer({ RATE_LIMIT: "on" });
    const { comments } = createClient({ base: limited.url });
    const previews = Promise.all(Array.from({ length: 200 }, () => comments.preview("Hi")));
    const error = await refusalOf(previews);
    expect(error).toMatchObject({ status: 429, code: "rate_limited", issues: [] });
    expect(error.retryAfter).toBeGreaterThan(0);
    await limited.stop();
  });
});

describe("what stands before the server", () => {
  const answers: Record<string, [number, Record<string, string>, string]> = {
    "/502": [502, { "Content-Type": "text/html", "Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT" }, "<h1>Bad"],
    "/200": [200, { "Content-Type": "text/html", "X-Request-Id": "abc" }, "<h1>Log in to the Wi-Fi"],
    "/cut": [503, { "Content-Type": "application/problem+json" }, '{"error": "Un'],
  };
  const proxy = createServer((req, res) => {
    const [status, headers, body] = answers[req.url?.replace("/api/hello", "") ?? ""] ?? [404, {}, ""];
    res.writeHead(status, headers).end(body);
  });

  beforeAll(() => new Promise<void>((resolve) => void proxy.listen(0, "127.0.0.1", resolve)));
  afterAll(() => new Promise((resolve) => void proxy.close(resolve)));

  const addressOf = ({ port }: Pick<AddressInfo, "port">) => `http://127.0.0.1:${port}`;
  const through = (path: string) => {
    const address = proxy.address();
    if (address === null || typeof address === "string") throw new Error("It does not listen");
    return createClient({ base: addressOf(address) + path }).server.hello();
  };

  test.each([
    ["a page that it can't reach the server", "/502", 502, ""],
    ["a page of its own in place of an answer", "/200", 200, "abc"],
    ["half a problem document", "/cut", 503, ""],
  ])("may answer %s, which is an ApiError, too", async (_, path, status, requestId) => {
    const error = await refusalOf(through(path));
    expect(error).toMatchObject({ status, code: "unknown", requestId, issues: [], retryAfter: null });
    expect(error.message).toContain(String(status));
  });

  test("may not be there: then the call throws what fetch does", async () => {
    const nowhere = createClient({ base: "http://127.0.0.1:1" });
    await expect(nowhere.server.hello()).rejects.toMatchObject({ name: "TypeError" });
  });
});

test("a CMS tells of its posts", async () => {
  const message = {
    type: "post.published" as const,
    timestamp: new Date().toISOString(),
    data: { url: "https://blog.example/from-a-cms", title: "From a CMS" },
  };
  const { post, result } = await guest.hooks.posts(message, (body) => signHook(hookSecret, body));
  expect(result).toBe("created");
  expect(await guest.posts.get(post ?? 0)).toMatchObject({ title: "From a CMS" });
  const refusal = await refusalOf(guest.hooks.posts(message, () => signHook(hookSecret, "another body")));
  expect(refusal).toMatchObject({ status: 401, code: "bad_signature" });
});

test("webhooks are made, read, changed, tried out and deleted", async () => {
  const { id, secret } = await admin.webhooks.create({ url: "https://hooks.example/", active: false });
  expect(secret).toMatch(/^whsec_/);
  expect(await admin.webhooks.get(id)).toMatchObject({ id, active: false });
  expect((await admin.webhooks.list()).items).toMatchObject([{ id }]);
  expect(await admin.webhooks.change(id, { events: ["post.created"] })).toMatchObject({
    events: ["post.created"],
  });
  const delivery = await admin.webhooks.test(id);
  expect((await admin.webhooks.deliveries(id, { limit: 1 })).items).toEqual([delivery]);
  expect(await admin.webhooks.resend(id, delivery.id)).toMatchObject({ messageId: delivery.messageId });
  expect(await admin.webhooks.delete(id)).toMatchObject({ deleted: { id } });
});

test("mailed links are looked at, and used", async () => {
  const asked = await recorder.fetch()(guest.links.page("AAECAwQ"));
  expect(asked.headers.get("Location")).toBe("/confirm?token=AAECAwQ");
  await expect(guest.links.use("AAECAwQ")).rejects.toMatchObject({ status: 403, code: "link_over" });
  const over = { status: 403, code: "link_over" };
  await expect(guest.subscriptions.list({ token: "AAECAwQ" })).rejects.toMatchObject(over);
  await expect(guest.subscriptions.change({ token: "AAECAwQ", notify: "off" })).rejects.toMatchObject(over);
});

// The last one: it looks back at what all the others called.
test("no operation is without a function of the client", () => {
  const missing = operations
    .map(({ method, path }) => `${method} ${path}`)
    .filter((operation) => !recorder.called.has(operation));
  expect(missing).toEqual([]);
});
