import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import type { Response } from "supertest";
import { bearer, client } from "../support/client";
import { Contract } from "../support/contract";
import { settledLogs } from "../support/logs";
import { type MailServer, startMailServer } from "../support/mailServer";
import { linkToken, mailing, mailsOf } from "../support/mails";
import { addPerson, addSignedIn, fromHere, PASSWORD, signIn } from "../support/people";
import request from "../support/request";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";

const ANOTHER = "a reel for the bodhran";
const form = "application/x-www-form-urlencoded";

let server: Server;
let mail: MailServer;
let contract: Contract;
const { get, post, put, patch, admin } = client(() => server);

beforeAll(async () => {
  mail = await startMailServer();
  server = await startServer({ ...mailing(mail), ALLOWED_ORIGINS: "https://blog.example", TRUST_PROXY: "1" });
  contract = await Contract.of(server.url);
});

beforeEach(() => mail.clear());

const ask = (email: string) => post("/api/password-reset", { email });
const take = (token: string, password = ANOTHER) => put("/api/password-reset", { token, password });

const settled = () => until(() => mailsOf(server).every(({ state }) => state !== "waiting"));

/** The token of the link in the message to this address. */
function tokenTo(email: string): string {
  const message = mail.arrived.find(
    ({ to, text }) => to.includes(email) && text.includes("/password?token="),
  );
  const [, token] =
    /^https:\/\/comments\.example\/password\?token=([\w-]+)$/m.exec(message?.text ?? "") ?? [];
  if (token === undefined) throw new Error(`No link went to ${email}`);
  return token;
}

/** Somebody with an account, and the token of the link that they were sent. */
async function forgetful(): Promise<{ id: number; email: string; token: string }> {
  const person = await addPerson(server);
  await ask(person.email).expect(202);
  await settled();
  return { ...person, token: tokenTo(person.email) };
}

/** What an answer says, but for what is another in each. */
function said({ status, body, headers }: Response): unknown {
  const { date, "x-request-id": id, ...rest } = headers;
  return { status, body, headers: rest };
}

