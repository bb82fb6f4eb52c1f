import { describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { bearer, client } from "../support/client";
import { type MailServer, startMailServer } from "../support/mailServer";
import { hastenMails, linksOf, mailing, mailsOf, tokenOf } from "../support/mails";
import { addPerson, addSignedIn } from "../support/people";
import request from "../support/request";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";

/** A server on which every comment waits, and a mail server. */
async function start(env: Record<string, string> = {}) {
  const mail = await startMailServer();
  const server = await startServer({ ...mailing(mail), SEED: "on", MODERATION: "all", ...env });
  const calls = client(() => server);
  const hold = async (text: string, more: object = {}): Promise<{ id: number; editToken: string }> =>
    (await calls.comment(text, { author: "Ada", ...more }).expect(202)).body;
  const seen = async (id: number) => (await calls.get(`/api/comments/1/${id}`).set(...calls.admin())).body;
  return { mail, server, ...calls, hold, seen };
}

/** The page behind a link, as its reader sees it. */
const follow = async (server: Server, path: string | undefined) =>
  (
    await request(server.url)
      .get(path ?? "")
      .expect(200)
  ).text;

/** The token that the button of a page sends. */
const buttonOf = (page: string) => /name="token" value="([\w-]+)"/.exec(page)?.[1] ?? null;

/** The message to that address, as soon as it came. */
async function messageTo(mail: MailServer, email: string, nth = 1) {
  const theirs = () => mail.arrived.filter(({ to }) => to[0] === email);
  await until(() => theirs().length >= nth);
  const found = theirs()[nth - 1];
  if (!found) throw new Error("It came and is gone");
  return found;
}

const sent = (server: Server) => until(() => mailsOf(server).every(({ state }) => state !== "waiting"));

describe("a comment that waits", () => {
  test("is told to moderators and admins, with its text and why it waits, and to nobody else", async () => {
    const { mail, server, hold } = await start({ MODERATION: "first" });
    const moderator = await addPerson(server, "moderator", "Mo");
    const admin = await addPerson(server, "admin", "Al");
    await addPerson(server, "author", "Au");
    await addPerson(server, "member", "Me");
    await hold("Look at https://spam.example/buy\nand <b>more</b>", {
      email: "ada@example.org",
      website: "https://ada.example",
    });
    await mail.wait(2);
    await sent(server);
    expect(mail.arrived.map(({ to }) => to[0]).sort()).toEqual([moderator.email, admin.email].sort());
    const message = await messageTo(mail, moderator.email);
    expect(message.header("Subject")).toBe("A comment waits for a moderator: Ada on React Hooks");
    expect(message.text.replaceAll("\u200B", "")).toContain(
      "Author: Ada\nWebsite: https://ada.example/\nPost: React Hooks\nWhy it waits: has links",
    );
    expect(message.text.replaceAll("\u200B", "")).toContain(
      "> Look at https://spam.example/buy\n> and <b>more</b>",
    );
    expect(message.html).toContain("<blockquote>");
    expect(Object.keys(linksOf(message)).sort()).toEqual([
      "Approve",
      "Delete",
      "No more of these",
      "Spam",
      "To the post",
    ]);
    // Nothing of the commenter leads anywhere, and their addresses stay here.
    for (const link of message.html.matchAll(/(?:href|src)="([^"]*)"/g))
      expect(link[1]).toMatch(/^https:\/\/comments\.example\//);
    expect(message.raw).not.toMatch(/ada@example|ada\.example|127\.0\.0|https:\/\/spam/);
  });

  test("is told each moderator by links of their own, that nobody else was sent", async () => {
    const { mail, server, hold } = await start();
    const all = [await addPerson(server, "moderator"), await addPerson(server, "moderator")];
    await hold("Hello");
    const tokens = await Promise.all(
      all.map(async ({ email }) => Object.values(linksOf(await messageTo(mail, email)))),
    );
    expect(new Set(tokens.flat().filter((path) => path.includes("token"))).size).toBe(8);
  });

  test("comes at once if it is the first; those of the next ten minutes come in one message", async () => {
    const { mail, server, hold } = await start();
    const { email } = await addPerson(server, "moderator");
    await hold("The first");
    await messageTo(mail, email);
    await sent(server);
    for (let n = 2; n <= 13; n++) await hold(`Number ${n} of many`);
    const [, waiting, ...none] = mailsOf(server);
    expect(none).toEqual([]);
    const pause = Date.parse(waiting?.due_at ?? "") - Date.now();
    expect(pause).toBeGreaterThan(9 * 60_000);
    expect(pause).toBeLessThanOrEqual(10 * 60_000);
    hastenMails(server);
    const second = await messageTo(mail, email, 2);
    expect(second.header("Subject")).toBe("Many comments wait for a moderator");
    expect(second.text).not.toContain("The first");
    expect(second.text).toContain("> Number 2 of many");
    expect(second.text).toContain("> Number 11 of many");
    expect(second.text).not.toContain("Number 12 of many");
    expect(second.text).toContain("That is not all: 13 comments wait.");
    await sent(server);
    await hold("Behind them");
    hastenMails(server);
    const third = await messageTo(mail, email, 3);
    expect(third.text).toContain("> Behind them");
    expect(third.text).not.toContain("Number");
  });

  test("is told once a day, in the morning, to who wants that", async () => {
    const { mail, server, hold, patch } = await start({ TZ: "America/New_York" });
    const { email, browser } = await addSignedIn(server, "moderator");
    await patch("/api/user", { notify: "digest" }).set(browser).expect(200);
    await hold("One");
    await hold("Two");
    const [row, ...none] = mailsOf(server);
    expect(none).toEqual([]);
    const due = new Date(row?.due_at ?? "");
    const clock = due.toLocaleTimeString("en-US", { timeZone: "America/New_York" });
    expect(clock).toBe("7:00:00 AM");
    expect(due.getTime() - Date.now()).toBeLessThanOrEqual(25 * 3_600_000);
    expect(mail.arrived).toEqual([]);
    hastenMails(server);
    const message = await messageTo(mail, email);
    expect(message.header("Subject")).toBe("2 comments wait for a moderator");
    expect(message.text).toMatch(/> One\n.*> Two/s);
  });

  test("is told to nobody once it was approved, deleted or erased, or its post is gone", async () => {
    const { mail, server, hold, patch, post, delete: del, admin } = await start();
    const { email } = await addPerson(server, "moderator");
    await hold("The first");
    await messageTo(mail, email);
    await sent(server);
    const approved = await hold("Approved meanwhile");
    const regretted = await hold("Regretted meanwhile");
    await patch(`/api/comments/1/${approved.id}`, { status: "approved" })
      .set(...admin())
      .expect(200);
    await del(`/api/comments/1/${regretted.id}`)
      .set(...bearer(regretted.editToken))
      .expect(200);
    const made = await post("/api/posts", { title: "Gone soon", content: "It will be", author: "Al" })
      .set(...admin())
      .expect(201);
    await hold("On what is gone", { post: made.body.id });
    await del(`/api/posts/${made.body.id}`)
      .set(...admin())
      .expect(200);
    hastenMails(server);
    await until(() => mailsOf(server)[1]?.state === "dropped");
    const left = await hold("Left");
    await hold("Spam meanwhile");
    await post("/api/moderation", { ids: [left.id + 1], action: "spam" })
      .set(...admin())
      .expect(200);
    hastenMails(server);
    const message = await messageTo(mail, email, 2);
    expect(message.text).toContain("> Left");
    expect(message.raw).not.toMatch(/meanwhile|gone/);
  });

  test("and spam are not the same: of spam nobody hears", async () => {
    const { mail, server, comment } = await start();
    await addPerson(server, "moderator");
    await comment("Buy", { homepage: "https://spam.example" }).expect(202);
    expect(mailsOf(server)).toEqual([]);
    expect(mail.connections()).toBe(0);
  });

  test("costs no message where mail is off", async () => {
    const server = await startServer({ SEED: "on", MODERATION: "all" });
    await addPerson(server, "moderator");
    await client(() => server)
      .comment("Hello")
      .expect(202);
    expect(mailsOf(server)).toEqual([]);
  });
});

test("a comment that was reported is told with its reports, and again when they bring it back", async () => {
  const { mail, server, post, comment, patch, admin } = await start({
    MODERATION: "open",
    REPORT_THRESHOLD: "2",
    TRUST_PROXY: "1",
  });
  const { email } = await addPerson(server, "moderator");
  const { body } = await comment("Rude words").expect(201);
  const report = (from: string, reason: string) =>
    post(`/api/comments/1/${body.id}/report`, { reason, note: "see https://note.example" })
      .set("X-Forwarded-For", from)
      .expect(202);
  await report("198.51.100.1", "abuse");
  const first = await messageTo(mail, email);
  expect(first.text).toContain("Reports: 1 (abuse 1)\nReaders see it meanwhile.");
  expect(first.text).toContain("> Rude words");
  await report("198.51.100.1", "abuse");
  await sent(server);
  expect(mailsOf(server)).toHaveLength(1);
  await report("203.0.113.1", "spam");
  hastenMails(server);
  const second = await messageTo(mail, email, 2);
  expect(second.text).toContain("Why it waits: reported by 2 readers\nReports: 2 (spam 1, abuse 1)");
  expect(second.text).not.toContain("Readers see it");
  // That a moderator sets it aside is told nobody.
  await patch(`/api/comments/1/${body.id}`, { status: "approved" })
    .set(...admin())
    .expect(200);
  await patch(`/api/comments/1/${body.id}`, { status: "pending" })
    .set(...admin())
    .expect(200);
  await sent(server);
  expect(mailsOf(server)).toHaveLength(2);
});

describe("the link to", () => {
  test.each([
    ["Approve", "Approve this comment?", "The comment is approved", "approved", "comment.approve"],
    ["Spam", "Does this comment count as spam?", "The comment counts as spam", "spam", "comment.spam"],
    ["Delete", "Delete this comment?", "The comment is deleted", "deleted", "comment.delete"],
  ])(
    "%s asks first, and then does it in the moderator's name, once",
    async (label, question, done, status, action) => {
      const { mail, server, hold, seen, post, get, admin } = await start();
      const { id: user, email } = await addPerson(server, "moderator", "Mo Derator");
      const { id } = await hold("Is this <b>fine</b>?");
      const links = linksOf(await messageTo(mail, email));
      for (let n = 0; n < 2; n++) {
        const page = await follow(server, links[label]);
        expect(page).toContain(question);
        expect(page).toContain("Is this &lt;b&gt;fine&lt;/b&gt;?");
        expect(page).toContain("every comment waits for a moderator");
      }
      await get(`/api/confirm?token=${tokenOf(links[label])}`).expect(303);
      expect((await seen(id)).status).toBe("pending");
      const token = buttonOf(await follow(server, links[label]));
      const pressed = await request(server.url)
        .post("/api/confirm")
        .set("Accept", "text/html")
        .set("Origin", "null")
        .type("form")
        .send({ token })
        .expect(303);
      expect(await follow(server, pressed.headers.location)).toContain(done);
      expect((await seen(id)).status).toBe(status);
      const { body } = await get(`/api/audit?type=comment&subject=${id}`)
        .set(...admin())
        .expect(200);
      expect(body).toHaveLength(1);
      expect(body[0]).toMatchObject({ action, by: { user, name: "Mo Derator", role: "moderator" } });
      // Neither again nor otherwise, and each link says what became of it.
      for (const other of ["Approve", "Spam", "Delete"]) {
        const page = await follow(server, links[other]);
        expect(page).toContain("This comment is decided already");
        expect(page).toMatch(/Decided on \W*\w+ \d+, \d+ at \d+:\d+\s[AP]M UTC\W+by \W*Mo Derator/);
        expect(buttonOf(page)).toBeNull();
        const { body } = await post("/api/confirm", { token: tokenOf(links[other]) }).expect(403);
        expect(body.code).toBe("link_over");
      }
      expect((await seen(id)).status).toBe(status);
    },
  );

  test("a decision does what its button says about its own comment, whatever a client adds", async () => {
    const { mail, server, hold, seen, post } = await start();
    const { email } = await addPerson(server, "moderator");
    const first = await hold("One");
    const links = linksOf(await messageTo(mail, email));
    const second = await hold("Two");
    const token = tokenOf(links.Spam);
    await post("/api/confirm", { token, comment: second.id, decision: "approve" }).expect(400);
    await post(`/api/confirm?comment=${second.id}`, { token }).expect(400);
    await post("/api/confirm", { token }).expect(200, { message: "The comment counts as spam" });
    expect((await seen(first.id)).status).toBe("spam");
    expect((await seen(second.id)).status).toBe("pending");
  });

  test.each([
    ["is a moderator no more", (id: number) => `UPDATE users SET role = 'author' WHERE id = ${id}`],
    [
      "has another address by now",
      (id: number) => `UPDATE users SET email = 'new@example.org' WHERE id = ${id}`,
    ],
  ])("a decision is over where the moderator %s", async (_why, change) => {
    const { mail, server, hold, seen, post } = await start();
    const { id: user, email } = await addPerson(server, "moderator");
    const { id } = await hold("Hello");
    const links = linksOf(await messageTo(mail, email));
    const database = new Database(server.databaseFile, { timeout: 5000 });
    database.exec(change(user));
    database.close();
    for (const label of ["Approve", "Spam", "Delete"]) {
      expect(await follow(server, links[label])).toContain("This link is over");
      await post("/api/confirm", { token: tokenOf(links[label]) }).expect(403);
    }
    expect((await seen(id)).status).toBe("pending");
  });

  test("a decision is over with the account, and nothing is sent to it any more", async () => {
    const { mail, server, hold, seen, post, delete: del, admin } = await start();
    const { id: user, email } = await addPerson(server, "moderator");
    const { id } = await hold("Hello");
    const links = linksOf(await messageTo(mail, email));
    await sent(server);
    await hold("Another");
    await del(`/api/users/${user}`)
      .set(...admin())
      .expect(200);
    expect(mailsOf(server)).toEqual([]);
    expect(await follow(server, links.Approve)).toContain("This link is over");
    await post("/api/confirm", { token: tokenOf(links.Approve) }).expect(403);
    expect((await seen(id)).status).toBe("pending");
  });

  test("a decision says when the text was edited since, and decides on what its page shows", async () => {
    const { mail, server, hold, seen, post, patch } = await start();
    const { email } = await addPerson(server, "moderator");
    const { id, editToken } = await hold("As it was");
    const links = linksOf(await messageTo(mail, email));
    const edit = (text: string) =>
      patch(`/api/comments/1/${id}`, { comment: text })
        .set(...bearer(editToken))
        .expect(200);
    await edit("Edited once");
    const page = await follow(server, links.Approve);
    expect(page).toContain("It was edited since the message was written.");
    expect(page).toContain("Edited once");
    expect(page).not.toContain("As it was");
    // What the message showed is there no more, so nobody approves unseen what came in its place.
    await post("/api/confirm", { token: tokenOf(links.Approve) }).expect(403);
    await edit("Edited twice");
    await post("/api/confirm", { token: buttonOf(page) ?? "" }).expect(403);
    expect((await seen(id)).status).toBe("pending");
    const token = buttonOf(await follow(server, links.Approve)) ?? "";
    await post("/api/confirm", { token }).expect(200);
    expect((await seen(id)).status).toBe("approved");
  });

  test("a decision is open for seven days, and its page does not make that longer", async () => {
    const { mail, server, hold } = await start();
    const { email } = await addPerson(server, "moderator");
    const { id } = await hold("Hello");
    const links = linksOf(await messageTo(mail, email));
    const button = buttonOf(await follow(server, links.Delete)) ?? "";
    // A week by the clock of a server that is started then.
    const week = 7 * 24 * 3_600_000;
    const preload = `Date.now = ((now) => () => now() + Number(process.env.LATER))(Date.now);`;
    const later = (by: number) =>
      server.restart({
        LATER: String(by),
        NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(preload)}`,
      });
    const before = await later(week - 60_000);
    expect(await follow(before, links.Delete)).toContain("Delete this comment?");
    const after = await later(week + 1000);
    expect(await follow(after, links.Delete)).toContain("This link is over");
    const asked = client(() => after);
    for (const token of [tokenOf(links.Delete), button])
      await asked.post("/api/confirm", { token }).expect(403);
    expect((await asked.get(`/api/comments/1/${id}`).set(...asked.admin())).body.status).toBe("pending");
  });
});

describe("what a moderator hears of", () => {
  test("is theirs to say, and admins', and is shown to nobody else", async () => {
    const { server, get, patch, admin } = await start();
    const { id, browser } = await addSignedIn(server, "moderator");
    const other = await addSignedIn(server, "moderator");
    expect((await get("/api/user").set(browser).expect(200)).body.notify).toBe("each");
    await patch("/api/user", { notify: "digest" }).set(browser).expect(200);
    expect((await get(`/api/users/${id}`).set(browser).expect(200)).body.notify).toBe("digest");
    expect(
      (
        await get(`/api/users/${id}`)
          .set(...admin())
          .expect(200)
      ).body.notify,
    ).toBe("digest");
    for (const res of [await get(`/api/users/${id}`), await get(`/api/users/${id}`).set(other.browser)])
      expect(res.body).not.toHaveProperty("notify");
    await patch(`/api/users/${id}`, { notify: "off" }).set(other.browser).expect(403);
    await patch("/api/user", { notify: "weekly" }).set(browser).expect(400);
    await patch(`/api/users/${id}`, { notify: "off" })
      .set(...admin())
      .expect(200);
    expect((await get("/api/user").set(browser).expect(200)).body.notify).toBe("off");
  });

  test("ends with one click of a mail program, which a moderator sees at once", async () => {
    const { mail, server, hold, get } = await start();
    const { email, browser } = await addSignedIn(server, "moderator");
    await hold("Hello");
    const message = await messageTo(mail, email);
    await sent(server);
    await hold("Another");
    const { headers } = await get("/api/user").set(browser).expect(200);
    const field = message.header("List-Unsubscribe");
    expect(field).toMatch(/^<https:\/\/comments\.example\/api\/confirm\?token=[\w-]+>$/);
    expect(message.header("List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
    const path = field.slice("<https://comments.example".length, -1);
    await request(server.url).post(path).type("form").send("List-Unsubscribe=One-Click").expect(200);
    const { body } = await get("/api/user")
      .set(browser)
      .set("If-None-Match", headers.etag ?? "")
      .expect(200);
    expect(body.notify).toBe("off");
    hastenMails(server);
    await sent(server);
    await hold("And another");
    expect(mailsOf(server).map(({ state }) => state)).toEqual(["sent", "dropped"]);
    expect(mail.arrived).toHaveLength(1);
  });
});
