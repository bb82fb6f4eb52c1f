import { beforeAll, describe, expect, test } from "@jest/globals";
import { client } from "../support/client";
import { linkToken } from "../support/mails";
import { addPerson } from "../support/people";
import request from "../support/request";
import { type Server, startServer } from "../support/server";

let server: Server;
const { post, get, comment, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "all" });
});

const OVER = "This link is over";
const form = "application/x-www-form-urlencoded";

async function offered(more: { until?: number; purpose?: string; state?: string } = {}): Promise<string> {
  const { id } = await addPerson(server, "moderator");
  return linkToken(server, { purpose: "silence", subject: { user: id }, state: "on", ...more });
}

const pageOf = (token: string) => request(server.url).get(`/confirm?token=${token}`).expect(200);

describe("following a mailed link", () => {
  test("asks, and changes nothing, however often it is followed", async () => {
    const token = await offered();
    await pageOf(token);
    const { text, headers } = await pageOf(token);
    expect(text).toContain("No more mail about comments?");
    expect(text).toContain('<form class="sign-in" action="/api/confirm" method="post">');
    expect(headers["cache-control"]).toBe("private, no-store");
    expect(headers["referrer-policy"]).toBe("same-origin");
    expect(headers["x-robots-tag"]).toBe("noindex");
    await get(`/api/confirm?token=${token}`).expect(303).expect("Location", `/confirm?token=${token}`);
    await post("/api/confirm", { token }).expect(200, { message: "No more mail about comments" });
  });

  test("and pressing the button without JavaScript does it, and says so", async () => {
    const token = await offered();
    const sent = await request(server.url)
      .post("/api/confirm")
      .set("Accept", "text/html,*/*;q=0.8")
      .set("Origin", server.url)
      .type(form)
      .send({ token })
      .expect(303);
    expect(sent.headers.location).toBe("/confirm?done=silence");
    const { text } = await request(server.url).get("/confirm?done=silence").expect(200);
    expect(text).toContain("No more mail about comments");
    expect((await pageOf(token)).text).toContain(OVER);
    const again = await request(server.url)
      .post("/api/confirm")
      .set("Accept", "text/html")
      .type(form)
      .send({ token: `${token}A` })
      .expect(303);
    expect(again.headers.location).toBe("/confirm?error=link_over");
    const refused = await request(server.url).get("/confirm?error=link_over").expect(200);
    expect(refused.text).toContain("This link was used, or is too old");
  });
});

/** A comment that waits, and the token of a link that approves it. */
async function decision() {
  const { id: user, email: state } = await addPerson(server, "moderator");
  const { body } = await comment("Look at https://spam.example/buy", { author: "Ada" }).expect(202);
  const subject = { comment: body.id, user, editedAt: null };
  return { comment: body.id, token: linkToken(server, { purpose: "approve", subject, state }) };
}

describe("the token of a mailed link", () => {
  test("works once, of however many at the same time", async () => {
    const { token } = await decision();
    const all = await Promise.all(Array.from({ length: 8 }, () => post("/api/confirm", { token })));
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(403)]);
    expect(all.find(({ status }) => status === 403)?.body.code).toBe("link_over");
  });

  test.each([
    ["is too old", { until: Date.now() - 1 }],
    ["is for something else", { purpose: "other" }],
    ["is about what has changed", { state: "off" }],
  ])("does nothing where it %s", async (_why, more) => {
    const token = await offered(more);
    expect((await pageOf(token)).text).toContain(OVER);
    await post("/api/confirm", { token }).expect(403);
  });

  test("does nothing with any of its characters changed, cut off, or from another server", async () => {
    const token = await offered();
    for (let at = 0; at < token.length; at++) {
      const other = token[at] === "A" ? "Q" : "A";
      const { body } = await post("/api/confirm", {
        token: token.slice(0, at) + other + token.slice(at + 1),
      }).expect(403);
      expect(body.code).toBe("link_over");
    }
    for (const wrong of [
      token.slice(1),
      token.slice(0, -1),
      `${token}A`,
      `${token}.`,
      "A",
      "x".repeat(2000),
      "constructor",
    ])
      await post("/api/confirm", { token: wrong }).expect(403);
    const elsewhere = await startServer();
    await client(() => elsewhere)
      .post("/api/confirm", { token })
      .expect(403);
    await post("/api/confirm", { token }).expect(200);
  });

  test("tells nobody what it is about, and is in no log", async () => {
    const token = await offered();
    expect(Buffer.from(token, "base64url").toString("latin1")).not.toMatch(/silence|user|until/);
    await pageOf(token);
    await post("/api/confirm", { token }).expect(200);
    expect(server.logs()).not.toContain(token);
  });
});

describe("a mail program's one click (RFC 8058)", () => {
  const click = (token: string, body: object, type = form) =>
    request(server.url).post(`/api/confirm?token=${token}`).type(type).send(body);

  test("does it, without a cookie and without being asked", async () => {
    const token = await offered();
    await click(token, { "List-Unsubscribe": "One-Click" }).expect(200);
  });

  test("is done where nothing is left to end, also by eight at once, but not with a token that is over", async () => {
    const token = await offered();
    const all = await Promise.all(
      Array.from({ length: 8 }, () => click(token, { "List-Unsubscribe": "One-Click" })),
    );
    expect(all.map(({ status }) => status)).toEqual(Array(8).fill(200));
    await click(token, { "List-Unsubscribe": "One-Click" }).expect(200, {
      message: "No more mail about comments",
    });
    await post("/api/confirm", { token }).expect(200);
    const old = await offered({ until: Date.now() - 1 });
    await click(old, { "List-Unsubscribe": "One-Click" }).expect(403);
    await click(`${token}A`, { "List-Unsubscribe": "One-Click" }).expect(403);
    for (const [purpose, subject] of [
      ["replies-end", { reader: 987_654, post: null }],
      ["replies-refuse", { reader: 987_654 }],
    ] as const)
      await click(linkToken(server, { purpose, subject, state: "on" }), {
        "List-Unsubscribe": "One-Click",
      }).expect(200);
  });

  test("is never redirected, whatever the mail program accepts", async () => {
    const token = await offered();
    for (const [sent, status] of [
      [token, 200],
      [token, 200],
      [`${token}A`, 403],
    ] as const) {
      const { headers } = await click(sent, { "List-Unsubscribe": "One-Click" })
        .set("Accept", "text/html,*/*;q=0.8")
        .expect(status);
      expect(headers.location).toBeUndefined();
      expect(headers["content-type"]).toMatch(/json/);
    }
  });

  test("decides nothing: it ends mail only", async () => {
    const { comment: id, token } = await decision();
    const { body } = await click(token, { "List-Unsubscribe": "One-Click" }).expect(403);
    expect(body.code).toBe("link_over");
    const { body: seen } = await get(`/api/comments/1/${id}`)
      .set(...admin())
      .expect(200);
    expect(seen.status).toBe("pending");
    await post("/api/confirm", { token }).expect(200);
  });

  test("does it as multipart/form-data, too", async () => {
    await request(server.url)
      .post(`/api/confirm?token=${await offered()}`)
      .field("List-Unsubscribe", "One-Click")
      .expect(200);
  });

  test("is nothing without the words for it", async () => {
    const token = await offered();
    await click(token, {}).expect(400);
    await click(token, { "List-Unsubscribe": "Yes" }).expect(400);
    await click(token, { "List-Unsubscribe": "One-Click" }, "json").expect(400);
    await click(token, { token }).expect(400);
    await click(token, { "List-Unsubscribe": "One-Click" }).expect(200);
  });
});
