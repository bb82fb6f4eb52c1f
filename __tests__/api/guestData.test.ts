import { randomUUID } from "node:crypto";
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import type { Response } from "supertest";
import { compact, everything, holds } from "../support/bytes";
import { client } from "../support/client";
import { Contract } from "../support/contract";
import { settledLogs } from "../support/logs";
import { type MailServer, startMailServer } from "../support/mailServer";
import { linkToken, mailing, mailsOf, queueMail } from "../support/mails";
import { addSignedIn, fromHere } from "../support/people";
import { startReceiver } from "../support/receiver";
import request from "../support/request";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";

let server: Server;
let mail: MailServer;
let contract: Contract;
const { get, post, put, patch, delete: del, comment, admin } = client(() => server);

beforeAll(async () => {
  mail = await startMailServer();
  server = await startServer({
    ...mailing(mail),
    SEED: "on",
    MODERATION: "open",
    TRUST_PROXY: "1",
    WEBHOOK_ALLOW: "127.0.0.1",
  });
  contract = await Contract.of(server.url);
});

beforeEach(() => mail.clear());

const ask = (email: string) => post("/api/user/data", { email });
const settled = () => until(() => mailsOf(server).every(({ state }) => state !== "waiting"));
const elsewhere = (call: ReturnType<typeof get>) => call.set("X-Forwarded-For", "203.0.113.9");

/** The token of the link that this address is sent. */
async function tokenFor(email: string): Promise<string> {
  await ask(email).expect(202);
  await settled();
  const message = mail.arrived.find(({ to, text }) => to.includes(email) && text.includes("/data?token="));
  const [, token] = /^https:\/\/comments\.example\/data\?token=([\w-]+)$/m.exec(message?.text ?? "") ?? [];
  if (token === undefined) throw new Error(`No link went to ${email}`);
  return token;
}

function said({ status, body, headers }: Response): unknown {
  const { date, "x-request-id": id, ...rest } = headers;
  return { status, body, headers: rest };
}

const decide = (ids: number[], action: string, note: string) =>
  post("/api/moderation", { ids, action, note })
    .set(...admin())
    .expect(200);

/** A guest who has done everything that leaves a trace; `mark` is in every text of theirs. */
async function passedBy(author: string, mark: string) {
  const email = `${mark}@secret.example`;
  const guest = { author, email, website: `https://${mark}.example/` };
  const say = async (text: string, more: object = {}) =>
    (await comment(`${mark} ${text}`, { ...guest, ...more }).expect(201)).body;
  const first = (
    await post("/api/comments/1", { comment: `${mark} answered`, ...guest })
      .set("Idempotency-Key", `${mark}-key-key-key-key`)
      .expect(201)
  ).body;
  const reply = (await elsewhere(comment("An answer", { parent: first.id, author: "Lin" })).expect(201)).body;
  const edited = await say("before", { email: email.toUpperCase() });
  await patch(`/api/comments/1/${edited.id}`, { comment: `${mark} after` })
    .set("Authorization", `Bearer ${edited.editToken}`)
    .expect(200);
  const pending = await say("pending");
  const spam = await say("spam");
  const binned = await say("binned");
  await decide([spam.id], "spam", `${author} of ${mark} advertises`);
  await decide([binned.id], "delete", `${author} of ${mark} was rude`);
  await patch(`/api/comments/1/${pending.id}`, { status: "pending" })
    .set(...admin())
    .expect(200);
  const { body: shelved } = await post("/api/posts", {
    title: `Gone ${mark.length}`,
    content: "Text",
    author: "Lin",
  })
    .set(...admin())
    .expect(201);
  const kept = await say("on the shelf", { post: shelved.id });
  await patch(`/api/comments/${shelved.id}/${kept.id}`, { comment: `${mark} on the upper shelf` })
    .set("Authorization", `Bearer ${kept.editToken}`)
    .expect(200);
  const keptBin = await say("in the bin on the shelf", { post: shelved.id });
  await elsewhere(comment("Theirs", { post: shelved.id, parent: kept.id, author: "Lin" })).expect(201);
  for (const [where, id] of [
    [1, first.id],
    [shelved.id, kept.id],
    [shelved.id, keptBin.id],
  ])
    await elsewhere(
      post(`/api/comments/${where}/${id}/report`, { reason: "abuse", note: `${author} of ${mark}, again` }),
    ).expect(202);
  await decide([keptBin.id], "delete", `${author} of ${mark} was rude`);
  await decide([first.id, kept.id], "approve", `${author} of ${mark} was not that rude`);
  await elsewhere(put(`/api/comments/1/${first.id}/vote`, { value: 1 })).expect(200);
  await del(`/api/posts/${shelved.id}`)
    .set(...admin())
    .expect(200);
  return { email, first, reply, edited, pending, spam, binned, shelved };
}

