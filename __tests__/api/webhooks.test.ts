import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { client } from "../support/client";
import { Contract } from "../support/contract";
import { type Receiver, startReceiver } from "../support/receiver";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";
import { hasten, isSigned } from "../support/webhooks";

let server: Server;
let receiver: Receiver;
const { get, post, patch, comment, admin, ...http } = client(() => server);

const asAdmin = (path: string, body?: object) => post(path, body).set(...admin());

beforeAll(async () => {
  server = await startServer({
    SEED: "on",
    MODERATION: "open",
    WEBHOOK_ALLOW: "127.0.0.1",
    PUBLIC_URL: "https://comments.example",
  });
});

beforeEach(async () => {
  receiver = await startReceiver();
  const { body } = await get("/api/webhooks").set(...admin());
  for (const { id } of body) await http.delete(`/api/webhooks/${id}`).set(...admin());
});

async function hook(more: object = {}): Promise<{ id: number; secret: string; path: string }> {
  const { body } = await asAdmin("/api/webhooks", { url: receiver.url, ...more }).expect(201);
  return { id: body.id, secret: body.secret, path: `/api/webhooks/${body.id}` };
}

async function deliveries(path: string) {
  const { body } = await get(`${path}/deliveries`)
    .set(...admin())
    .expect(200);
  return body;
}

/** Resolves once the newest delivery is in that state, with it. */
async function settled(path: string, state: string) {
  await until(async () => (await deliveries(path))[0]?.state === state);
  return (await deliveries(path))[0];
}

/** What was sent. */
const told = () => receiver.received.map(({ body }) => JSON.parse(body));

/** Resolves once all that waited for it was sent, with the types and the comments, in the order of the events. */
async function toldOf(path: string): Promise<string[]> {
  await until(async () =>
    (await deliveries(path)).every(({ state }: { state: string }) => state !== "waiting"),
  );
  return (await deliveries(path)).map(({ type }: { type: string }) => type).reverse();
}

test("each kind of message has the form that the OpenAPI document gives it", async () => {
  const contract = await Contract.of(server.url);
  const kinds = Object.keys(contract.document.webhooks);
  const { path } = await hook({ events: kinds.filter((kind) => kind !== "webhook.test") });
  // One after another: what is true no more when it would be sent is not.
  const asked = async (call: PromiseLike<{ status: number }>) => {
    expect((await call).status).toBeLessThan(300);
    await toldOf(path);
  };
  const { body: made } = await comment("Words", { email: "ada@zmail.example" }).expect(201);
  await toldOf(path);
  const one = `/api/comments/1/${made.id}`;
  for (const change of [{ comment: "Other words" }, { status: "pending" }, { status: "approved" }])
    await asked(patch(one, change).set(...admin()));
  await asked(post(`${one}/report`, { reason: "other", note: "A note" }));
  const draft = { title: "Told of", content: "Words", author: "Ada" };
  const posts = [
    await asAdmin("/api/posts", draft).expect(201),
    await asAdmin("/api/posts", draft).expect(201),
  ];
  const [first = 0, second = 0] = posts.map(({ body }) => body.id);
  await asked(patch(`/api/posts/${first}`, { title: "Told of again" }).set(...admin()));
  await asked(http.delete(`/api/posts/${first}`).set(...admin()));
  const { body: log } = await get(`/api/audit?type=post&subject=${first}&limit=1`).set(...admin());
  await asked(asAdmin(`/api/audit/${log[0].id}/undo`, {}));
  await asked(asAdmin(`/api/posts/${first}/merge`, { into: second }));
  await asked(asAdmin(`${path}/test`));
  for (const message of told()) contract.expectTold(message);
  expect([...new Set(told().map(({ type }) => type))].sort()).toEqual([...kinds].sort());
  expect(() => contract.expectTold({ ...told()[0], data: { comment: { ...made, email: "x" } } })).toThrow();
});