describe("asking for a new password", () => {
  test("sends a link that works for an hour to whoever has the address, in any case", async () => {
    const { email } = await addPerson(server);
    const res = await ask(email.toUpperCase()).expect(202);
    contract.expectKept("POST", "/api/password-reset", res);
    const [message] = await mail.wait(1);
    expect(message?.to).toEqual([email]);
    expect(message?.header("Subject")).toBe("A new password");
    expect(message?.html).toContain(`<a href="https://comments.example/password?token=${tokenTo(email)}">`);
    expect(message?.text).toContain("do nothing: your password stays");
  });

  test("gets the same answer whether or not anybody has the address, and as many rows are written", async () => {
    const { email } = await addPerson(server);
    const before = mailsOf(server).length;
    const [known, unknown, again] = [await ask(email), await ask("nobody-1@example.org"), await ask(email)];
    expect(said(unknown)).toEqual(said(known));
    expect(said(again)).toEqual(said(known));
    expect(mailsOf(server)).toHaveLength(before + 2);
    await settled();
    expect(mailsOf(server).at(-1)?.state).toBe("dropped");
    expect(mail.arrived.flatMap(({ to }) => to)).toEqual([email]);
  });

  test("keeps no address that is nobody's", async () => {
    await ask("kept-nowhere@example.org").expect(202);
    await settled();
    const database = new Database(server.databaseFile, { readonly: true });
    const rows = JSON.stringify([
      database.prepare("SELECT * FROM mails").all(),
      database.prepare("SELECT * FROM limits").all(),
    ]);
    database.close();
    expect(rows).not.toContain("kept-nowhere");
    expect(await settledLogs(server)).not.toContain("kept-nowhere");
  });

  test("often sends one message, and the answer tells nothing of it", async () => {
    const { email } = await addPerson(server);
    const all = await Promise.all(Array.from({ length: 8 }, () => ask(email)));
    expect(new Set(all.map((res) => JSON.stringify(said(res))))).toHaveProperty("size", 1);
    await settled();
    expect(mail.arrived).toHaveLength(1);
  });

  test("goes out to somebody who had twenty messages within the hour", async () => {
    const { id, email } = await addPerson(server);
    const database = new Database(server.databaseFile, { timeout: 5000 });
    const now = new Date().toISOString();
    const had = database.prepare(
      "INSERT INTO mails (kind, user_id, facts, state, created_at) VALUES ('mail.test', ?, '{}', 'sent', ?)",
    );
    for (let n = 0; n < 25; n++) had.run(id, now);
    database.close();
    await ask(email).expect(202);
    await mail.wait(1);
  });

  test("is for this server's own pages and programs, and for something like an address", async () => {
    const { email } = await addPerson(server);
    const foreign = await ask(email).set("Origin", "https://blog.example").expect(403);
    expect(foreign.body.code).toBe("cross_site");
    contract.expectKept("POST", "/api/password-reset", foreign);
    for (const wrong of ["", "x", "a@b.c>, <victim@example.org", "a@example.org\r\nBcc: b@example.org"])
      expect((await ask(wrong).expect(400)).body.code).toBe("invalid_input");
    await settled();
    expect(mail.arrived).toEqual([]);
  });

  test("is limited for a network, known and unknown addresses alike", async () => {
    const own = await startServer({ ...mailing(mail), RATE_LIMIT: "on" });
    const there = client(() => own);
    for (let n = 0; n < 10; n++)
      await there.post("/api/password-reset", { email: `n${n}@example.org` }).expect(202);
    const { email } = await addPerson(own);
    for (const one of ["n11@example.org", email]) {
      const res = await there.post("/api/password-reset", { email: one }).expect(429);
      expect(Number(res.headers["retry-after"])).toBeGreaterThan(0);
      contract.expectKept("POST", "/api/password-reset", res);
    }
  });

  test("without mail is 409, which names the settings; the page names the command", async () => {
    const own = await startServer();
    const there = client(() => own);
    const { email } = await addPerson(own);
    const refused = await there.post("/api/password-reset", { email }).expect(409);
    contract.expectKept("POST", "/api/password-reset", refused);
    expect(refused.body).toMatchObject({ code: "mail_off", error: expect.stringContaining("SMTP_URL") });
    expect((await there.get("/forgotten").expect(200)).text).toContain("npm run user -- password");
    const login = await there.get("/login").expect(200);
    expect(login.text).not.toContain("/forgotten");
    expect((await get("/login").expect(200)).text).toContain('<a href="/forgotten">Forgotten password?</a>');
  });
});