/** Takes back that the post was deleted, and returns its thread. */
async function restore(id: number) {
  const { body } = await get(`/api/audit?type=post&subject=${id}`).set(...admin());
  const { id: entry } = body.find(({ action }: { action: string }) => action === "post.delete");
  await post(`/api/audit/${entry}/undo`)
    .set(...admin())
    .expect(200);
  return (await get(`/api/comments/${id}`).expect(200)).body.comments;
}

describe("asking for what is held under an address", () => {
  test("sends a link there if anything is, and answers the same where nothing is", async () => {
    const email = "asks@guests.example";
    await comment("Under an address", { email: "Asks@guests.example" }).expect(201);
    const [known, unknown, again] = [await ask(email), await ask("never@guests.example"), await ask(email)];
    contract.expectKept("POST", "/api/user/data", known);
    expect(known.status).toBe(202);
    expect(said(unknown)).toEqual(said(known));
    expect(said(again)).toEqual(said(known));
    const [message] = await mail.wait(1);
    await settled();
    expect(mail.arrived).toHaveLength(1);
    expect(message?.to).toEqual([email]);
    expect(message?.header("Subject")).toBe("What is kept under your e-mail address");
    expect(message?.text).not.toContain("Under an address");
    expect(mailsOf(server).slice(-2)).toMatchObject([
      { kind: "guest.data", state: "sent" },
      { kind: "guest.data", state: "dropped" },
    ]);
  });

  test("keeps no address under which nothing is held", async () => {
    await ask("kept-nowhere@guests.example").expect(202);
    await settled();
    compact(server);
    expect(holds(await everything(server), "kept-nowhere")).toBe(false);
  });

  test("finds nothing of somebody with an account: that is the account's", async () => {
    const { email, browser } = await addSignedIn(server, "member", "Signed In");
    await comment("Signed in").set(browser).expect(201);
    await ask(email).expect(202);
    await settled();
    expect(mail.arrived).toEqual([]);
  });

  test("is refused for what mail can't go to, without mail, and too often from one network", async () => {
    for (const wrong of ["", "x", "a@b.c>, <victim@example.org", "a@example.org\r\nBcc: b@example.org"]) {
      const res = await ask(wrong).expect(400);
      expect(res.body.issues[0].path).toEqual(["email"]);
      contract.expectKept("POST", "/api/user/data", res);
    }
    const off = await startServer();
    const refused = await client(() => off)
      .post("/api/user/data", { email: "a@example.org" })
      .expect(409);
    expect(refused.body.code).toBe("mail_off");
    contract.expectKept("POST", "/api/user/data", refused);
    const page = await client(() => off)
      .get("/data")
      .expect(200);
    expect(page.text).toContain("This server sends no mail");
    const limited = await startServer({ ...mailing(mail), RATE_LIMIT: "on" });
    const there = client(() => limited);
    for (let n = 0; n < 10; n++)
      await there.post("/api/user/data", { email: `n${n}@guests.example` }).expect(202);
    const over = await there.post("/api/user/data", { email: "n0@guests.example" }).expect(429);
    contract.expectKept("POST", "/api/user/data", over);
  });
});

