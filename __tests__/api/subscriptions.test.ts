import { beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { client } from "../support/client";
import { type MailServer, startMailServer } from "../support/mailServer";
import { hastenMails, linkToken, mailsOf } from "../support/mails";
import { addSignedIn, fromHere, PASSWORD } from "../support/people";
import { accept, lettersTo, startMailing, subscribe, tokenIn } from "../support/replies";
import request from "../support/request";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";

let mail: MailServer;
let server: Server;
const { get, post, comment, patch, delete: erase, admin } = client(() => server);
let made = 0;
const somebody = () => `reader${++made}@reader.example`;
const form = "application/x-www-form-urlencoded";

beforeAll(async () => {
  mail = await startMailServer();
  server = await startMailing(mail);
});

/** A guest who has confirmed, and the token of the page with all that they hear of. */
async function reader(more: object = {}) {
  const email = somebody();
  const mine = await subscribe(server, mail, email, more);
  await comment(`To ${email}`, { post: mine.post, parent: mine.id }).expect(201);
  const [, told] = await lettersTo(mail, email, 2);
  return { email, mine, token: tokenIn(told ?? { text: "" }, "/subscriptions") };
}

describe("the wish to hear of replies", () => {
  test("needs an e-mail address", async () => {
    const { body } = await comment("No address", { notify: "replies" }).expect(400);
    expect(body.issues).toEqual([
      { path: ["notify"], code: "custom", message: "To hear of replies, an e-mail address is needed" },
    ]);
    await comment("No address", { notify: "thread" })
      .set(...admin())
      .expect(400);
  });

  test.each(["all", "", 1, ["replies"], { $ne: "" }])("can't be %j", async (notify) => {
    const { body } = await comment("What?", { notify, email: somebody() }).expect(400);
    expect(body.issues).toMatchObject([{ path: ["notify"] }]);
  });

  test("is answered as off by a server that sends no mail, keeps nothing, and has no box for it", async () => {
    const quiet = await startServer({ SEED: "on", MODERATION: "open" });
    const { body } = await client(() => quiet)
      .comment("Nobody hears of it", { notify: "thread", email: "ada@reader.example" })
      .expect(201);
    expect(body.notify).toBe("off");
    const database = new Database(quiet.databaseFile, { readonly: true, timeout: 5000 });
    expect(database.prepare("SELECT * FROM readers").all()).toEqual([]);
    database.close();
    expect((await request(quiet.url).get("/posts/1").expect(200)).text).not.toContain('name="notify"');
  });

  test("is in no answer where nobody had it, and the same again with the same key", async () => {
    expect((await comment("Without").expect(201)).body).not.toHaveProperty("notify");
    const email = somebody();
    const send = () =>
      comment("With", { email, notify: "replies" })
        .set("Idempotency-Key", "replies-of-one-and-the-same")
        .expect(201);
    const [first, second] = [await send(), await send()];
    expect(second.body).toEqual(first.body);
    expect(first.body.notify).toBe("asked");
    await until(() => mail.arrived.some(({ to }) => to[0] === email));
    expect(mail.arrived.filter(({ to }) => to[0] === email)).toHaveLength(1);
  });
});

describe("the form on a post's page", () => {
  const send = (fields: object) =>
    request(server.url)
      .post("/api/comments")
      .set("Accept", "text/html")
      .set(fromHere)
      .type(form)
      .send(fields);

  test("has a box, and says without JavaScript that a message is to be confirmed", async () => {
    const { text } = await request(server.url).get("/posts/1").expect(200);
    expect(text).toMatch(/<input[^>]*name="notify"[^>]*value="replies"/);
    const email = somebody();
    const sent = await send({ post: 1, comment: "From a form", email, notify: "replies" }).expect(303);
    expect(sent.headers.location).toMatch(/\/posts\/react-hooks\?at=\d+&notify=asked#comment-\d+$/);
    const page = await request(server.url)
      .get(new URL(sent.headers.location ?? "").pathname + new URL(sent.headers.location ?? "").search)
      .expect(200);
    expect(page.text).toContain("To hear of replies, confirm it");
    await until(() => mail.arrived.some(({ to }) => to[0] === email));
  });

  test("says what is missing where the box is ticked without an address", async () => {
    const sent = await send({ post: 1, comment: "From a form", notify: "replies" }).expect(303);
    expect(sent.headers.location).toBe("/posts/1?error=invalid_input&field=notify#respond");
    const { text } = await request(server.url)
      .get(sent.headers.location ?? "")
      .expect(200);
    expect(text).toContain("To hear of replies, fill in your e-mail address");
  });
});

describe("the page with all that somebody hears of", () => {
  const page = (token: string, more = "") => request(server.url).get(`/subscriptions?token=${token}${more}`);
  const send = (fields: object) =>
    request(server.url)
      .post("/api/subscriptions")
      .set("Accept", "text/html")
      .set("Origin", "https://comments.example")
      .type(form)
      .send(fields);

  test("opens with the link in any message, is kept by nobody, and changes nothing by being looked at", async () => {
    const { token, mine } = await reader();
    const { text, headers } = await page(token).expect(200);
    expect(text).toContain("React Hooks");
    expect(text).toContain(`/posts/${mine.post}?at=${mine.id}#comment-${mine.id}`);
    expect(headers["cache-control"]).toBe("private, no-store");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["x-robots-tag"]).toBe("noindex");
    const { body, headers: plain } = await get(`/api/subscriptions?token=${token}`).expect(200);
    expect(body).toMatchObject([
      { post: 1, comment: mine.id, notify: "replies", pace: "soon", confirmed: true },
    ]);
    expect(plain["cache-control"]).toBe("private, no-store");
  });

  test("changes and ends them without JavaScript", async () => {
    const { token } = await reader();
    const [{ id }] = (await get(`/api/subscriptions?token=${token}`)).body;
    const changed = await send({ token, id, notify: "thread", pace: "daily" }).expect(303);
    expect(changed.headers.location).toBe(`/subscriptions?done=1&token=${token}`);
    const { text } = await page(token, "&done=1").expect(200);
    expect(text).toContain("Done.");
    expect(text).toMatch(/<option value="daily" selected="">/);
    await send({ token, id, notify: "off" }).expect(303);
    expect((await page(token, "&done=1").expect(200)).text).toContain("You hear of nothing");
    expect((await page(token).expect(200)).text).toContain("This link is over");
    const over = await send({ token, id, notify: "off" }).expect(303);
    expect(over.headers.location).toBe(`/subscriptions?error=link_over&token=${token}`);
  });

  test("knows no other person's", async () => {
    const [one, other] = [await reader(), await reader({ post: 2 })];
    const [{ id }] = (await get(`/api/subscriptions?token=${other.token}`)).body;
    const { body } = await post("/api/subscriptions", { token: one.token, id, notify: "off" }).expect(404);
    expect(body.code).toBe("subscription_not_found");
    expect((await get(`/api/subscriptions?token=${other.token}`)).body).toHaveLength(1);
    for (const token of [
      "AAECAwQ",
      linkToken(server, { purpose: "silence", subject: { reader: 1 }, state: "on" }),
    ]) {
      expect((await get(`/api/subscriptions?token=${token}`).expect(403)).body.code).toBe("link_over");
      await post("/api/subscriptions", { token, notify: "off" }).expect(403);
      expect((await page(token).expect(200)).text).toContain("This link is over");
    }
    await get("/api/subscriptions").expect(401);
    await post("/api/subscriptions", { notify: "off" }).expect(401);
    await post("/api/subscriptions", { token: one.token, pace: "never" }).expect(400);
  });
});

describe("somebody with an account", () => {
  test("confirms once, sees and ends it signed in, and confirms a new address anew", async () => {
    const person = await addSignedIn(server, "member", "Hypatia");
    const say = (text: string) => comment(text, { notify: "replies" }).set(person.browser).expect(201);
    const { body: first } = await say("Mine");
    expect(first.notify).toBe("asked");
    const [question] = await lettersTo(mail, person.email);
    await accept(server, tokenIn(question ?? { text: "" }, "/confirm"));
    const { body: second } = await say("Mine, too");
    expect(second.notify).toBe("on");
    await comment("A reply", { parent: second.id }).expect(201);
    const [, told] = await lettersTo(mail, person.email, 2);
    expect(told?.text).toContain("> A reply");
    const token = tokenIn(told ?? { text: "" }, "/subscriptions");
    const { body: all } = await get("/api/subscriptions").set(person.browser).expect(200);
    expect(all).toMatchObject([
      { comment: second.id, confirmed: true },
      { comment: first.id, confirmed: true },
    ]);
    expect((await request(server.url).get("/subscriptions").set(person.browser)).text).toContain(
      "React Hooks",
    );
    const { body: data } = await get("/api/user/data").set(person.browser).expect(200);
    expect(data.subscriptions).toMatchObject([{ comment: first.id }, { comment: second.id }]);

    const email = somebody();
    await patch("/api/user", { email, currentPassword: PASSWORD }).set(person.browser).expect(200);
    // What went to the former address opens nothing any more.
    await get(`/api/subscriptions?token=${token}`).expect(403);
    await comment("Another reply", { parent: second.id }).expect(201);
    hastenMails(server);
    const moved = () => mail.arrived.filter(({ to }) => to[0] === email);
    await until(() => moved().length === 1 && mailsOf(server).every(({ state }) => state !== "waiting"));
    expect(moved()[0]?.text).not.toContain("Another reply");
    await accept(server, tokenIn(moved()[0] ?? { text: "" }, "/confirm"));
    // Behind its pause.
    hastenMails(server);
    await until(() => moved().length === 2);
    expect(moved()[1]?.text).toContain("> Another reply");
    const former = mail.arrived.filter(({ to }) => to[0] === person.email);
    expect(former.filter(({ text }) => text.includes("reply"))).toHaveLength(1);

    const { body: left } = await post("/api/subscriptions", { id: all[0].id, notify: "off" })
      .set(person.browser)
      .expect(200);
    expect(left).toMatchObject([{ comment: first.id }]);
    await post("/api/subscriptions", { notify: "off" })
      .set({ ...person.browser, "Sec-Fetch-Site": "cross-site" })
      .expect(403);
    await erase("/api/user/data").set(person.browser).send({ currentPassword: PASSWORD }).expect(200);
    const database = new Database(server.databaseFile, { readonly: true, timeout: 5000 });
    expect(database.prepare("SELECT * FROM readers WHERE user_id = ?").all(person.id)).toEqual([]);
    expect(database.prepare("SELECT * FROM mails WHERE user_id = ?").all(person.id)).toEqual([]);
    database.close();
  });

  test("who is not signed in is asked to, and led back", async () => {
    await get("/subscriptions").expect(307).expect("Location", "/login?next=%2Fsubscriptions");
  });
});