describe("the link to a new password", () => {
  test("leads to a page with a form for it, and changes nothing, however often it is followed", async () => {
    const { email, token } = await forgetful();
    await get(`/password?token=${token}`).expect(200);
    const { text, headers } = await get(`/password?token=${token}`).expect(200);
    expect(text).toMatch(/<form class="sign-in" action="\/api\/password-reset" method="post">/);
    expect(text).toMatch(/<input type="hidden" name="_method" value="PUT"\/>/);
    expect(text).toMatch(new RegExp(`<input type="email" autoComplete="username"[^>]*value="${email}"`));
    expect(text).toMatch(/<input[^>]*type="password"[^>]*autoComplete="new-password"/);
    expect(headers).toMatchObject({
      "cache-control": "private, no-store",
      "referrer-policy": "same-origin",
      "x-robots-tag": "noindex",
    });
    expect((await signIn(server, email)).status).toBe(201);
  });

  test("sets the password once, ends every session, is in the audit log, and is told by mail", async () => {
    const { id, email, browser } = await addSignedIn(server, "moderator", "Forgetful");
    const { token: api } = (await post("/api/tokens", { name: "bot" }).set(browser).expect(201)).body;
    await ask(email).expect(202);
    await settled();
    const token = tokenTo(email);
    mail.clear();
    const res = await take(token).expect(200);
    contract.expectKept("PUT", "/api/password-reset", res);
    expect(res.headers["set-cookie"]).toBeUndefined();
    await get("/api/user").set("Cookie", browser.Cookie).expect(401);
    await get("/api/user")
      .set(...bearer(api))
      .expect(200);
    expect((await signIn(server, email)).status).toBe(401);
    expect((await signIn(server, email, ANOTHER)).status).toBe(201);
    const again = await take(token, "another one again").expect(403);
    expect(again.body.code).toBe("link_over");
    contract.expectKept("PUT", "/api/password-reset", again);
    const [entry] = (await get(`/api/audit?type=user&subject=${id}`).set(...admin())).body;
    expect(entry).toMatchObject({
      action: "user.password",
      by: { user: id, name: "Forgetful", role: "moderator" },
      before: null,
      after: null,
    });
    await post(`/api/audit/${entry.id}/undo`)
      .set(...admin())
      .expect(409);
    const [message] = await mail.wait(1);
    expect(message?.to).toEqual([email]);
    expect(message?.header("Subject")).toBe("Your password was changed");
    expect(message?.text).toContain("https://comments.example/forgotten");
    const logs = await settledLogs(server);
    expect(logs).toContain('"event":"password reset"');
    for (const secret of [token, ANOTHER, email]) expect(logs).not.toContain(secret);
  });

  test("works once, of however many at the same time", async () => {
    const { token } = await forgetful();
    const all = await Promise.all(Array.from({ length: 6 }, (_, n) => take(token, `${ANOTHER} ${n}`)));
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array(5).fill(403)]);
  });

  test("can be tried again with another password where one was refused", async () => {
    const { token } = await forgetful();
    for (const wrong of ["short", "password1", "x".repeat(257)]) {
      const res = await take(token, wrong).expect(400);
      expect(res.body.issues[0]).toMatchObject({ path: ["password"] });
    }
    await take(token).expect(200);
  });

  test("is over once the password or the address was changed otherwise", async () => {
    for (const change of [{ password: "changed by hand" }, { email: `moved-${Date.now()}@example.org` }]) {
      const { id, email, token } = await forgetful();
      await patch(`/api/users/${id}`, change)
        .set(...admin())
        .expect(200);
      await take(token).expect(403);
      expect((await get(`/password?token=${token}`).expect(200)).text).toContain("This link is over");
      expect((await signIn(server, change.email ?? email, change.password ?? PASSWORD)).status).toBe(201);
    }
    const { id, token } = await forgetful();
    await client(() => server)
      .delete(`/api/users/${id}`)
      .set(...admin())
      .expect(200);
    await take(token).expect(403);
  });

  test("is of no use tampered with, for something else, too old, or for another account", async () => {
    const { id, email, token } = await forgetful();
    const { id: other } = await addPerson(server);
    for (let at = 0; at < token.length; at += 7)
      await take(token.slice(0, at) + (token[at] === "A" ? "Q" : "A") + token.slice(at + 1)).expect(403);
    for (const wrong of [token.slice(1), `${token}A`, "A", "x".repeat(2000)]) await take(wrong).expect(403);
    const database = new Database(server.databaseFile, { readonly: true });
    const password = database
      .prepare<[number], string>("SELECT password FROM users WHERE id = ?")
      .pluck()
      .get(id);
    database.close();
    const state = JSON.stringify([password, email]);
    const link = { purpose: "reset", subject: { user: id }, state };
    await take(linkToken(server, { ...link, purpose: "silence" })).expect(403);
    await take(linkToken(server, { ...link, until: Date.now() - 1 })).expect(403);
    await take(linkToken(server, { ...link, subject: { user: other } })).expect(403);
    await take(linkToken(server, { ...link, subject: { user: other + 1000 } })).expect(403);
    await take(linkToken(server, { ...link, subject: { user: String(id) } })).expect(403);
    await post("/api/confirm", { token }).expect(403);
    expect((await signIn(server, email)).status).toBe(201);
    await take(linkToken(server, link)).expect(200);
  });

  test("gives a first password to somebody whom an admin made an account without one", async () => {
    const email = "first-password@example.org";
    await post("/api/users", { name: "No Password Yet", email })
      .set(...admin())
      .expect(201);
    await ask(email).expect(202);
    await settled();
    await take(tokenTo(email)).expect(200);
    expect((await signIn(server, email, ANOTHER)).status).toBe(201);
  });
});

