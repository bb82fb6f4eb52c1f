import { describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { client } from "../support/client";
import { parseExposition } from "../support/exposition";
import { settledLogs } from "../support/logs";
import { startMailServer } from "../support/mailServer";
import { hastenMails, mailing, mailsOf, queueMail } from "../support/mails";
import { addPerson } from "../support/people";
import { failToStart, startServer } from "../support/server";
import { until } from "../support/until";
import { startWorkers } from "../support/workers";

const SECRET = "p@ss:word/with?signs";
const bob = { address: "bob@example.org" };

describe("a message", () => {
  test("goes to its one recipient, says who it is from, and is marked as made by a program", async () => {
    const mail = await startMailServer();
    const server = await startServer(mailing(mail));
    queueMail(server, bob);
    const [message] = await mail.wait(1);
    expect(message).toMatchObject({ from: "comments@blog.example", to: ["bob@example.org"] });
    expect(message?.types).toEqual(["text/plain", "text/html"]);
    expect(message?.header("From")).toBe("Blog <comments@blog.example>");
    expect(message?.header("To")).toBe("bob@example.org");
    expect(message?.header("Subject")).toBe("Mail from Antiphon arrives");
    expect(message?.header("Auto-Submitted")).toBe("auto-generated");
    expect(message?.header("Message-ID")).toMatch(/^<\d+\.[\w-]{22}@blog\.example>$/);
    expect(message?.text).toContain("https://comments.example/");
    expect(message?.html).toContain('<a href="https://comments.example/">To the server</a>');
    expect(message?.html).not.toMatch(/<img|style=|<script|127\.0\.0\.1/);
    await until(() => mailsOf(server)[0]?.state === "sent");
  });

  test("to somebody with an account goes to the address that they have when it is sent", async () => {
    const mail = await startMailServer();
    const server = await startServer(mailing(mail));
    const { id, email } = await addPerson(server);
    queueMail(server, { user: id });
    const [message] = await mail.wait(1);
    expect(message?.to).toEqual([email]);
  });

  test("of a kind or with facts that this version does not know is dropped", async () => {
    const mail = await startMailServer();
    const server = await startServer(mailing(mail));
    queueMail(server, bob, "of.tomorrow");
    queueMail(server, bob, "constructor");
    queueMail(server, bob, "mail.test", { more: 1 });
    await until(() => mailsOf(server).every(({ state }) => state === "dropped"));
    expect(mail.arrived).toEqual([]);
  });

  test("that can't be written is tried again later, not each minute for ever", async () => {
    const mail = await startMailServer();
    const server = await startServer(mailing(mail));
    const database = new Database(server.databaseFile, { timeout: 5000 });
    database.pragma("legacy_alter_table = ON");
    database.exec("ALTER TABLE readers RENAME TO readers_lost");
    queueMail(server, bob, "replies.digest", { reader: 1 });
    await until(() => mailsOf(server)[0]?.error !== null);
    const [row] = mailsOf(server);
    expect(row).toMatchObject({ state: "waiting", attempts: 1, error: "unwritten" });
    expect(Date.parse(row?.due_at ?? "")).toBeGreaterThan(Date.now());
    expect(await settledLogs(server)).toContain("a message could not be written");
    database.prepare("UPDATE mails SET attempts = 9").run();
    database.close();
    hastenMails(server);
    await until(() => mailsOf(server)[0]?.state === "failed");
    expect(mail.arrived).toEqual([]);
  });

  test.each([
    "bob@example.org, eve@example.org",
    '"a@b.c>, <victim@x"@example.org',
    "bob@example.org\r\nRCPT TO:<eve@example.org>",
    "bob",
  ])("to the address %j is sent to nobody", async (address) => {
    const mail = await startMailServer();
    const server = await startServer(mailing(mail));
    queueMail(server, { address });
    await until(() => mailsOf(server)[0]?.state === "failed");
    expect(mailsOf(server)[0]?.error).toBe("address");
    expect(mail.connections()).toBe(0);
  });
});

describe("what a commenter writes", () => {
  test.each([
    ["line breaks", "Eve\r\nBcc: victim@example.org\r\n\r\n<b>body</b>"],
    ["a bare CR", "Eve\rBcc: victim@example.org"],
    ["Unicode's line breaks", "Eve\u2028Bcc: victim@example.org\u2029X: y\u0085Z: z\u000bV: v\u000cF: f"],
    ["NUL and escapes", "Eve\u0001\u001b[31m\u007f"],
    ["encoded words", "=?utf-8?q?Eve=0D=0ABcc:_victim=40example.org?= =?utf-8?b?4oCu?="],
    ["what turns the direction", "Eve\u202etxt.exe\u2066\u2069\u202d"],
    ["address syntax", '"Eve" <victim@example.org>, victim@example.org;'],
    ["very many characters", "😀e\u0301".repeat(20_000)],
    ["a lot without a space", "x".repeat(60_000)],
    ["SMTP's end", "\r\n.\r\nMAIL FROM:<eve@example.org>\r\nRCPT TO:<victim@example.org>\r\nDATA\r\n"],
  ])("adds no field, recipient or message: %s, as name, title and text", async (_what, wicked) => {
    const mail = await startMailServer();
    const server = await startServer({ ...mailing(mail), SEED: "on", MODERATION: "all" });
    const { email } = await addPerson(server, "moderator");
    mail.behaviour = { refuse: 451, at: "data" };
    await client(() => server)
      .comment("Hello")
      .expect(202);
    await until(() => mailsOf(server)[0]?.error !== null);
    // Beside the server, which takes few of these.
    const database = new Database(server.databaseFile, { timeout: 5000 });
    const put = (sql: string) => database.prepare<[string]>(sql).run(wicked);
    put("UPDATE comments SET author = ? WHERE status = 'pending'");
    put("UPDATE comments SET comment = ? WHERE status = 'pending'");
    put("UPDATE posts SET title = ?");
    database.close();
    mail.behaviour = "take";
    hastenMails(server);
    const [message, ...others] = await mail.wait(1);
    if (!message) throw new Error("It came and is gone");
    await until(() => mailsOf(server)[0]?.state === "sent");
    expect(others).toEqual([]);
    expect(message).toMatchObject({ from: "comments@blog.example", to: [email] });
    expect(message.fields.map(([name]) => name).sort()).toEqual(
      [
        ...["auto-submitted", "content-type", "date", "from", "list-unsubscribe", "list-unsubscribe-post"],
        ...["message-id", "mime-version", "subject", "to", "x-auto-response-suppress"],
      ].sort(),
    );
    expect(message.header("To")).toBe(email);
    const subject = message.header("Subject");
    expect(subject).toMatch(/^A comment waits for a moderator: /);
    expect([...subject].length).toBeLessThanOrEqual(160);
    expect(`${subject}${message.text}${message.html}`).not.toMatch(
      /(?!\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u,
    );
    expect(message.raw).not.toMatch(/=\?utf-8\?q\?Eve/i);
    for (const line of message.raw.split("\r\n")) {
      expect(line.length).toBeLessThanOrEqual(998);
      expect(line).not.toMatch(/[\r\n]/);
    }
    for (const link of message.html.matchAll(/(?:href|src)="([^"]*)"/g))
      expect(link[1]).toMatch(/^https:\/\/comments\.example\//);
    expect(message.html).not.toContain("<b>");
    expect(message.raw.length).toBeLessThan(60_000);
  });
});

describe("with mail, the metrics", () => {
  test("tell how many messages wait, and what came of the tries", async () => {
    const mail = await startMailServer();
    mail.behaviour = { refuse: 451, at: "data" };
    const server = await startServer(mailing(mail));
    const { get, admin } = client(() => server);
    const told = async () => {
      const { sum } = parseExposition((await get("/api/metrics").set(...admin())).text);
      const total = (outcome: string) => sum("antiphon_mails_total", { outcome });
      return [sum("antiphon_mails_waiting"), ...["sent", "retried", "failed", "dropped"].map(total)];
    };
    expect(await told()).toEqual([0, 0, 0, 0, 0]);
    queueMail(server, bob);
    await until(async () => (await told())[2] === 1);
    expect(await told()).toEqual([1, 0, 1, 0, 0]);
    mail.behaviour = "take";
    hastenMails(server);
    queueMail(server, bob, "of.tomorrow");
    await until(async () => (await told())[0] === 0);
    await until(async () => (await told())[4] === 1);
    expect(await told()).toEqual([0, 1, 1, 0, 1]);
    mail.behaviour = { refuse: 550, at: "rcpt" };
    queueMail(server, bob);
    await until(async () => (await told())[3] === 1);
    expect(await told()).toEqual([0, 1, 1, 1, 1]);
    const { text } = await get("/api/metrics").set(...admin());
    expect(text).not.toContain("example.org");
  });
});

describe("the mail server", () => {
  test("that refuses a recipient for good is not asked again", async () => {
    const mail = await startMailServer();
    mail.behaviour = { refuse: 550, at: "rcpt" };
    const server = await startServer(mailing(mail));
    queueMail(server, bob);
    await until(() => mailsOf(server)[0]?.state === "failed");
    expect(mailsOf(server)).toMatchObject([{ attempts: 1, due_at: null, error: "EENVELOPE 550" }]);
    const logs = await settledLogs(server);
    expect(logs).toContain("a message could not be sent for good");
    expect(logs).not.toContain("bob@example.org");
  });

  test.each(["data", "rcpt"] as const)(
    "that refuses for now at %s gets the same message later, under the same id",
    async (at) => {
      const mail = await startMailServer();
      mail.behaviour = { refuse: 451, at };
      const server = await startServer(mailing(mail));
      queueMail(server, bob);
      await until(() => mailsOf(server)[0]?.error !== null);
      const [row] = mailsOf(server);
      expect(row).toMatchObject({ state: "waiting", attempts: 1 });
      const wait = Date.parse(row?.due_at ?? "") - Date.now();
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThan(6500);
      mail.behaviour = "take";
      hastenMails(server);
      await mail.wait(1);
      await until(() => mailsOf(server)[0]?.state === "sent");
      expect(mailsOf(server)).toMatchObject([{ attempts: 2, error: null }]);
    },
  );

  test("that cannot be reached, or hangs up, is tried again, and a comment waits for neither", async () => {
    const mail = await startMailServer();
    const server = await startServer({ ...mailing(mail), SEED: "on", MODERATION: "open" });
    mail.behaviour = "drop";
    queueMail(server, bob);
    await until(() => mailsOf(server)[0]?.error !== null);
    mail.behaviour = "hang";
    hastenMails(server);
    await until(() => mail.tries() === 2);
    await client(() => server)
      .comment("While the mail server hangs")
      .expect(201);
    expect(mailsOf(server)[0]).toMatchObject({ state: "waiting", attempts: 2 });
    const again = await server.restart();
    await until(() => mail.tries() === 3);
    // What the first process broke off counts as no try.
    expect(mailsOf(again)[0]).toMatchObject({ attempts: 2 });
    await mail.stop();
    await until(() => mailsOf(again)[0]?.state === "waiting" && mailsOf(again)[0]?.error !== null);
    await client(() => again)
      .comment("While there is none")
      .expect(201);
    const back = await startMailServer({ port: mail.port });
    hastenMails(again);
    const [message] = await back.wait(1);
    expect(message?.to).toEqual(["bob@example.org"]);
  });

  test("that took a message before this process was killed gets it again, under the same Message-ID", async () => {
    const mail = await startMailServer();
    mail.behaviour = "mute";
    const server = await startServer(mailing(mail));
    queueMail(server, bob);
    await mail.wait(1);
    await server.kill();
    expect(mailsOf(server)).toMatchObject([{ state: "waiting", attempts: 1, error: null }]);
    mail.behaviour = "take";
    const again = await server.restart();
    // The dead process's claim is over in a minute.
    hastenMails(again, { claimed: true });
    const [first, second] = await mail.wait(2);
    expect(second?.header("Message-ID")).toBe(first?.header("Message-ID"));
    await until(() => mailsOf(again)[0]?.state === "sent");
    expect(mail.arrived).toHaveLength(2);
  });

  test("that hangs holds up no comment", async () => {
    const mail = await startMailServer();
    mail.behaviour = "hang";
    const server = await startServer({ ...mailing(mail), SEED: "on", MODERATION: "all" });
    await addPerson(server, "moderator");
    const { comment } = client(() => server);
    await comment("The first").expect(202);
    await until(() => mail.tries() === 1);
    // Its message is under way all the time.
    for (let n = 0; n < 20; n++) await comment(`While it hangs ${n}`).expect(202);
    expect(mailsOf(server)).toMatchObject([
      { state: "waiting", attempts: 1, error: null },
      { state: "waiting", attempts: 0 },
    ]);
    expect([mail.tries(), mail.arrived.length]).toEqual([1, 0]);
  });

  test("that does not encrypt gets neither the password nor a message, unless it is on this machine", async () => {
    const login = { user: "blog", pass: SECRET };
    const seen: string[] = [];
    const mail = await startMailServer({
      login,
      disabledCommands: ["STARTTLS"],
      onMailFrom: (_address, _session, callback) => {
        seen.push("MAIL FROM");
        callback();
      },
      onAuth: (_auth, _session, callback) => {
        seen.push("AUTH");
        callback(null, { user: "blog" });
      },
    });
    const elsewhere = { url: mail.url.replace("127.0.0.1", "0.0.0.0") };
    const server = await startServer({ ...mailing(elsewhere), LOG_LEVEL: "trace" });
    queueMail(server, bob);
    await until(() => mailsOf(server)[0]?.error !== null);
    expect(mailsOf(server)).toMatchObject([{ state: "waiting", error: expect.stringMatching(/^ETLS\b/) }]);
    expect(mail.connections()).toBeGreaterThan(0);
    expect([seen, mail.arrived]).toEqual([[], []]);
    expect(await settledLogs(server)).not.toContain(SECRET);
  });

  test("gets 1,000 messages within an hour at most, and the others wait", async () => {
    const mail = await startMailServer();
    const server = await startServer();
    for (let n = 0; n < 40; n++) queueMail(server, { address: `reader${n}@example.org` });
    // As if 980 had gone already: each is paid back in 3.6 seconds.
    const began = Date.now();
    const database = new Database(server.databaseFile, { timeout: 5000 });
    database.prepare("INSERT INTO limits (key, full_at) VALUES ('mail', ?)").run(began + 980 * 3600);
    database.close();
    const again = await server.restart(mailing(mail));
    await mail.wait(20);
    await until(() => mailsOf(again).filter(({ state }) => state === "sent").length >= 20);
    const most = 20 + Math.ceil((Date.now() - began) / 3600);
    expect(mail.arrived.length).toBeLessThanOrEqual(most);
    const left = mailsOf(again).filter(({ attempts }) => attempts === 0);
    expect(left.length).toBeGreaterThanOrEqual(40 - most);
    expect(left.every(({ state }) => state === "waiting")).toBe(true);
  });

  test("that is down uses up nothing of that", async () => {
    const mail = await startMailServer();
    mail.behaviour = { refuse: 451, at: "data" };
    const server = await startServer(mailing(mail));
    for (let n = 0; n < 5; n++) queueMail(server, { address: `reader${n}@example.org` });
    await until(() => mailsOf(server).every(({ error }) => error !== null));
    const database = new Database(server.databaseFile, { readonly: true, timeout: 5000 });
    const fullAt = database
      .prepare<[], number>("SELECT full_at FROM limits WHERE key = 'mail'")
      .pluck()
      .get();
    database.close();
    expect(fullAt ?? 0).toBeLessThan(Date.now() + 3600);
  });

  test("gets each message once from two workers", async () => {
    const mail = await startMailServer();
    const server = await startWorkers(2, mailing(mail));
    const all = Array.from({ length: 30 }, (_, n) => `reader${n}@example.org`);
    for (const address of all) queueMail(server, { address });
    await until(() => mailsOf(server).every(({ state }) => state === "sent"));
    expect(mail.arrived.flatMap(({ to }) => to).sort()).toEqual([...all].sort());
  });

  test("is given user and password, which are in no log", async () => {
    const login = { user: "blog@example.org", pass: SECRET };
    const mail = await startMailServer({ login });
    const server = await startServer({ ...mailing(mail), LOG_LEVEL: "trace" });
    queueMail(server, bob);
    const [message] = await mail.wait(1);
    expect(message?.user).toBe("blog@example.org");
    const wrong = mail.url.replace(encodeURIComponent(SECRET), "wrong-password");
    const again = await server.restart({ SMTP_URL: wrong });
    queueMail(again, bob);
    await until(() => mailsOf(again).some(({ error }) => error === "EAUTH 535"));
    // Ours to mend, and no fault of the recipient.
    expect(mailsOf(again)[1]?.state).toBe("waiting");
    for (const logs of [await settledLogs(again), server.logs()])
      for (const word of [SECRET, encodeURIComponent(SECRET), "wrong-password", "bob@example.org"])
        expect(logs).not.toContain(word);
  });

  test("whose certificate nobody vouches for gets neither the password nor a message", async () => {
    const login = { user: "blog", pass: SECRET };
    const mail = await startMailServer({ login, secure: true });
    const server = await startServer(mailing(mail));
    queueMail(server, bob);
    await until(() => mailsOf(server)[0]?.error !== null);
    expect(mailsOf(server)[0]?.state).toBe("waiting");
    expect(mail.arrived).toEqual([]);
  });
});

describe("without SMTP_URL", () => {
  test("nothing is sent, and what waits goes out once it is set", async () => {
    const mail = await startMailServer();
    const server = await startServer();
    queueMail(server, bob);
    await client(() => server)
      .get("/api/hello")
      .expect(200);
    expect(mailsOf(server)).toMatchObject([{ state: "waiting", attempts: 0 }]);
    const again = await server.restart(mailing(mail));
    await mail.wait(1);
    await until(() => mailsOf(again)[0]?.state === "sent");
  });
});

describe("a server whose mail is set up wrong does not start, and says in one sentence what to mend:", () => {
  const right = {
    SMTP_URL: `smtp://blog:${encodeURIComponent(SECRET)}@mail.example`,
    MAIL_FROM: "a@blog.example",
    PUBLIC_URL: "https://c.example",
  };
  test.each([
    ["MAIL_FROM", { MAIL_FROM: "" }],
    ["PUBLIC_URL", { PUBLIC_URL: "" }],
    ["MAIL_FROM", { MAIL_FROM: "Blog" }],
    ["MAIL_FROM", { MAIL_FROM: "a@blog.example, b@blog.example" }],
    ["SMTP_URL", { SMTP_URL: "mail.example" }],
    ["SMTP_URL", { SMTP_URL: "https://mail.example" }],
    ["SMTP_URL", { SMTP_URL: `smtp://blog:${SECRET}@mail.example` }],
    ["SMTP_URL", { SMTP_URL: "smtp://blog@mail.example" }],
    ["SMTP_URL", { SMTP_URL: `${right.SMTP_URL}?pool=true` }],
  ])("%s, with %j", async (name, wrong) => {
    const { code, output } = await failToStart({ ...right, ...wrong });
    expect(code).toBe(1);
    expect(output).toContain(name);
    expect(output.trim().split("\n")).toHaveLength(1);
    expect(output).not.toContain(SECRET);
    expect(output).not.toContain(encodeURIComponent(SECRET));
  });
});