describe("a webhook", () => {
  test("is told of a new comment, signed after Standard Webhooks", async () => {
    const { secret, path } = await hook();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    const said = randomUUID();
    const { body: made } = await comment(`Hello *${said}*`, { author: "Ada", email: "ada@zmail.example" });
    const [first] = await receiver.wait(1);
    if (!first) throw new Error("Nothing came");
    expect(first.method).toBe("POST");
    expect(first.headers).toMatchObject({
      "content-type": "application/json",
      "webhook-id": expect.stringMatching(/^msg_[\w-]{32}$/),
    });
    expect(isSigned(first, secret)).toBe(true);
    expect(isSigned({ ...first, body: `${first.body} ` }, secret)).toBe(false);
    expect(JSON.parse(first.body)).toEqual({
      type: "comment.created",
      timestamp: made.createdAt,
      data: {
        comment: {
          ...made,
          editToken: undefined,
          editableUntil: undefined,
          url: `https://comments.example/posts/react-hooks#comment-${made.id}`,
        },
        post: expect.objectContaining({ id: 1, slug: "react-hooks", title: "React Hooks" }),
      },
    });
    expect(first.body).not.toMatch(/zmail|edit_|"address"|"email"/);
    expect(await settled(path, "delivered")).toMatchObject({
      type: "comment.created",
      messageId: first.headers["webhook-id"],
      attempts: 1,
      status: 204,
      error: null,
      nextAt: null,
    });
  });

  test("that fails is tried again later, under the same id and anew signed, until it succeeds", async () => {
    const { secret, path } = await hook();
    receiver.answer = 500;
    await comment("Again and again");
    await receiver.wait(1);
    await until(async () => (await deliveries(path))[0].status === 500);
    const [waiting] = await deliveries(path);
    expect(waiting).toMatchObject({ state: "waiting", attempts: 1, error: "status" });
    const wait = Date.parse(waiting.nextAt) - Date.parse(waiting.lastAt);
    expect(wait).toBeGreaterThanOrEqual(5000);
    expect(wait).toBeLessThan(12_000);
    const { body: failing } = await get(path).set(...admin());
    expect(failing).toMatchObject({ active: true, failingSince: expect.any(String) });
    receiver.answer = 204;
    hasten(server);
    await receiver.wait(2);
    const [one, two] = receiver.received;
    expect(two?.headers["webhook-id"]).toBe(one?.headers["webhook-id"]);
    expect(two && isSigned(two, secret)).toBe(true);
    expect(await settled(path, "delivered")).toMatchObject({ attempts: 2, status: 204 });
    expect((await get(path).set(...admin())).body.failingSince).toBeNull();
  });

  test("that fails ten times is not tried again, until somebody asks for it", async () => {
    const { path } = await hook();
    const answer = (res: ServerResponse) =>
      res.writeHead(300 + receiver.received.length, { Location: receiver.url }).end();
    receiver.answer = answer;
    await comment("To nobody");
    for (let n = 1; n <= 10; n++) {
      await until(async () => (await deliveries(path))[0].status === 300 + n);
      hasten(server);
    }
    const failed = await settled(path, "failed");
    expect(failed).toMatchObject({ attempts: 10, status: 310, error: "status", nextAt: null });
    expect(receiver.received).toHaveLength(10);
    receiver.answer = 200;
    const resent = await asAdmin(`${path}/deliveries/${failed.id}/resend`).expect(202);
    expect(resent.body).toMatchObject({ id: failed.id, state: "waiting", messageId: failed.messageId });
    expect(await settled(path, "delivered")).toMatchObject({ attempts: 11, status: 200 });
    expect(new Set(receiver.received.map(({ headers }) => headers["webhook-id"]))).toEqual(
      new Set([failed.messageId]),
    );
  });

  test("that says 410 is turned off, and told of what happens again once somebody turns it on", async () => {
    const { path } = await hook();
    receiver.answer = 410;
    await comment("Gone?");
    await until(async () => (await get(path).set(...admin())).body.active === false);
    expect((await get(path).set(...admin())).body).toMatchObject({ disabled: "gone" });
    expect(await settled(path, "failed")).toMatchObject({ status: 410, attempts: 1 });
    await comment("Heard by nobody");
    expect(await deliveries(path)).toHaveLength(1);
    receiver.answer = 204;
    const { body } = await patch(path, { active: true })
      .set(...admin())
      .expect(200);
    expect(body).toMatchObject({ active: true, disabled: null, failingSince: null });
    await comment("Heard");
    await settled(path, "delivered");
    expect(receiver.received).toHaveLength(2);
  });
});