describe("without JavaScript", () => {
  const send = (body: object, origin = "https://comments.example") =>
    request(server.url)
      .post("/api/password-reset")
      .set({ Accept: "text/html,*/*;q=0.8", Origin: origin, ...fromHere })
      .type(form)
      .send(body)
      .redirects(0)
      .expect(303);

  test("one asks, is told to look into the mail, takes a password, and is led to sign in", async () => {
    const { email } = await addPerson(server);
    const asked = await send({ email });
    contract.expectKept("POST", "/api/password-reset", asked);
    expect(asked.headers.location).toBe("/forgotten?sent=1");
    expect((await get("/forgotten?sent=1").expect(200)).text).toContain("a link is on its way");
    await settled();
    const token = tokenTo(email);
    const short = await send({ _method: "PUT", token, password: "short" });
    expect(short.headers.location).toBe(`/password?error=invalid_input&field=password&token=${token}`);
    const page = await get(short.headers.location ?? "").expect(200);
    expect(page.text).toContain("Take a password of 8 to 256 characters");
    const taken = await send({ _method: "PUT", token, password: ANOTHER });
    expect(taken.headers.location).toBe("/login?changed=1");
    expect((await get("/login?changed=1").expect(200)).text).toContain("Your password is changed.");
    const over = await send({ _method: "PUT", token, password: ANOTHER });
    expect((await get(over.headers.location ?? "").expect(200)).text).toContain("This link is over");
    expect((await signIn(server, email, ANOTHER)).status).toBe(201);
  });

  test("what is no address is said beside the field, and not kept in the address bar", async () => {
    const refused = await send({ email: "not-one" });
    expect(refused.headers.location).toBe("/forgotten?error=invalid_input&field=email");
    expect((await get("/forgotten?error=invalid_input&field=email").expect(200)).text).toContain(
      "This is not an e-mail address.",
    );
  });
});

describe("a change of password or address by whoever is signed in", () => {
  test("is told by mail, that of an address to the former one, without the new", async () => {
    const { id, email, browser } = await addSignedIn(server);
    await patch("/api/user", { password: ANOTHER, currentPassword: PASSWORD }).set(browser).expect(200);
    expect((await mail.wait(1))[0]).toMatchObject({ to: [email] });
    expect(mail.arrived[0]?.header("Subject")).toBe("Your password was changed");
    mail.clear();
    await patch("/api/user", { email: email.toUpperCase(), currentPassword: ANOTHER })
      .set(browser)
      .expect(200);
    await patch("/api/user", { email: `new-${email}`, currentPassword: ANOTHER })
      .set(browser)
      .expect(200);
    const [message] = await mail.wait(1);
    expect(message?.to.map((one) => one.toLowerCase())).toEqual([email]);
    expect(message?.header("Subject")).toBe("Your account has another e-mail address");
    expect(message?.raw).not.toContain("new-");
    await settled();
    expect(mail.arrived).toHaveLength(1);
    await client(() => server)
      .delete(`/api/users/${id}`)
      .set(...admin())
      .expect(200);
    const database = new Database(server.databaseFile, { readonly: true });
    const left = database.prepare("SELECT count(*) FROM mails WHERE address = ?").pluck().get(email);
    database.close();
    expect(left).toBe(0);
  });
});
