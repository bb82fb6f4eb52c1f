import { describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { client } from "../support/client";
import { settledLogs } from "../support/logs";
import { startMailServer } from "../support/mailServer";
import { hastenMails, mailing, mailsOf } from "../support/mails";
import { startReceiver } from "../support/receiver";
import { accept, startMailing, subscribe, tokenIn } from "../support/replies";
import request from "../support/request";
import { until } from "../support/until";
import { startWorkers } from "../support/workers";

const ada = "ada@reader.example";
const bob = "bob@reader.example";

/** Every message that was to be sent is sent, or was dropped. */
const settled = (server: { databaseFile: string }) =>
  until(() => mailsOf(server).every(({ state }) => state !== "waiting"));

/** How many messages are being sent now. */
const tried = (server: { databaseFile: string }) =>
  mailsOf(server).filter(({ state, attempts }) => state === "waiting" && attempts > 0).length;

/** All that appeared is queued for those who hear of it; what waits for its pause still waits. */
const spread = (server: { databaseFile: string }) =>
  until(() => {
    const database = new Database(server.databaseFile, { readonly: true, timeout: 5000 });
    const left = database.prepare("SELECT 1 FROM tellings").all().length;
    database.close();
    return left === 0;
  });

test("from a comment over confirmation and reply to the end of it, mail goes as it was asked for", async () => {
  const mail = await startMailServer();
  const server = await startMailing(mail);
  const { comment, post, get } = client(() => server);
  const { body: mine } = await comment("What do you think?", {
    author: "Ada",
    email: ada,
    notify: "replies",
  }).expect(201);
  expect(mine.notify).toBe("asked");
  const [question] = await mail.wait(1);
  expect(question?.to).toEqual([ada]);
  expect(question?.header("Subject")).toBe("Do you want to hear of replies?");
  expect(question?.text).not.toContain("What do you think");

  // Nothing before confirmation, whatever is said.
  const { body: early } = await comment("Said before you confirmed", {
    author: "Bob",
    parent: mine.id,
  }).expect(201);
  await spread(server);
  expect(mailsOf(server)).toHaveLength(1);

  const token = tokenIn(question ?? { text: "" }, "/confirm");
  const page = await request(server.url).get(`/confirm?token=${token}`).expect(200);
  expect(page.text).toContain("Hear of replies by mail?");
  expect(mailsOf(server)).toHaveLength(1);
  await accept(server, token);

  const [, missed] = await mail.wait(2);
  expect(missed?.to).toEqual([ada]);
  expect(missed?.text).toContain("> Said before you confirmed");
  expect(missed?.text).toContain(`https://comments.example/api/comments/${mine.post}/${early.id}/permalink`);

  // Below the reply is below the comment, too; elsewhere is not.
  await comment("Elsewhere").expect(201);
  await comment("Below the **reply**, see https://spam.example ![x](https://spam.example/x.png)", {
    author: "Cy",
    parent: early.id,
  }).expect(201);
  await comment("And one more", { author: "Dee", parent: mine.id }).expect(201);
  await spread(server);
  expect(mail.arrived).toHaveLength(2);
  hastenMails(server);
  const [, , both] = await mail.wait(3);
  expect(both?.header("Subject")).toMatch(/^2 new comments on “/);
  expect(both?.text).toContain("Cy wrote:");
  expect(both?.text).toContain("Dee wrote:");
  expect(both?.text).not.toContain("Elsewhere");
  expect(both?.text).not.toContain("Said before");
  expect(both?.text).not.toContain("https://spam.example");
  expect(both?.html).not.toMatch(/<img|href="https:\/\/spam/);

  // RFC 8058: one click, no cookie.
  expect(both?.header("List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
  const [, click = ""] =
    /<https:\/\/comments\.example(\/[^>]+)>/.exec(both?.header("List-Unsubscribe") ?? "") ?? [];
  await get(click).expect(303);
  await request(server.url).post(click).type("form").send({ "List-Unsubscribe": "One-Click" }).expect(200);
  await comment("Into the void", { parent: mine.id }).expect(201);
  await spread(server);
  await settled(server);
  expect(mail.arrived).toHaveLength(3);
  await post("/api/confirm", { token }).expect(403);
});

describe("a reader", () => {
  test("of a whole thread hears of each comment once, whatever else they asked for, and of none of their own", async () => {
    const mail = await startMailServer();
    const server = await startMailing(mail);
    const { comment } = client(() => server);
    const { id } = await subscribe(server, mail, ada, { notify: "thread" });
    // The same address again waits for its hour.
    const { body: second } = await comment("Once more", { email: ada, notify: "replies" }).expect(201);
    hastenMails(server);
    const [, question] = await mail.wait(2);
    await accept(server, tokenIn(question ?? { text: "" }, "/confirm"));
    mail.clear();
    await comment("Mine, too", { email: ada.toUpperCase(), parent: id }).expect(201);
    await comment("Of somebody else", { parent: second.id }).expect(201);
    await mail.wait(1);
    await spread(server);
    hastenMails(server);
    await settled(server);
    const all = mail.arrived.map(({ text }) => text).join();
    expect(all.match(/Of somebody else/g)).toHaveLength(1);
    expect(all).not.toContain("Mine, too");
    expect(all).not.toContain("Once more");
  });

  test("is told what stands there when the message is sent: edits, and nothing that was taken back", async () => {
    const mail = await startMailServer();
    const server = await startMailing(mail);
    const { comment, patch, delete: erase, post, admin } = client(() => server);
    const { id } = await subscribe(server, mail, ada);
    const say = async (text: string) => {
      const { body } = await comment(text, { parent: id }).expect(201);
      return {
        path: `/api/comments/${body.post}/${body.id}`,
        token: `Bearer ${body.editToken}`,
        id: body.id,
      };
    };
    await say("First");
    await mail.wait(2);
    const [edited, deleted, spam] = [
      await say("Wrong wrods"),
      await say("Regretted"),
      await say("Buy pills"),
    ];
    await patch(edited.path, { comment: "Right words" }).set("Authorization", edited.token).expect(200);
    await erase(deleted.path).set("Authorization", deleted.token).expect(200);
    await post("/api/moderation", { ids: [spam.id], action: "spam" })
      .set(...admin())
      .expect(200);
    await spread(server);
    hastenMails(server);
    const [, , message] = await mail.wait(3);
    expect(message?.text).toContain("> Right words");
    expect(message?.text).not.toMatch(/wrods|Regretted|pills|First/);
    // Approved after all, it counts from now on, and what was told is not told again.
    await post("/api/moderation", { ids: [spam.id, edited.id], action: "approve" })
      .set(...admin())
      .expect(200);
    await spread(server);
    hastenMails(server);
    const [, , , last] = await mail.wait(4);
    expect(last?.text).toContain("> Buy pills");
    expect(last?.text).not.toContain("Right words");
    await post("/api/moderation", { ids: [spam.id], action: "spam" })
      .set(...admin())
      .expect(200);
    await post("/api/moderation", { ids: [spam.id], action: "approve" })
      .set(...admin())
      .expect(200);
    await spread(server);
    await settled(server);
    expect(mail.arrived).toHaveLength(4);
  });

  test("who wants it once a day hears a day later of all together, and ends that with one click", async () => {
    const mail = await startMailServer();
    const server = await startMailing(mail);
    const { comment, post } = client(() => server);
    const first = await subscribe(server, mail, ada);
    const second = await comment("Elsewhere, too", { post: 2, email: ada, notify: "thread" }).expect(201);
    hastenMails(server);
    const [, question] = await mail.wait(2);
    await accept(server, tokenIn(question ?? { text: "" }, "/confirm"));
    await comment("Soon", { parent: first.id }).expect(201);
    const [, , soon] = await mail.wait(3);
    const token = tokenIn(soon ?? { text: "" }, "/subscriptions");
    // What waits for its pause goes over into the day's.
    await comment("Within the pause", { parent: first.id }).expect(201);
    await spread(server);
    const { body: all } = await post("/api/subscriptions", { token, pace: "daily" }).expect(200);
    expect(all).toMatchObject([
      { post: 2, comment: second.body.id, notify: "thread", pace: "daily", confirmed: true },
      { post: 1, comment: first.id, notify: "replies", pace: "daily", confirmed: true },
    ]);
    await comment("On the other post", { post: 2 }).expect(201);
    await spread(server);
    const waiting = mailsOf(server).filter(
      ({ state, kind }) => state === "waiting" && kind === "replies.digest",
    );
    expect(waiting).toHaveLength(1);
    const wait = Date.parse(waiting[0]?.due_at ?? "") - Date.now();
    expect(wait).toBeGreaterThan(23 * 3_600_000);
    expect(wait).toBeLessThanOrEqual(24 * 3_600_000);
    hastenMails(server);
    const digest = (await mail.wait(4)).at(-1);
    expect(digest?.header("Subject")).toBe("2 new comments on 2 posts");
    expect(digest?.text).toContain("> Within the pause");
    expect(digest?.text).toContain("> On the other post");
    await accept(server, tokenIn({ text: digest?.text.split("No more of these")[1] ?? "" }, "/confirm"));
    await post("/api/subscriptions", { token }).expect(403);
    await settled(server);
  });
});

describe("somebody else's address", () => {
  test("gets one question within an hour, nothing of what was written, and is forgotten unless it answers", async () => {
    const mail = await startMailServer();
    const server = await startMailing(mail);
    const { comment } = client(() => server);
    for (let n = 0; n < 6; n++) {
      const { body } = await comment(`Buy pills ${n}`, {
        email: ada,
        notify: "thread",
        author: "Pills",
      }).expect(201);
      // Nobody learns what is known of an address.
      expect(body.notify).toBe("asked");
    }
    const [question] = await mail.wait(1);
    await spread(server);
    await until(() => mailsOf(server)[0]?.state === "sent");
    expect(mailsOf(server).map(({ state }) => state)).toEqual(["sent", "waiting"]);
    expect(Date.parse(mailsOf(server)[1]?.due_at ?? "") - Date.now()).toBeGreaterThan(59 * 60_000);
    hastenMails(server);
    const [, second] = await mail.wait(2);
    for (const message of [question, second]) expect(message?.raw).not.toMatch(/pills/i);
    expect(second?.text.match(/Every new comment on/g)).toHaveLength(3);
    await settled(server);
    // The owner of the address wants none of it, and need not say so twice.
    await accept(server, tokenIn({ text: second?.text.split("No more of these")[1] ?? "" }, "/confirm"));
    await client(() => server)
      .post("/api/confirm", { token: tokenIn(second ?? { text: "" }, "/confirm") })
      .expect(403);
    await comment("Heard by nobody").expect(201);
    await spread(server);
    await settled(server);
    expect(mail.arrived).toHaveLength(2);
  });

  test("is not confirmed by a link that was sent before something more was asked for it", async () => {
    const mail = await startMailServer();
    const server = await startMailing(mail);
    const { comment } = client(() => server);
    await comment("Mine", { email: ada, notify: "replies" }).expect(201);
    const [question] = await mail.wait(1);
    const { body: theirs } = await comment("A stranger's", { email: ada, notify: "replies" }).expect(201);
    await accept(server, tokenIn(question ?? { text: "" }, "/confirm"));
    await comment("To the stranger", { parent: theirs.id }).expect(201);
    await spread(server);
    expect(mailsOf(server).filter(({ kind }) => kind === "replies.new")).toEqual([]);
  });

  test("in a comment that waits for a moderator is asked once that is approved, and never for spam", async () => {
    const mail = await startMailServer();
    const server = await startMailing(mail, { MODERATION: "all" });
    const { comment, post, admin } = client(() => server);
    const moderate = (id: number, action: string) =>
      post("/api/moderation", { ids: [id], action })
        .set(...admin())
        .expect(200);
    const { body: good } = await comment("Good", { email: ada, notify: "replies" }).expect(202);
    const { body: bad } = await comment("Bad", { email: bob, notify: "replies" }).expect(202);
    expect(good.notify).toBe("asked");
    expect(mailsOf(server)).toEqual([]);
    await moderate(bad.id, "spam");
    await moderate(good.id, "approve");
    const [question] = await mail.wait(1);
    expect(question?.to).toEqual([ada]);
    await accept(server, tokenIn(question ?? { text: "" }, "/confirm"));
    const { body: reply } = await comment("A reply", { parent: good.id }).expect(202);
    await spread(server);
    await settled(server);
    expect(mail.arrived).toHaveLength(1);
    await moderate(reply.id, "approve");
    const [, told] = await mail.wait(2);
    expect(told?.text).toContain("> A reply");
  });
});

describe("an address", () => {
  test("is in no answer, log, feed or webhook", async () => {
    const mail = await startMailServer();
    const server = await startMailing(mail, { WEBHOOK_ALLOW: "127.0.0.1", LOG_LEVEL: "trace" });
    const { comment, get, post, admin } = client(() => server);
    const receiver = await startReceiver();
    await post("/api/webhooks", { url: receiver.url })
      .set(...admin())
      .expect(201);
    const mine = await subscribe(server, mail, ada, { notify: "thread" });
    const { body: reply } = await comment("A reply", { parent: mine.id }).expect(201);
    const [, told] = await mail.wait(2);
    const manage = tokenIn(told ?? { text: "" }, "/subscriptions");
    const answers = [
      JSON.stringify([mine, reply]),
      (await get("/api/comments/1").expect(200)).text,
      (await get("/api/comments/1/feed").expect(200)).text,
      (await get("/api/feed").expect(200)).text,
      (await get(`/api/subscriptions?token=${manage}`).expect(200)).text,
      (await request(server.url).get(`/subscriptions?token=${manage}`).expect(200)).text,
      (await get("/api/metrics").set(...admin())).text,
      JSON.stringify((await receiver.wait(2)).map(({ body, headers }) => [body, headers])),
      await settledLogs(server),
    ];
    for (const answer of answers) {
      expect(answer).not.toMatch(/reader\.example/);
    }
    expect(answers.at(-1)).not.toContain(manage);
  });

  test("goes with the comment that it came with, or with its post", async () => {
    const mail = await startMailServer();
    const server = await startMailing(mail);
    const { comment, delete: erase, admin } = client(() => server);
    const readers = () => {
      const database = new Database(server.databaseFile, { readonly: true, timeout: 5000 });
      const rows = database.prepare("SELECT address FROM readers").pluck().all();
      database.close();
      return rows;
    };
    const mine = await subscribe(server, mail, ada);
    const other = await subscribe(server, mail, bob, { post: 2 });
    expect(readers()).toEqual([ada, bob]);
    await comment("Waits for its pause", { parent: mine.id }).expect(201);
    await mail.wait(3);
    await comment("Is never told", { parent: mine.id }).expect(201);
    await spread(server);
    await erase(`/api/comments/1/${mine.id}`).set("Authorization", `Bearer ${mine.editToken}`).expect(200);
    expect(readers()).toEqual([bob]);
    expect(mailsOf(server).filter(({ state }) => state === "waiting")).toEqual([]);
    await erase("/api/posts/2")
      .set(...admin())
      .expect(200);
    expect(readers()).toEqual([]);
    expect(other.id).toBeGreaterThan(mine.id);
    hastenMails(server);
    await settled(server);
    expect(mail.arrived).toHaveLength(3);
  });
});

describe("with several processes", () => {
  test("each of many readers hears of each comment once", async () => {
    const mail = await startMailServer();
    const server = await startWorkers(2, {
      ...mailing(mail),
      SEED: "on",
      MODERATION: "open",
      RATE_LIMIT: "off",
    });
    const all = Array.from({ length: 60 }, (_, n) => `reader${n}@reader.example`);
    putReaders(server, all);
    const { comment } = client(() => server);
    await Promise.all(["One", "Two", "Three"].map((text) => comment(text).expect(201)));
    await spread(server);
    await until(() => tried(server) === 0);
    hastenMails(server);
    await until(() => mail.arrived.length >= all.length && tried(server) === 0);
    hastenMails(server);
    await settled(server);
    for (const text of ["> One", "> Two", "> Three"]) {
      const told = mail.arrived.filter((message) => message.text.includes(text));
      expect(told.map(({ to }) => to[0]).sort()).toEqual([...all].sort());
    }
  });

  test("killed in the midst of telling thousands, the next one goes on, and nobody is told twice", async () => {
    const mail = await startMailServer();
    mail.behaviour = "hang";
    const server = await startMailing(mail);
    const all = Array.from({ length: 12_000 }, (_, n) => `reader${n}@reader.example`);
    putReaders(server, all);
    await client(() => server)
      .comment("Heard by many")
      .expect(201);
    // The answer waited for none of them.
    const database = new Database(server.databaseFile, { readonly: true, timeout: 5000 });
    const count = (what: string) =>
      Number(database.prepare(`SELECT count(${what}) FROM mails`).pluck().get());
    expect(count("*")).toBeLessThan(all.length / 2);
    await until(() => count("*") > 300);
    await server.kill();
    expect(count("*")).toBeLessThan(all.length);
    const again = await server.restart();
    await spread(again);
    expect(count("*")).toBe(all.length);
    expect(count("DISTINCT address")).toBe(all.length);
    database.close();
  });
});

/** Guests who have confirmed that they want to hear of all on post 1, put beside the server. */
function putReaders({ databaseFile }: { databaseFile: string }, addresses: string[]): void {
  const database = new Database(databaseFile, { timeout: 5000 });
  const now = new Date().toISOString();
  const comment = database.prepare(`
    INSERT INTO comments (post, depth, author, author_key, avatar, comment, html, text_hash, status, visible, version, created_at)
    VALUES (1, 0, 'A', 'a', 'seed-a', 'x', '<p>x</p>', 'hash', 'approved', 1, 1, '2026-01-01T00:00:00.000Z')`);
  const reader = database.prepare("INSERT INTO readers (address) VALUES (?)");
  const subscription = database.prepare(`
    INSERT INTO subscriptions (reader, post, comment_id, scope, created_at, asked_at, confirmed_at)
    VALUES (?, 1, ?, 'thread', ?, ?, ?)`);
  database.transaction(() => {
    for (const address of addresses)
      subscription.run(reader.run(address).lastInsertRowid, comment.run().lastInsertRowid, now, now, now);
  })();
  database.close();
}