test("a webhook that has failed for five days is turned off, and the log says so", async () => {
  const { id, path } = await hook();
  receiver.answer = 500;
  await comment("Fails for days");
  await until(async () => (await deliveries(path))[0].status === 500);
  const database = new Database(server.databaseFile, { timeout: 5000 });
  const long = new Date(Date.now() - 5 * 86_400_000).toISOString();
  database.prepare("UPDATE webhooks SET failing_since = ? WHERE id = ?").run(long, id);
  database.close();
  hasten(server);
  await until(async () => (await get(path).set(...admin())).body.active === false);
  expect((await get(path).set(...admin())).body).toMatchObject({ disabled: "failing", failingSince: long });
  await until(() => server.logs().includes("a webhook was turned off"));
});

describe("who hears of what", () => {
  const PUBLIC = [
    ...["comment.created", "comment.approved", "comment.updated", "comment.deleted"],
    ...["post.created", "post.updated", "post.deleted", "post.restored"],
  ];

  test("a webhook is told of what readers see, and of nothing else unless it says so", async () => {
    const { path } = await hook();
    expect((await get(path).set(...admin())).body.events).toEqual(PUBLIC);
  });

  test("a held comment: moderators' webhooks at once, with the reasons; the others once it is approved", async () => {
    const open = await hook();
    const moderators = await hook({ events: ["comment.held"] });
    await asAdmin("/api/rules", { kind: "words", action: "hold", words: ["zholdme"] });
    const { body: made } = await comment("Please zholdme", { email: "e@zmail.example" }).expect(202);
    await settled(moderators.path, "delivered");
    expect(told()).toMatchObject([
      {
        type: "comment.held",
        data: { comment: { id: made.id, status: "pending", reasons: [{ rule: "words" }] } },
      },
    ]);
    expect(receiver.received[0]?.body).not.toMatch(/zmail|"address"/);
    expect(await deliveries(open.path)).toEqual([]);
    await asAdmin("/api/moderation", { ids: [made.id], action: "approve" }).expect(200);
    expect(await toldOf(open.path)).toEqual(["comment.approved"]);
    expect(told()[1]).toMatchObject({ data: { comment: { id: made.id, comment: "Please zholdme" } } });
    expect(receiver.received[1]?.body).not.toContain("reasons");
  });

  test("spam: nobody", async () => {
    const { path } = await hook({ events: [...PUBLIC, "comment.held", "comment.reported"] });
    await comment("Buy", { homepage: "https://spam.example" }).expect(202);
    await comment("Not spam").expect(201);
    expect(await toldOf(path)).toEqual(["comment.created"]);
    expect(told()).toMatchObject([{ data: { comment: { comment: "Not spam" } } }]);
  });

  test("the life of a comment, in order, and of a report moderators alone", async () => {
    const open = await hook();
    const moderators = await hook({ events: ["comment.reported"] });
    const { body: made } = await comment("One");
    const place = `/api/comments/1/${made.id}`;
    await patch(place, { comment: "Two" }).set("Authorization", `Bearer ${made.editToken}`).expect(200);
    await patch(place, { pinned: true }).set(...admin());
    await post(`${place}/report`, { reason: "abuse", note: "A note" }).expect(202);
    await toldOf(moderators.path);
    await asAdmin("/api/moderation", { ids: [made.id], action: "spam" });
    await asAdmin("/api/moderation", { ids: [made.id], action: "restore" });
    await http.delete(place).set(...admin());
    expect(await toldOf(open.path)).toEqual([
      ...["comment.created", "comment.updated", "comment.updated", "comment.deleted", "comment.approved"],
      "comment.deleted",
    ]);
    const reported = told().find(({ type }) => type === "comment.reported");
    expect(reported.data.comment.reports).toMatchObject({ count: 1, notes: ["A note"] });
    const gone = told().filter(({ type }) => type === "comment.deleted");
    expect(gone.map(({ data }) => data.comment)).toEqual([1, 2].map(() => ({ id: made.id, post: 1 })));
  });

  test("posts: made, changed, deleted, restored and merged; of a page made by a held comment nothing", async () => {
    const { path } = await hook();
    const draft = (title: string) => asAdmin("/api/posts", { title, content: "*Words*", author: "Ada" });
    const [{ body: one }, { body: two }] = [await draft("One of two"), await draft("Two of two")];
    await patch(`/api/posts/${one.id}`, { title: "First of two" }).set(...admin());
    await http.delete(`/api/posts/${one.id}`).set(...admin());
    const { body: entries } = await get(`/api/audit?type=post&subject=${one.id}&limit=1`).set(...admin());
    await asAdmin(`/api/audit/${entries[0].id}/undo`).expect(200);
    await asAdmin(`/api/posts/${one.id}/merge`, { into: two.id }).expect(200);
    await asAdmin("/api/rules", { kind: "words", action: "hold", words: ["zpage"] });
    await comment("zpage", { post: `http://localhost/${randomUUID()}` }).expect(202);
    expect(await toldOf(path)).toEqual([
      ...["post.created", "post.created", "post.updated", "post.deleted", "post.restored"],
      ...["post.deleted", "post.updated"],
    ]);
    const merged = told().find(({ type, data }) => type === "post.deleted" && data.post.into);
    expect(merged.data.post).toMatchObject({ id: one.id, into: two.id, title: "First of two" });
    expect(receiver.received.map(({ body }) => body).join()).not.toContain("<em>Words");
  });

  test("what was taken back before it could be sent is not sent, nor is its text with any later try", async () => {
    const { path } = await hook();
    receiver.answer = 503;
    const { body: made } = await comment("Regretted at once");
    await until(async () => (await deliveries(path))[0].status === 503);
    await http
      .delete(`/api/comments/1/${made.id}`)
      .set("Authorization", `Bearer ${made.editToken}`)
      .expect(200);
    await until(async () => {
      const [last] = await deliveries(path);
      return last.type === "comment.deleted" && last.status === 503;
    });
    receiver.clear();
    receiver.answer = 204;
    hasten(server);
    await toldOf(path);
    expect(told()).toMatchObject([{ type: "comment.deleted" }]);
    expect((await deliveries(path)).at(-1)).toMatchObject({ type: "comment.created", state: "dropped" });
    expect(receiver.received[0]?.body).not.toContain("Regretted");
  });

  test("nobody is told, and nothing is kept, while no webhook is active", async () => {
    const { path } = await hook({ active: false });
    await comment("Into the void");
    await patch(path, { active: true }).set(...admin());
    await comment("Into a hook");
    expect(await toldOf(path)).toEqual(["comment.created"]);
    expect(told()).toMatchObject([{ data: { comment: { comment: "Into a hook" } } }]);
  });
});

