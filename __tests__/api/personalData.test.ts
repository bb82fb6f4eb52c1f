import { beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { compact, everything, holds } from "../support/bytes";
import { bearer, client } from "../support/client";
import { Contract } from "../support/contract";
import { addPerson, cookieOf, fromHere, PASSWORD, signIn } from "../support/people";
import { type Server, startServer } from "../support/server";

let server: Server;
let contract: Contract;
const { get, post, put, patch, delete: del, comment, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open", TRUST_PROXY: "1" });
  contract = await Contract.of(server.url);
});

/** Somebody else's call. */
const elsewhere = (call: ReturnType<typeof get>) => call.set("X-Forwarded-For", "203.0.113.9");

/** Somebody who has done everything that leaves a trace; `mark` is in every text of theirs. */
async function livedHere(name: string, mark: string) {
  const { body: user } = await post("/api/users", {
    name,
    email: `${mark}@secret.example`,
    profession: `${mark} maker`,
    website: `https://${mark}.example/`,
    password: PASSWORD,
  })
    .set(...admin())
    .expect(201);
  const cookie = cookieOf(await signIn(server, user.email));
  const as = (call: ReturnType<typeof get>) => call.set("Cookie", cookie).set(fromHere);
  const { token } = (await as(post("/api/tokens", { name: `${mark} bot` })).expect(201)).body;
  const first = (
    await as(post("/api/comments/1", { comment: `${mark} answered` }))
      .set("Idempotency-Key", `${mark}-key-key-key`)
      .expect(201)
  ).body;
  const reply = (await elsewhere(comment("An answer", { parent: first.id, author: "Lin" })).expect(201)).body;
  const edited = (await as(post("/api/comments/1", { comment: `${mark} before` })).expect(201)).body;
  await as(patch(`/api/comments/1/${edited.id}`, { comment: `${mark} after` })).expect(200);
  const binned = (await as(post("/api/comments/1", { comment: `${mark} binned` })).expect(201)).body;
  const decide = (ids: number[], action: string, note: string) =>
    post("/api/moderation", { ids, action, note })
      .set(...admin())
      .expect(200);
  await decide([binned.id], "delete", `${name} of ${mark} was rude`);
  await as(put(`/api/comments/1/${reply.id}/vote`, { value: 1 })).expect(200);
  await as(post(`/api/comments/1/${reply.id}/report`, { reason: "other", note: `${mark} note` })).expect(202);
  await patch(`/api/users/${user.id}`, { role: "moderator" }).set(...admin());
  await as(post("/api/moderation", { ids: [reply.id], action: "approve", note: `${mark} judged` })).expect(
    200,
  );
  await patch(`/api/users/${user.id}`, { profession: `${mark} by admin`, role: "author" }).set(...admin());
  const write = (title: string, author = name) =>
    as(post("/api/posts", { title, content: "Text", author }))
      .set("Idempotency-Key", `${mark} ${title}`)
      .expect(201);
  await write("A post that stays");
  await write("A post under another name", `${mark} as they were called`);
  const shelved = (await write("A post that is deleted")).body;
  const below = async (text: string, more = {}) =>
    (await as(post(`/api/comments/${shelved.id}`, { comment: text, ...more })).expect(201)).body.id;
  const kept = await below(`${mark} on the shelf`);
  await as(patch(`/api/comments/${shelved.id}/${kept}`, { comment: `${mark} on the upper shelf` })).expect(
    200,
  );
  const keptBin = await below(`${mark} in the bin on the shelf`);
  const there = await elsewhere(comment("Theirs", { post: shelved.id, parent: kept, author: "Lin" })).expect(
    201,
  );
  await as(put(`/api/comments/${shelved.id}/${there.body.id}/vote`, { value: 1 })).expect(200);
  for (const { where, id, call } of [
    { where: 1, id: first.id, call: elsewhere },
    { where: shelved.id, id: kept, call: elsewhere },
    { where: shelved.id, id: keptBin, call: elsewhere },
    { where: shelved.id, id: there.body.id, call: as },
  ])
    await call(
      post(`/api/comments/${where}/${id}/report`, { reason: "abuse", note: `${name} of ${mark}, again` }),
    ).expect(202);
  await decide([keptBin], "delete", `${name} of ${mark} was rude`);
  await decide([first.id, kept], "approve", `${name} of ${mark} was not that rude`);
  await del(`/api/posts/${shelved.id}`)
    .set(...admin())
    .expect(200);
  await as(patch("/api/user", { profession: `${mark} again` })).expect(200);
  return { id: Number(user.id), name, cookie, as, token, first, reply, edited, binned, shelved };
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

describe("what is held about me", () => {
  test("is one JSON document to be saved, with all of it and no secret", async () => {
    const { id, as, first, reply, edited, binned, token } = await livedHere("Exa Porter", "exportmark");
    const res = await as(get("/api/user/data")).expect(200);
    contract.expectKept("GET", "/api/user/data", res);
    expect(res.headers).toMatchObject({
      "content-type": "application/json; charset=utf-8",
      "content-disposition": 'attachment; filename="antiphon-data.json"',
      "cache-control": "private, no-store",
    });
    expect(res.body).toMatchObject({
      profile: { id, name: "Exa Porter", email: "exportmark@secret.example", profession: "exportmark again" },
      comments: [
        { id: first.id, comment: "exportmark answered", edits: [] },
        { id: edited.id, comment: "exportmark after", edits: [{ comment: "exportmark before" }] },
      ],
      deletedComments: [{ id: binned.id, comment: "exportmark binned" }],
      votes: [{ comment: reply.id, value: 1 }],
      reports: [{ comment: reply.id, reason: "other", note: "exportmark note" }],
      posts: [{ title: "A post that stays" }, { title: "A post under another name" }],
      sessions: [{ userAgent: expect.any(String) }],
      tokens: [{ name: "exportmark bot", scope: "full", role: "member" }],
      audit: [
        { action: "comment.approve", subject: reply.id, note: "exportmark judged" },
        { action: "post.create", note: null },
        { action: "post.create", note: null },
        { action: "post.create", note: null },
      ],
    });
    expect(res.text).not.toMatch(/argon|"hash"|"network"/);
    expect(res.text).not.toContain(token);
    await as(get("/api/user/data").set("Accept", "text/html")).expect(406);
    expect(
      (
        await client(() => server)
          .head("/api/user/data")
          .set("Cookie", "x=y")
      ).status,
    ).toBe(401);
  });

  test("is streamed: a thousand comments are one document, in order", async () => {
    const { id, email } = await addPerson(server, "member", "Stream");
    const database = new Database(server.databaseFile);
    database.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO comments (post, depth, author, author_key, avatar, user_id, comment, html, text_hash, status, visible, version, created_at)
      SELECT 1, 0, 'Stream', 'stream', 'x', ${id}, 'Number ' || i, '', '', 'pending', 0, 1, '2026-06-01T10:00:00.000Z' FROM n`);
    database.close();
    const cookie = cookieOf(await signIn(server, email));
    const { body } = await get("/api/user/data").set("Cookie", cookie).expect(200);
    expect(body.comments.map((one: { comment: string }) => one.comment)).toEqual(
      Array.from({ length: 1000 }, (_, n) => `Number ${n + 1}`),
    );
  });

  test("is for nobody else: 401 for nobody, 403 for a token that is no person's", async () => {
    for (const call of [get("/api/user/data"), del("/api/user/data")])
      expect((await call.expect(401)).body.error).toBe("Unauthorized");
    expect(
      (
        await get("/api/user/data")
          .set(...admin())
          .expect(403)
      ).body.code,
    ).toBe("forbidden");
  });
});

describe("erasure", () => {
  test("needs the password again from who is signed in by a cookie", async () => {
    const { cookie, as, token } = await livedHere("Rea Uthent", "reauthmark");
    expect((await del("/api/user/data").set("Cookie", cookie).expect(403)).body.code).toBe("cross_site");
    for (const body of [undefined, {}, { currentPassword: "wrong" }])
      expect((await as(del("/api/user/data")).send(body).expect(403)).body.code).toBe("wrong_password");
    // Made when its owner was a member still, it may do less than they.
    const lesser = await del("/api/user/data")
      .set(...bearer(token))
      .expect(403);
    expect(lesser.body.code).toBe("forbidden");
    await as(get("/api/user")).expect(200);
    const whole = await as(post("/api/tokens", { name: "Mine" })).expect(201);
    const res = await del("/api/user/data")
      .set(...bearer(whole.body.token))
      .expect(200);
    contract.expectKept("DELETE", "/api/user/data", res);
  });

  test("leaves no byte of name, e-mail address or text in the database, beside it, or in the log", async () => {
    const mark = "xylophagous";
    const name = "Quirinus Wumpscut";
    const { id, cookie, as, first, reply, edited, shelved } = await livedHere(name, mark);
    compact(server);
    const before = await everything(server);
    for (const word of [mark, name, `${mark}@secret.example`])
      expect([word, holds(before, word)]).toEqual([word, true]);
    const total = (await get("/api/comments/1")).body.total;
    const threadTag = (await get("/api/comments/1")).headers.etag;

    const res = await as(del("/api/user/data")).send({ currentPassword: PASSWORD }).expect(200);
    expect(res.body).toEqual({ message: "Everything about you is erased" });
    await get("/api/user").set("Cookie", cookie).expect(401);
    await get(`/api/users/${id}`).expect(404);

    const thread = await get("/api/comments/1?limit=100").expect(200);
    expect(thread.headers.etag).not.toBe(threadTag);
    expect(thread.body.total).toBe(total - 2);
    const at = (wanted: number) => thread.body.comments.find((one: { id: number }) => one.id === wanted);
    expect(at(first.id)).toMatchObject({
      status: "deleted",
      author: "",
      comment: "",
      user: null,
      replies: 1,
    });
    expect(at(edited.id)).toBeUndefined();
    expect(at(reply.id)).toMatchObject({ author: "Lin", votes: { up: 1 } });
    expect((await get(`/api/comments?q=${mark}`)).body).toEqual([]);
    for (const status of ["approved", "pending", "spam", "deleted"])
      expect((await get(`/api/comments?limit=100&status=${status}`).set(...admin())).text).not.toContain(
        mark,
      );

    const expectNothing = async () => {
      compact(server);
      const after = await everything(server);
      for (const word of [mark, name, "Wumpscut", `${mark}@secret.example`])
        expect([word, holds(after, word)]).toEqual([word, false]);
    };
    await expectNothing();
    expect(await restore(shelved.id)).toMatchObject([
      { status: "deleted", author: "", comment: "", user: null },
      { status: "approved", author: "Lin", votes: { up: 1 } },
    ]);
    await expectNothing();
    const database = new Database(server.databaseFile);
    const counted =
      "sum(status = 'pending') AS pending, sum(status = 'approved' AND reports > 0) AS reported";
    expect(database.prepare("SELECT pending, reported FROM site").get()).toEqual(
      database.prepare(`SELECT ${counted} FROM comments`).get(),
    );
    for (const table of ["search", "held_words", "posts_fts"])
      database.exec(`INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`);
    expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
    database.close();
  });

  test("of an account alone leaves the texts, and no byte of name and e-mail address", async () => {
    const name = "Ottokar Zwetschge";
    const { id, first, shelved } = await livedHere(name, "keepmark");
    await del(`/api/users/${id}`)
      .set(...admin())
      .expect(200);
    expect((await get(`/api/comments/1/${first.id}`)).body).toMatchObject({
      comment: "keepmark answered",
      author: "Anonymous",
    });
    const expectNobody = async () => {
      compact(server);
      const after = await everything(server);
      for (const word of ["keepmark answered", "keepmark on the upper shelf", "keepmark in the bin"])
        expect([word, holds(after, word)]).toEqual([word, true]);
      for (const word of [
        name,
        "Zwetschge",
        "keepmark@secret.example",
        "https://keepmark.example",
        "keepmark again",
      ])
        expect([word, holds(after, word)]).toEqual([word, false]);
    };
    await expectNobody();
    expect(await restore(shelved.id)).toMatchObject([
      { author: "Anonymous", comment: "keepmark on the upper shelf", user: null, website: null },
      { author: "Lin", votes: { up: 1 } },
    ]);
    await expectNobody();
  });

  test("is news to moderators, whose list of what waits holds nothing of the person any more", async () => {
    const own = await startServer({ MODERATION: "all" });
    const there = client(() => own);
    const { email } = await addPerson(own, "member", "Waits In Line");
    const cookie = cookieOf(await signIn(own, email));
    const as = (call: ReturnType<typeof get>) => call.set("Cookie", cookie).set(fromHere);
    await as(there.post("/api/comments", { post: "http://localhost/a", comment: "Held" })).expect(202);
    const queue = await there.get("/api/moderation").set(...there.admin());
    expect(queue.text).toContain("Waits In Line");
    await as(there.delete("/api/user/data")).send({ currentPassword: PASSWORD }).expect(200);
    const again = await there
      .get("/api/moderation")
      .set(...there.admin())
      .set("If-None-Match", String(queue.headers.etag))
      .expect(200);
    expect(again.text).not.toContain("Waits In Line");
  });

  test("goes on after a restart where it was cut off, and nobody sees the person meanwhile", async () => {
    const own = await startServer();
    const { id } = await addPerson(own, "member", "Cut Off");
    const there = client(() => own);
    await there.post("/api/comments", { post: "http://localhost/a", comment: "A page" }).expect(201);
    const database = new Database(own.databaseFile);
    const nobody = { author: "Anonymous", authorKey: "anonymous", avatar: "0123456789abcdef", website: null };
    database.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
      INSERT INTO comments (post, depth, author, author_key, avatar, user_id, comment, html, text_hash, status, visible, version, created_at)
      SELECT 1, 0, 'Cut Off', 'cut off', 'x', ${id}, 'Text', '', '', 'approved', 1, 1, '2026-06-01T10:00:00.000Z' FROM n`);
    const work = { kind: "leave", author: nobody, was: "cut off" };
    database
      .prepare(
        "UPDATE users SET leaving = 1, name = '', name_key = '', email = NULL, password = NULL, work = ? WHERE id = ?",
      )
      .run(JSON.stringify(work), id);
    database.close();
    await there.get(`/api/users/${id}`).expect(404);
    expect((await there.get("/api/users").set(...there.admin())).body).toEqual([]);
    const again = client(() => restarted);
    const restarted = await own.restart();
    expect((await again.get("/api/comments?author=cut+off")).body).toEqual([]);
    expect((await again.get("/api/comments?author=anonymous&limit=100")).body).toHaveLength(100);
    const after = new Database(own.databaseFile, { readonly: true });
    expect(after.prepare("SELECT count(*) FROM users").pluck().get()).toBe(0);
    after.close();
  });
});
