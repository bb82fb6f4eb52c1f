import { beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { client } from "../support/client";
import { type MailServer, startMailServer } from "../support/mailServer";
import { hastenMails, mailsOf } from "../support/mails";
import { addPerson, addSignedIn, PASSWORD } from "../support/people";
import { accept, lettersTo, startMailing, tokenIn } from "../support/replies";
import type { Server } from "../support/server";
import { until } from "../support/until";

let mail: MailServer;
let server: Server;
const { comment, patch, post } = client(() => server);

beforeAll(async () => {
  mail = await startMailServer();
  server = await startMailing(mail, { RATE_LIMIT: "on", TRUST_PROXY: "1" });
});

const settled = () => until(() => mailsOf(server).every(({ state }) => state !== "waiting"));
const lettersOf = (address: string) => mail.arrived.filter(({ to }) => to[0] === address);

/** As if that quota had been used up this moment. */
function useUp(key: string): void {
  const database = new Database(server.databaseFile, { timeout: 5000 });
  database
    .prepare("INSERT OR REPLACE INTO limits (key, full_at) VALUES (?, ?)")
    .run(key, Date.now() + 3_600_000);
  database.close();
}

describe("strangers", () => {
  test("are asked by one network five times; further comments are taken without their wish", async () => {
    const wish = (n: number, network: string) =>
      comment(`Tell me, the ${n}th`, { email: `stranger${n}@reader.example`, notify: "replies" }).set(
        "X-Forwarded-For",
        network,
      );
    const told: unknown[] = [];
    for (let n = 0; n < 8; n++) told.push((await wish(n, "203.0.113.7").expect(201)).body.notify);
    expect(told).toEqual([...Array(5).fill("asked"), ...Array(3).fill("off")]);
    expect((await wish(8, "203.0.113.8").expect(201)).body.notify).toBe("asked");
    await settled();
    const asked = mail.arrived.map(({ to }) => to[0]).filter((to) => to?.startsWith("stranger"));
    expect(asked.sort()).toEqual([0, 1, 2, 3, 4, 8].map((n) => `stranger${n}@reader.example`));
  });

  test("are not counted for what nothing came of, nor for whoever has confirmed", async () => {
    const here = ["X-Forwarded-For", "203.0.113.9"] as const;
    const key = ["Idempotency-Key", "the same wish once more"] as const;
    const wish = { email: "again@reader.example", notify: "replies" };
    for (let n = 0; n < 7; n++) {
      const { body } = await comment("Once more", wish)
        .set(...here)
        .set(...key)
        .expect(201);
      expect(body.notify).toBe("asked");
    }
    for (let n = 0; n < 3; n++)
      await comment("Nowhere", { ...wish, post: 4711 })
        .set(...here)
        .expect(404);
    const { id, browser } = await addSignedIn(server);
    const own = () =>
      comment("Mine", { notify: "thread" })
        .set(browser)
        .set(...here)
        .expect(201);
    expect((await own()).body.notify).toBe("asked");
    const database = new Database(server.databaseFile, { timeout: 5000 });
    database
      .prepare("UPDATE readers SET proven = (SELECT email FROM users WHERE id = user_id) WHERE user_id = ?")
      .run(id);
    database.close();
    for (let n = 0; n < 6; n++) expect((await own()).body.notify).toBe("on");
  });

  test("who refuse are not asked again, in any case of their address, while others are", async () => {
    const wish = (email: string) =>
      comment("Tell me", { email, notify: "replies" }).set("X-Forwarded-For", "203.0.113.20").expect(201);
    await wish("left@reader.example");
    const [question] = await lettersTo(mail, "left@reader.example");
    await accept(server, tokenIn({ text: question?.text.split("No more of these")[1] ?? "" }, "/confirm"));
    expect((await wish("LEFT@reader.example")).body.notify).toBe("asked");
    await wish("other@reader.example");
    hastenMails(server);
    await lettersTo(mail, "other@reader.example");
    await settled();
    expect(mail.arrived.filter(({ to }) => /^left@/i.test(to[0] ?? ""))).toHaveLength(1);
    const database = new Database(server.databaseFile, { readonly: true, timeout: 5000 });
    const kept = database
      .prepare<[], string>("SELECT key FROM limits WHERE key GLOB 'refused:*'")
      .pluck()
      .all();
    database.close();
    expect(kept).toHaveLength(1);
    expect(kept[0]).not.toMatch(/left|reader/i);
  });

  test("whose addresses an account claims in turn are warned of it twice, and a confirmed one always", async () => {
    const { id, email, browser } = await addSignedIn(server);
    const move = (to: string) => patch("/api/user", { email: to, currentPassword: PASSWORD }).set(browser);
    const { email: taken } = await addPerson(server);
    // What is refused uses up no warning.
    for (let n = 0; n < 3; n++) await move(taken).expect(409);
    const claimed = [0, 1, 2, 3].map((n) => `claimed${n}@reader.example`);
    for (const address of claimed) await move(address).expect(200);
    await lettersTo(mail, email);
    await settled();
    expect(claimed.map((address) => lettersOf(address).length)).toEqual([1, 0, 0, 0]);
    const database = new Database(server.databaseFile, { timeout: 5000 });
    database.prepare("INSERT INTO readers (user_id, proven) VALUES (?, 'claimed3@reader.example')").run(id);
    database.close();
    await move(email).expect(200);
    await lettersTo(mail, "claimed3@reader.example");
  });
});

test("a link that somebody asked for does not wait behind what is over the server's quota", async () => {
  useUp("mail");
  await comment("Tell me", { email: "waits@reader.example", notify: "replies" })
    .set("X-Forwarded-For", "203.0.113.30")
    .expect(201);
  const { email } = await addPerson(server);
  // One message is paid back every four seconds.
  const again = setInterval(useUp, 1000, "mail");
  await post("/api/password-reset", { email }).expect(202);
  const [link] = await lettersTo(mail, email).finally(() => clearInterval(again));
  expect(link?.text).toContain("/password?token=");
  expect(lettersOf("waits@reader.example")).toEqual([]);
  const question = mailsOf(server)
    .filter(({ kind }) => kind === "replies.confirm")
    .at(-1);
  expect(question).toMatchObject({ state: "waiting", attempts: 0 });
});