describe("an admin", () => {
  test("tries a webhook out, and sees what came of it", async () => {
    const { path, secret } = await hook({ events: ["post.created"] });
    const { body } = await asAdmin(`${path}/test`).expect(202);
    expect(body).toMatchObject({ type: "webhook.test", state: "waiting", attempts: 0 });
    const [first] = await receiver.wait(1);
    expect(first && isSigned(first, secret)).toBe(true);
    expect(told()).toMatchObject([{ type: "webhook.test", data: {} }]);
    expect(await settled(path, "delivered")).toMatchObject({ id: body.id });
  });

  test("changes the secret: both sign for a day, then the new one alone", async () => {
    const { path, secret } = await hook();
    const { body } = await patch(path, { rotate: true })
      .set(...admin())
      .expect(200);
    expect(body.secret).toMatch(/^whsec_/);
    expect(body.secret).not.toBe(secret);
    expect(Date.parse(body.formerSecretUntil) - Date.now()).toBeGreaterThan(86_000_000);
    await asAdmin(`${path}/test`);
    const [both] = await receiver.wait(1);
    expect(both && [isSigned(both, secret), isSigned(both, body.secret)]).toEqual([true, true]);
    const database = new Database(server.databaseFile, { timeout: 5000 });
    database.prepare("UPDATE webhooks SET former_until = ?").run(new Date().toISOString());
    database.close();
    await asAdmin(`${path}/test`);
    const [, one] = await receiver.wait(2);
    expect(one && [isSigned(one, secret), isSigned(one, body.secret)]).toEqual([false, true]);
  });

  test("sees a secret once, and nobody finds it later: not in an answer, the log or the database", async () => {
    const { path, secret } = await hook();
    const { body } = await patch(path, { rotate: true }).set(...admin());
    await asAdmin(`${path}/test`);
    await receiver.wait(1);
    const lists = ["/api/webhooks", path, `${path}/deliveries`, "/api/audit"];
    const read = await Promise.all(lists.map(async (one) => (await get(one).set(...admin())).text));
    const files = await Promise.all(
      ["", "-wal"].map((end) => readFile(server.databaseFile + end, "latin1").catch(() => "")),
    );
    const everything = [...read, ...files, server.logs()].join("\n");
    for (const one of [secret, body.secret]) {
      expect(everything).not.toContain(one);
      expect(everything).not.toContain(one.slice("whsec_".length));
      expect(everything).not.toContain(Buffer.from(one.slice("whsec_".length), "base64").toString("latin1"));
    }
    expect(read.at(-1)).toContain("webhook.create");
    expect(read.at(-1)).not.toContain(receiver.url);
    expect(server.logs()).not.toContain(receiver.url);
  });

  test("pages through deliveries and webhooks, newest and oldest first", async () => {
    const { path, id } = await hook();
    const other = await hook();
    const ids: number[] = [];
    for (let n = 0; n < 3; n++) ids.unshift((await asAdmin(`${path}/test`)).body.id);
    const walk = async (start: string) => {
      const seen: number[] = [];
      for (let next: string | undefined = start; next; ) {
        const res: Awaited<ReturnType<typeof get>> = await get(next).set(...admin());
        seen.push(...res.body.map((one: { id: number }) => one.id));
        next = /<([^>]+)>; rel="next"/.exec(res.headers.link ?? "")?.[1];
      }
      return seen;
    };
    expect(await walk(`${path}/deliveries?limit=2`)).toEqual(ids);
    expect(await walk("/api/webhooks?limit=1")).toEqual([id, other.id]);
  });

  test("changes and deletes webhooks, and makes no more than fifty", async () => {
    const { path } = await hook();
    const { body } = await patch(path, { events: ["post.created", "post.created"], active: false }).set(
      ...admin(),
    );
    expect(body).toMatchObject({ events: ["post.created"], active: false, disabled: null });
    expect(body).not.toHaveProperty("secret");
    const { body: gone } = await http.delete(path).set(...admin());
    expect(gone).toMatchObject({ message: "Webhook deleted", deleted: { active: false } });
    await get(path)
      .set(...admin())
      .expect(404);
    await asAdmin(`${path}/test`).expect(404);
    await asAdmin(`${path}/deliveries/1/resend`).expect(404);
    await get(`${path}/deliveries`)
      .set(...admin())
      .expect(404);
    for (let n = 0; n < 50; n++) await hook();
    const full = await asAdmin("/api/webhooks", { url: receiver.url }).expect(409);
    expect(full.body.code).toBe("too_many_webhooks");
  });

  test.each([
    [{}, "url"],
    [{ url: "" }, "url"],
    [{ url: "ftp://127.0.0.1/" }, "url"],
    [{ url: "nowhere" }, "url"],
    [{ url: "http://127.0.0.1/", events: [] }, "events"],
    [{ url: "http://127.0.0.1/", events: ["webhook.test"] }, "events"],
    [{ url: "http://127.0.0.1/", format: "xml" }, "format"],
    [{ url: "http://127.0.0.1/", format: "telegram" }, "url"],
    [{ url: "http://127.0.0.1/", format: "matrix" }, "url"],
    [{ url: "http://127.0.0.1/a/b", format: "ntfy" }, "url"],
  ])("is told what is wrong with %j", async (body, member) => {
    const res = await asAdmin("/api/webhooks", body).expect(400);
    expect(res.body.issues[0].path[0]).toBe(member);
  });
});