describe("the link to a guest's data", () => {
  test("leads to a page that offers both, and changes nothing", async () => {
    const email = "page@guests.example";
    const { id } = (await comment("Looked at", { email }).expect(201)).body;
    const token = await tokenFor(email);
    await get(`/data?token=${token}`).expect(200);
    const { text, headers } = await get(`/data?token=${token}`).expect(200);
    expect(text).toContain(`href="/api/user/data?token=${token}"`);
    expect(text).toMatch(/<form class="sign-in" action="\/api\/user\/data" method="post">/);
    expect(text).toMatch(/<input type="hidden" name="_method" value="DELETE"\/>/);
    expect(text).toContain(email);
    expect(headers).toMatchObject({
      "cache-control": "private, no-store",
      "referrer-policy": "same-origin",
      "x-robots-tag": "noindex",
    });
    await get(`/api/comments/1/${id}`).expect(200);
  });

  test("gives all that is held as one JSON document, and nothing of anybody else", async () => {
    const mark = "guestexport";
    const { email, first, edited, pending, spam, binned } = await passedBy("Exa Guest", mark);
    const token = await tokenFor(email);
    const res = await get(`/api/user/data?token=${token}`).set("Accept", "text/html,*/*;q=0.8").expect(200);
    contract.expectKept("GET", "/api/user/data", res);
    expect(res.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-disposition": 'attachment; filename="antiphon-data.json"',
      "cache-control": "private, no-store",
    });
    expect(res.body).toMatchObject({
      email,
      comments: [
        { id: first.id, comment: `${mark} answered`, author: "Exa Guest", email, edits: [] },
        { id: edited.id, comment: `${mark} after`, edits: [{ comment: `${mark} before` }] },
        { id: pending.id, status: "pending" },
        // That it counts as spam is not theirs to know.
        { id: spam.id, status: "pending" },
      ],
      deletedComments: [{ id: binned.id, comment: `${mark} binned`, email }],
      mails: [{ kind: "guest.data", state: "sent" }],
    });
    expect(res.text).not.toMatch(/argon|"hash"|"network"|rude|An answer/);
    expect(await settledLogs(server)).not.toContain(token);
  });

  test("is streamed: a thousand comments are one document, in order", async () => {
    const email = "stream@guests.example";
    const database = new Database(server.databaseFile, { timeout: 5000 });
    database
      .prepare(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO comments (post, depth, author, author_key, avatar, email, comment, html, text_hash, status, visible, version, created_at)
      SELECT 1, 0, 'Stream', 'stream', 'x', ?, 'Number ' || i, '', '', 'pending', 0, 1, '2026-06-01T10:00:00.000Z' FROM n`)
      .run(email);
    database.close();
    const { body } = await get(`/api/user/data?token=${await tokenFor(email)}`).expect(200);
    expect(body.comments.map((one: { comment: string }) => one.comment)).toEqual(
      Array.from({ length: 1000 }, (_, n) => `Number ${n + 1}`),
    );
  });

  test("is of no use tampered with, for something else, too old, or where nothing is held", async () => {
    const email = "misuse@guests.example";
    const { id } = (await comment("Stays", { email }).expect(201)).body;
    const token = await tokenFor(email);
    const sent = mailsOf(server).at(-1)?.id ?? 0;
    const link = { purpose: "data", subject: { email, mail: sent }, state: "held" };
    const wrong = [
      ...Array.from({ length: 8 }, (_, n) => {
        const at = Math.floor((token.length * n) / 8);
        return token.slice(0, at) + (token[at] === "A" ? "Q" : "A") + token.slice(at + 1);
      }),
      ...[`${token}A`, token.slice(1), "A"],
      linkToken(server, { ...link, purpose: "reset" }),
      linkToken(server, { ...link, state: "other" }),
      linkToken(server, { ...link, until: Date.now() - 1 }),
      linkToken(server, { ...link, subject: { email: "nothing@guests.example", mail: sent } }),
      linkToken(server, { ...link, subject: { email, mail: sent - 1 } }),
      linkToken(server, { ...link, subject: email }),
    ];
    for (const one of wrong) {
      const read = await get(`/api/user/data?token=${one}`).expect(403);
      expect(read.body.code).toBe("link_over");
      expect(read.headers).not.toHaveProperty("content-disposition");
      contract.expectKept("GET", "/api/user/data", read);
      const erased = await del("/api/user/data").send({ token: one }).expect(403);
      contract.expectKept("DELETE", "/api/user/data", erased);
      expect((await get(`/data?token=${one}`).expect(200)).text).toContain("This link is over");
    }
    await post("/api/confirm", { token }).expect(403);
    await put("/api/password-reset", { token, password: "a tune for nobody" }).expect(403);
    await get(`/api/comments/1/${id}`).expect(200);
    await get(`/api/user/data?token=${linkToken(server, link)}`).expect(200);
  });

  test("reaches nothing of an account, not even one with the same address, and is its own proof", async () => {
    const { id, email, browser } = await addSignedIn(server, "member", "Was A Guest");
    const own = (await comment("As somebody signed in").set(browser).expect(201)).body;
    const database = new Database(server.databaseFile, { timeout: 5000 });
    database
      .prepare(`
        INSERT INTO comments (post, depth, author, author_key, avatar, email, comment, html, text_hash, status, visible, version, created_at)
        VALUES (1, 0, 'Before', 'before', 'x', ?, 'As a guest', '', '', 'pending', 0, 1, '2026-06-01T10:00:00.000Z')`)
      .run(email);
    database.close();
    const token = await tokenFor(email);
    const { body } = await get(`/api/user/data?token=${token}`).set(browser).expect(200);
    expect(body.comments).toMatchObject([{ comment: "As a guest" }]);
    expect(body).not.toHaveProperty("profile");
    await del("/api/user/data").set(browser).send({ token }).expect(200);
    expect((await get("/api/user").set(browser).expect(200)).body.id).toBe(id);
    expect((await get(`/api/comments/1/${own.id}`).expect(200)).body.comment).toBe("As somebody signed in");
  });
});

describe("a guest's erasure", () => {
  test("ends the links of before, whatever is written under the address behind it", async () => {
    const email = "comes-back@guests.example";
    await comment("Goes", { email }).expect(201);
    const token = await tokenFor(email);
    await del("/api/user/data").send({ token }).expect(200);
    const { id } = (await comment("Comes", { email }).expect(201)).body;
    await get(`/api/user/data?token=${token}`).expect(403);
    await del("/api/user/data").send({ token }).expect(403);
    await get(`/api/comments/1/${id}`).expect(200);
  });

  test("leaves no byte of name, e-mail address or text in the database, beside it, or in the log", async () => {
    const mark = "zymosimetry";
    const name = "Balthasar Nurmi";
    const receiver = await startReceiver();
    await post("/api/webhooks", { url: receiver.url, events: ["comment.deleted"] })
      .set(...admin())
      .expect(201);
    const { email, first, reply, edited, pending, spam, binned, shelved } = await passedBy(name, mark);
    const other = (
      await comment("Somebody else's", { author: "Lin", email: `not-${mark.slice(1)}@x.example` })
    ).body;
    const token = await tokenFor(email);
    compact(server);
    const before = await everything(server);
    for (const word of [mark, name, email]) expect([word, holds(before, word)]).toEqual([word, true]);
    const { total } = (await get("/api/comments/1")).body;
    const threadTag = (await get("/api/comments/1")).headers.etag;
    const queueTag = (await get("/api/moderation").set(...admin())).headers.etag;

    const res = await del("/api/user/data").send({ token }).expect(200);
    contract.expectKept("DELETE", "/api/user/data", res);
    expect(res.body).toEqual({ message: "Everything under this address is erased" });
    expect((await del("/api/user/data").send({ token }).expect(403)).body.code).toBe("link_over");
    await get(`/api/user/data?token=${token}`).expect(403);

    const thread = await get("/api/comments/1?limit=100").expect(200);
    expect(thread.headers.etag).not.toBe(threadTag);
    expect(thread.body.total).toBe(total - 2);
    const at = (wanted: number) => thread.body.comments.find((one: { id: number }) => one.id === wanted);
    expect(at(first.id)).toMatchObject({ status: "deleted", author: "", comment: "", replies: 1 });
    expect(at(edited.id)).toBeUndefined();
    expect(at(reply.id)).toMatchObject({ author: "Lin", comment: "An answer" });
    expect(at(other.id)).toMatchObject({ author: "Lin", comment: "Somebody else's" });
    expect((await get(`/api/comments?q=${mark}`)).body).toEqual([]);
    expect((await get(`/api/search?q=${mark}`)).body.results).toEqual([]);
    for (const status of ["approved", "pending", "spam", "deleted"])
      expect((await get(`/api/comments?limit=100&status=${status}`).set(...admin())).text).not.toContain(
        mark,
      );
    const queue = await get("/api/moderation").set(...admin());
    expect(queue.headers.etag).not.toBe(queueTag);
    expect(queue.text).not.toContain(mark);
    for (const { id } of [pending, spam, binned, edited])
      await post("/api/moderation", { ids: [id], action: "restore" })
        .set(...admin())
        .expect(409);
    await until(() =>
      [first.id, edited.id].every((id) =>
        receiver.received.some(({ body }) => body.includes(`"comment":${id}`) || body.includes(`"id":${id}`)),
      ),
    );

    const expectNothing = async () => {
      compact(server);
      const after = await everything(server);
      for (const word of [mark, name, "Nurmi", email])
        expect([word, holds(after, word)]).toEqual([word, false]);
    };
    await expectNothing();
    expect(await restore(shelved.id)).toMatchObject([
      { status: "deleted", author: "", comment: "" },
      { status: "approved", author: "Lin", comment: "Theirs" },
    ]);
    await expectNothing();
    const database = new Database(server.databaseFile);
    const counted =
      "sum(status = 'pending') AS pending, sum(status = 'approved' AND reports > 0) AS reported, sum(status = 'approved') AS comments";
    expect(database.prepare("SELECT pending, reported, comments FROM site").get()).toEqual(
      database.prepare(`SELECT ${counted} FROM comments`).get(),
    );
    expect(database.prepare("SELECT * FROM erasures").all()).toEqual([]);
    for (const table of ["search", "held_words", "posts_fts"])
      database.exec(`INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`);
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
    database.close();
  });

  test("is done once, of however many who press the button at the same time", async () => {
    const email = "often@guests.example";
    await comment("Once", { email }).expect(201);
    const token = await tokenFor(email);
    const all = await Promise.all(Array.from({ length: 5 }, () => del("/api/user/data").send({ token })));
    expect(all.map(({ status }) => status).sort()).toEqual([200, 403, 403, 403, 403]);
  });

  test("with Prefer: return=minimal is 204; whoever proves nothing hears 401, whatever they send", async () => {
    const email = "minimal@guests.example";
    await comment("Gone", { email }).expect(201);
    const token = await tokenFor(email);
    const res = await del("/api/user/data").set("Prefer", "return=minimal").send({ token }).expect(204);
    contract.expectKept("DELETE", "/api/user/data", res);
    for (const body of [undefined, {}, { email }, { token: 1 }])
      await del("/api/user/data").send(body).expect(401);
  });

  test("without JavaScript leads to a page that says so, and a link that is over back to one that says that", async () => {
    const email = "form@guests.example";
    await comment("By form", { email }).expect(201);
    const send = (body: object) =>
      request(server.url)
        .post("/api/user/data")
        .set({ Accept: "text/html,*/*;q=0.8", Origin: "https://comments.example", ...fromHere })
        .type("application/x-www-form-urlencoded")
        .send(body)
        .redirects(0)
        .expect(303);
    expect((await send({ email: "not-one" })).headers.location).toBe("/data?error=invalid_input&field=email");
    expect((await get("/data?error=invalid_input&field=email").expect(200)).text).toContain(
      "This is not an e-mail address.",
    );
    expect((await send({ email: "other@guests.example" })).headers.location).toBe("/data?sent=1");
    expect((await get("/data?sent=1").expect(200)).text).toContain("a link is on its way");
    const token = await tokenFor(email);
    expect((await send({ _method: "DELETE", token })).headers.location).toBe("/data?done=1");
    expect((await get("/data?done=1").expect(200)).text).toContain("It is erased");
    const again = await send({ _method: "DELETE", token });
    expect(again.headers.location).toBe(`/data?error=link_over&token=${token}`);
    expect((await get(again.headers.location ?? "").expect(200)).text).toContain("This link is over");
  });

  test("goes on after kill -9 where it was cut off", async () => {
    const own = await startServer({ MODERATION: "open" });
    const there = client(() => own);
    await there.post("/api/comments", { post: "http://localhost/a", comment: "A page" }).expect(201);
    const email = `${randomUUID()}@guests.example`;
    const database = new Database(own.databaseFile, { timeout: 5000 });
    database
      .prepare(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
      INSERT INTO comments (post, depth, author, author_key, avatar, email, comment, html, text_hash, status, visible, version, created_at)
      SELECT 1, 0, 'Cut Off', 'cut off', 'x', ?, 'Text ' || i, '', '', 'approved', 1, 1, '2026-06-01T10:00:00.000Z' FROM n`)
      .run(email);
    const count = database
      .prepare<[string], number>("SELECT count(*) FROM comments WHERE email = ? COLLATE NOCASE")
      .pluck();
    const subject = { email: email.toUpperCase(), mail: queueMail(own, { address: email }, "guest.data") };
    const token = linkToken(own, { purpose: "data", subject, state: "held" });
    const erasing = there
      .delete("/api/user/data")
      .send({ token })
      .then(
        ({ status }) => status,
        () => "cut off",
      );
    await until(() => count.get(email) !== 5000);
    await own.kill();
    expect(await erasing).toBe("cut off");
    const left = count.get(email) ?? 0;
    expect(left).toBeGreaterThan(0);
    expect(database.prepare("SELECT count(*) FROM erasures").pluck().get()).toBe(1);
    const again = await own.restart();
    expect((await client(() => again).get("/api/comments?author=cut+off")).body).toEqual([]);
    expect(count.get(email)).toBe(0);
    expect(database.prepare("SELECT count(*) FROM erasures").pluck().get()).toBe(0);
    database.close();
  });
});
