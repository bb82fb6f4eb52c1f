import { describe, expect, test } from "@jest/globals";
import { client } from "../support/client";
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

  test("is told the same Message-ID by the next process when this one was killed behind its back", async () => {
    const mail = await startMailServer();
    const server = await startServer(mailing(mail));
    queueMail(server, bob);
    await mail.wait(1);
    await server.kill();
    // As if the answer had not been kept any more.
    const again = await server.restart();
    const { default: Database } = await import("better-sqlite3");
    const database = new Database(again.databaseFile, { timeout: 5000 });
    database.exec("UPDATE mails SET state = 'waiting', due_at = '2026-01-01T00:00:00.000Z'");
    database.close();
    const [first, second] = await mail.wait(2);
    expect(second?.header("Message-ID")).toBe(first?.header("Message-ID"));
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
