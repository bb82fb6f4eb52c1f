import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Test } from "supertest";
import { bearer, client } from "../support/client";
import { Contract } from "../support/contract";
import { addSignedIn } from "../support/people";
import { type Server, startServer } from "../support/server";

const settings = { SEED: "on", TRUST_PROXY: "1", REPORT_THRESHOLD: "2" };

let server: Server;
let contract: Contract;
const { get, post, put, patch, delete: del, comment, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ ...settings, MODERATION: "first" });
  contract = await Contract.of(server.url);
});

let last = 0;
/** A network that nobody has written from yet. */
const somewhere = () => `198.51.${Math.floor(++last / 250)}.${(last % 250) + 1}`;
const from = (call: Test, address: string) => call.set("X-Forwarded-For", address);
const asAdmin = (call: Test) => call.set(...admin());
const say = (text: string, more: object = {}, address = somewhere()) => from(comment(text, more), address);
/** The comment as moderators see it. */
const seen = async (id: number) => (await asAdmin(get(`/api/comments/1/${id}`)).expect(200)).body;
const reasonsOf = async (id: number) => (await seen(id)).reasons.map(({ rule }: { rule: string }) => rule);
const makeRule = async (rule: object) => (await asAdmin(post("/api/rules", rule)).expect(201)).body.id;
const dropRule = (id: number) => asAdmin(del(`/api/rules?id=${id}`)).expect(200);
const decide = (ids: number[], action: string, more: object = {}) =>
  asAdmin(post("/api/moderation", { ids, action, ...more }));

describe("under the policy first", () => {
  test.each([
    ["links", "Buy at https://spam.example now", ["links"]],
    ["an image", "![cat](https://cats.example/cat.png)", ["links", "images"]],
    ["a text that was said before", "Nice post", ["repeated"]],
  ])("%s of a newcomer waits, and moderators see why", async (_name, text, rules) => {
    const res = await say(text).expect(202);
    contract.expectKept("POST", "/api/comments", res);
    expect(res.body.status).toBe("pending");
    expect(res.text).not.toMatch(/reasons|rule/);
    expect(await reasonsOf(res.body.id)).toEqual(rules);
  });

  test("who has an approved comment is trusted, with few links until a moderator knows them", async () => {
    const here = somewhere();
    const { body } = await say("I read it all, thank you", {}, here).expect(201);
    await say("See https://a.example", {}, here).expect(201);
    await say("https://a.example https://b.example https://c.example", {}, here).expect(202);
    await decide([body.id], "approve").expect(200);
    await say("https://a.example https://b.example https://d.example", {}, here).expect(201);
    await decide([body.id], "spam").expect(200);
    await say("Again https://a.example", {}, here).expect(202);
  });

  test("a form that is sent at once waits; one that took its time, an old stamp and none do not", async () => {
    const { body } = await get("/api/stamp").expect(200);
    const res = await say("Written in no time", { stamp: body.stamp }).expect(202);
    expect(await reasonsOf(res.body.id)).toEqual(["fast"]);
    const forged = await say("Stamped by myself", { stamp: body.stamp.replace(/.$/, "!") }).expect(202);
    expect(await reasonsOf(forged.body.id)).toEqual(["stamp"]);
    await say("Without a stamp", { stamp: "" }).expect(201);
  });

  test("a filled trap is spam, and whoever filled it hears what everybody hears who waits", async () => {
    const held = await say("Look at https://one.example").expect(202);
    const trapped = await say("A fine text", { homepage: "https://bot.example" }).expect(202);
    expect(Object.keys(trapped.body)).toEqual(Object.keys(held.body));
    expect(trapped.body.status).toBe("pending");
    const path = `/api/comments/1/${trapped.body.id}`;
    const own = await get(path).set(...bearer(trapped.body.editToken));
    expect(own.body.status).toBe("pending");
    await get(path).expect(404);
    expect(await seen(trapped.body.id)).toMatchObject({ status: "spam", reasons: [{ rule: "trap" }] });
  });

  test("what is spam looks like what waits to its author, in every answer to every question", async () => {
    const ask = async (more: object) => {
      const { body } = await say(`See https://one.example ${++last}`, more).expect(202);
      const [path, token] = [`/api/comments/1/${body.id}`, bearer(body.editToken)];
      const as = (call: Test) => call.set(...token);
      const answers = [
        await as(get(path)),
        await as(patch(path, { comment: "Changed", status: "pending", pinned: false })),
        await as(patch(path, { comment: "Changed again", status: "spam" })),
        await as(patch(path, { status: "approved" })),
        await as(get(`${path}/permalink`)),
        await as(get(`${path}/history`)),
        await as(put(`${path}/vote`, { value: 1 })),
        await as(post(`${path}/report`, { reason: "spam" })),
        await as(comment("A reply", { parent: body.id })),
        await as(get("/api/comments?q=Changed")),
        await as(del(path)),
      ];
      return answers.map(({ status, body: said }) => [status, said.code ?? null, said.status ?? null]);
    };
    const spam = await ask({ homepage: "https://bot.example" });
    expect(spam).toEqual(await ask({}));
    expect(spam.slice(0, 4)).toEqual([
      [200, null, "pending"],
      [200, null, "pending"],
      [403, "forbidden", 403],
      [403, "forbidden", 403],
    ]);
  });

  test("nor does what is held about a person say that something of theirs is spam", async () => {
    const { browser } = await addSignedIn(server, "member", "Waits Forever");
    const { body } = await post("/api/comments/1", { comment: "Mine", homepage: "https://bot.example" })
      .set(browser)
      .expect(202);
    expect((await seen(body.id)).status).toBe("spam");
    const { comments } = (await get("/api/user/data").set(browser).expect(200)).body;
    expect(comments).toMatchObject([{ id: body.id, status: "pending" }]);
  });

  test("an edit goes the same way: it may send an approved comment back to wait", async () => {
    const { body } = await say("Harmless so far").expect(201);
    const path = `/api/comments/1/${body.id}`;
    const edit = (change: object) => patch(path, change).set(...bearer(body.editToken));
    await edit({ comment: "Still harmless" }).expect(200);
    const res = await edit({ comment: "Now https://spam.example" }).expect(202);
    contract.expectKept("PATCH", path, res);
    await get(path).expect(404);
    await edit({ comment: "Nice post" }).expect(200);
    expect(await reasonsOf(body.id)).toEqual(["links", "repeated"]);
    const history = await asAdmin(get(`${path}/history`)).expect(200);
    expect(history.body.map((one: { comment: string }) => one.comment)).toEqual([
      "Harmless so far",
      "Still harmless",
      "Now https://spam.example",
    ]);
  });

  test("members are judged as guests are, by their account; authors of posts and moderators are not", async () => {
    const [member, author, moderator] = [
      await addSignedIn(server, "member", "Mia"),
      await addSignedIn(server, "author", "Otto"),
      await addSignedIn(server, "moderator", "Mona"),
    ];
    const link = { comment: "See https://mine.example", post: 1 };
    await post("/api/comments", link).set(member.browser).expect(202);
    await post("/api/comments", { ...link, comment: "No link" })
      .set(member.browser)
      .expect(201);
    await post("/api/comments", link).set(member.browser).expect(201);
    await post("/api/comments", link).set(author.browser).expect(201);
    await post("/api/comments", link).set(moderator.browser).expect(201);
  });

  test.each(["\u200b\u200d", "\u3164", "\u2800 \u00ad", "\ufeff\n\u2060", "\u0301"])(
    "a comment that shows nothing is blank: %j",
    async (text) => {
      expect((await say(text).expect(400)).body.issues[0].message).toBe("Must not be blank");
    },
  );
});

describe("rules", () => {
  test("hold by words as readers see them, whatever the case, accents and marks between", async () => {
    const id = await makeRule({ kind: "words", action: "hold", words: ["Cásino Royale", "賭博"] });
    const here = somewhere();
    await say("A trusted guest", {}, here).expect(201);
    for (const text of ["the CASINO, royale!", "ca\u200bs*ino* roya**le**", "オンライン賭博です"]) {
      const { body } = await say(text, {}, here).expect(202);
      expect((await seen(body.id)).reasons).toEqual([
        { rule: "words", reason: `has words of a list (rule ${id})` },
      ]);
    }
    await say("casinoroyale and casino", {}, here).expect(201);
    await say("By name", { author: "Casino Royale" }, here).expect(202);
    await dropRule(id);
    await say("casino royale", {}, here).expect(201);
  });

  test("block by network, e-mail and words, without a word about which, on edits, too", async () => {
    const ids = [
      await makeRule({ kind: "network", action: "block", pattern: "203.0.113.0/24", note: "marker-note" }),
      await makeRule({ kind: "network", action: "block", pattern: "2001:db8:1::/48" }),
      await makeRule({ kind: "email", action: "block", pattern: "*@SPAM.example" }),
      await makeRule({ kind: "words", action: "block", words: ["slur"] }),
    ];
    const refused = [
      await say("From there", {}, "203.0.113.77").expect(403),
      await say("From there, too", {}, "2001:db8:1:2::3").expect(403),
      await say("Write to me", { email: "me@spam.example" }).expect(403),
      await say("A slur.").expect(403),
    ];
    contract.expectKept(
      "POST",
      "/api/comments",
      refused[0] ?? { status: 0, headers: {}, text: "", body: {} },
    );
    expect(new Set(refused.map(({ body }) => `${body.code} ${body.error}`))).toEqual(
      new Set(["blocked This comment is not accepted here"]),
    );
    await say("From next door", {}, "203.0.114.77").expect(201);
    const { body } = await say("Fine", { email: "me@ham.example" }).expect(201);
    const path = `/api/comments/1/${body.id}`;
    await patch(path, { comment: "slur" })
      .set(...bearer(body.editToken))
      .expect(403);
    expect((await get(path)).body.comment).toBe("Fine");
    await asAdmin(from(comment("A slur, quoted by the admin"), "203.0.113.77")).expect(201);
    for (const id of ids) await dropRule(id);
    await say("From there again", {}, "203.0.113.77").expect(201);
  });

  test("hold more links or images than they allow, newcomers, and end when they say so", async () => {
    const open = await startServer({ ...settings, MODERATION: "open" });
    const there = client(() => open);
    const make = (rule: object) => there.post("/api/rules", rule).set(...there.admin());
    await there.comment("https://a.example https://b.example").expect(201);
    await make({ kind: "links", action: "hold", max: 1 }).expect(201);
    await make({ kind: "images", action: "hold" }).expect(201);
    await make({ kind: "words", action: "block", words: ["over"], expiresAt: "2026-01-01T00:00:00+01:00" });
    await there.comment("https://a.example").expect(201);
    await there.comment("https://a.example https://b.example").expect(202);
    await there.comment("![a](https://a.example/a.png)").expect(202);
    await there.comment("It is over").expect(201);
    await make({ kind: "newcomer", action: "hold" }).expect(201);
    await from(there.comment("Hello, I am new"), "192.0.2.200").expect(202);
    await there.comment("Hello again").expect(201);
  });

  test("are seen by the other process at its next write", async () => {
    const one = await startServer({ ...settings, MODERATION: "open" });
    const two = await startServer({
      ...settings,
      MODERATION: "open",
      DATABASE_URL: `file:${one.databaseFile}`,
    });
    const [here, there] = [client(() => one), client(() => two)];
    await there.comment("A forbidden word").expect(201);
    const { body } = await here
      .post("/api/rules", { kind: "words", action: "block", words: ["forbidden"] })
      .set(...here.admin())
      .expect(201);
    await there.comment("A forbidden word, again").expect(403);
    await here
      .delete(`/api/rules?id=${body.id}`)
      .set(...here.admin())
      .expect(200);
    await there.comment("A forbidden word, at last").expect(201);
  });

  test("are listed with all that they say, paged, and deleted once", async () => {
    const rule = { kind: "email", action: "hold", pattern: "a*@b.example", note: "Why", expiresAt: null };
    const made = await asAdmin(post("/api/rules", rule)).expect(201);
    contract.expectKept("POST", "/api/rules", made);
    expect(made.body).toMatchObject({ ...rule, max: null, words: null });
    const other = await makeRule({ kind: "links", action: "hold" });
    const first = await asAdmin(get("/api/rules?limit=1")).expect(200);
    contract.expectKept("GET", "/api/rules", first);
    expect(first.headers["cache-control"]).toBe("private, no-store");
    const next = /<(.*)>; rel="next"/.exec(first.headers.link ?? "")?.[1] ?? "";
    expect([...first.body, ...(await asAdmin(get(next))).body].map(({ id }) => id)).toEqual([
      made.body.id,
      other,
    ]);
    await asAdmin(get("/api/rules?limit=1").set("If-None-Match", first.headers.etag ?? "")).expect(304);
    const gone = await dropRule(made.body.id);
    contract.expectKept("DELETE", "/api/rules", gone);
    expect(gone.body).toEqual({ message: "Rule deleted", deleted: made.body });
    expect((await asAdmin(del(`/api/rules?id=${made.body.id}`)).expect(404)).body.code).toBe(
      "rule_not_found",
    );
    await dropRule(other);
  });

  test.each([
    [{ kind: "words", action: "hold" }, "words"],
    [{ kind: "words", action: "hold", words: ["…"] }, "words"],
    [{ kind: "links", action: "hold", max: -1 }, "max"],
    [{ kind: "links", action: "hold", pattern: "x" }, "pattern"],
    [{ kind: "network", action: "block", pattern: "0.0.0.0/0" }, "pattern"],
    [{ kind: "network", action: "block", pattern: "spam.example" }, "pattern"],
    [{ kind: "network", action: "block" }, "pattern"],
    [{ kind: "regex", action: "block", pattern: "(a+)+" }, "kind"],
    [{ kind: "newcomer", action: "delete" }, "action"],
    [{ kind: "newcomer", action: "hold", expiresAt: "tomorrow" }, "expiresAt"],
  ])("that say nothing sensible are refused: %j", async (rule, member) => {
    const { body } = await asAdmin(post("/api/rules", rule)).expect(400);
    expect(body.issues.map(({ path }: { path: string[] }) => path[0])).toContain(member);
  });
});

describe("the queue", () => {
  test("lists what waits and what was reported, with why, and says how much there is", async () => {
    const own = await startServer({ ...settings, MODERATION: "first", REPORT_THRESHOLD: "3" });
    const there = client(() => own);
    const queue = (path = "/api/moderation") => there.get(path).set(...there.admin());
    const empty = await queue().expect(200);
    expect([empty.body, empty.headers["x-total-count"]]).toEqual([[], "0"]);
    const waiting = await there.comment("https://spam.example", { email: "m@ex.org" }).expect(202);
    await queue()
      .set("If-None-Match", empty.headers.etag ?? "")
      .expect(200);
    await there.post("/api/comments/1/2/report", { reason: "abuse", note: "Rude" }).expect(202);
    const res = await queue().expect(200);
    contract.expectKept("GET", "/api/moderation", res);
    expect(res.headers["cache-control"]).toBe("private, no-store");
    expect(res.headers["x-total-count"]).toBe("2");
    expect(res.body).toMatchObject([
      {
        id: 2,
        status: "approved",
        reasons: [],
        reports: { count: 1, reasons: { abuse: 1 }, notes: ["Rude"] },
      },
      {
        id: waiting.body.id,
        status: "pending",
        email: "m@ex.org",
        reasons: [{ rule: "links", reason: "has links" }],
        reports: { count: 0 },
      },
    ]);
    await queue()
      .set("If-None-Match", res.headers.etag ?? "")
      .expect(304);
    const first = await queue("/api/moderation?limit=1").expect(200);
    const next = /<(.*)>; rel="next"/.exec(first.headers.link ?? "")?.[1] ?? "";
    expect((await queue(next).expect(200)).body).toMatchObject([{ id: waiting.body.id }]);
  });

  test("a moderator's list of what waits is never an old one", async () => {
    const list = () => asAdmin(get("/api/comments?status=pending&sort=newest&limit=1"));
    const before = await list().expect(200);
    const { body } = await say("https://news.example/to/moderators").expect(202);
    const after = await list()
      .set("If-None-Match", before.headers.etag ?? "")
      .expect(200);
    expect(after.body[0].id).toBe(body.id);
  });
});

describe("decisions", () => {
  const held = async (text: string) => (await say(`${text} https://held.example`).expect(202)).body.id;

  test("on many are all made, in one go, and each is in the audit log", async () => {
    const ids = [await held("One"), await held("Two"), await held("Three")];
    const res = await decide(ids, "approve", { note: "All fine" }).expect(200);
    contract.expectKept("POST", "/api/moderation", res);
    expect(res.body.map(({ id, status }: { id: number; status: string }) => [id, status])).toEqual(
      ids.map((id) => [id, "approved"]),
    );
    const log = await asAdmin(get("/api/audit?limit=3&type=comment")).expect(200);
    contract.expectKept("GET", "/api/audit", log);
    expect(log.body).toMatchObject(
      ids.toReversed().map((subject) => ({ subject, action: "comment.approve", note: "All fine" })),
    );
    for (const id of ids) await get(`/api/comments/1/${id}`).expect(200);
  });

  test("with an id that nobody has change nothing, and say which it is", async () => {
    const id = await held("Untouched");
    const { body } = await decide([id, 987_654], "approve").expect(404);
    expect(body).toMatchObject({ code: "comment_not_found", error: "There is no comment 987654" });
    expect((await seen(id)).status).toBe("pending");
    const author = await say("Gone for good").expect(201);
    await del(`/api/comments/1/${author.body.id}`)
      .set(...bearer(author.body.editToken))
      .expect(200);
    expect((await decide([id, author.body.id], "restore").expect(409)).body.code).toBe("not_restorable");
    for (const ids of [[], [0], Array(101).fill(id), "x"])
      await asAdmin(post("/api/moderation", { ids, action: "approve" })).expect(400);
    await asAdmin(post("/api/moderation", { ids: [id], action: "explode" })).expect(400);
  });

  test("spam, deletion and their way back", async () => {
    const { body } = await say("There and back").expect(201);
    const path = `/api/comments/1/${body.id}`;
    for (const action of ["spam", "delete"]) {
      await decide([body.id], action).expect(200);
      await get(path).expect(404);
      expect((await decide([body.id], "restore").expect(200)).body[0]).toMatchObject({
        status: "approved",
        comment: "There and back",
      });
      await get(path).expect(200);
    }
  });

  test("come from a browser's own form, too", async () => {
    const [one, two] = [await held("By form"), await held("By form, too")];
    const moderator = await addSignedIn(server, "moderator");
    const send = () => post("/api/moderation").type("form").set("Accept", "text/html");
    await send()
      .set(moderator.browser)
      .send({ ids: `${one},${two}`, action: "approve" })
      .expect(303);
    expect((await seen(two)).status).toBe("approved");
    const nobody = await send().send({ ids: one, action: "spam" }).expect(303);
    expect(nobody.headers.location).toContain("error=unauthorized");
    expect((await seen(one)).status).toBe("approved");
  });
});

describe("the audit log", () => {
  test("has what moderators do one by one: edit, pin, hold, delete, restore, with before and after", async () => {
    const { body } = await say("A text with a marker: zanzibar").expect(201);
    const path = `/api/comments/1/${body.id}`;
    for (const change of [
      { comment: "Mended" },
      { pinned: true },
      { status: "pending" },
      { status: "deleted" },
      { status: "approved" },
    ])
      await asAdmin(patch(path, change)).expect(200);
    const log = await asAdmin(get(`/api/audit?type=comment&subject=${body.id}`)).expect(200);
    expect(log.body.map(({ action }: { action: string }) => action)).toEqual([
      "comment.restore",
      "comment.delete",
      "comment.hold",
      "comment.pin",
      "comment.edit",
    ]);
    expect(log.text).not.toMatch(/zanzibar|Mended/);
    expect(log.body[3]).toMatchObject({
      before: { pinned: false },
      after: { pinned: true },
      by: { role: "admin" },
    });
    const [history] = (await asAdmin(get(`${path}/history`))).body;
    expect(log.body[4].before).toEqual({ edit: history.id });
    const back = await asAdmin(post(`/api/audit/${log.body[4].id}/undo`)).expect(200);
    contract.expectKept("POST", `/api/audit/${log.body[4].id}/undo`, back);
    expect(back.body).toMatchObject({ action: "comment.undo", undoes: log.body[4].id });
    expect((await get(path)).body.comment).toBe("A text with a marker: zanzibar");
    const again = await asAdmin(post(`/api/audit/${log.body[4].id}/undo`)).expect(409);
    expect(again.body.code).toBe("not_undoable");
    expect((await asAdmin(post("/api/audit/987654/undo")).expect(404)).body.code).toBe("entry_not_found");
    await asAdmin(post("/api/audit/x/undo")).expect(404);
    await asAdmin(get("/api/audit?subject=1")).expect(400);
  });

  test("brings a deleted post back, with its comments", async () => {
    const draft = { title: "To be missed", content: "Text", author: "Otto" };
    const made = await asAdmin(post("/api/posts", draft)).expect(201);
    const path = `/api/comments/${made.body.id}`;
    await from(post(path, { comment: "Missed, too" }), somewhere()).expect(201);
    await asAdmin(del(`/api/posts/${made.body.id}`)).expect(200);
    await get(path).expect(404);
    const [entry] = (await asAdmin(get(`/api/audit?type=post&subject=${made.body.id}`))).body;
    await asAdmin(post(`/api/audit/${entry.id}/undo`)).expect(200);
    expect((await get(path).expect(200)).body.comments).toMatchObject([{ comment: "Missed, too" }]);
    await asAdmin(post(`/api/audit/${entry.id}/undo`)).expect(409);
  });

  test("does not let a moderator take back what only admins do", async () => {
    const moderator = await addSignedIn(server, "moderator");
    const person = await addSignedIn(server, "member");
    await asAdmin(patch(`/api/users/${person.id}`, { role: "author" })).expect(200);
    const [entry] = (await asAdmin(get(`/api/audit?type=user&subject=${person.id}`))).body;
    await post(`/api/audit/${entry.id}/undo`).set(moderator.browser).expect(403);
  });
});

describe("who may", () => {
  const routes: ["get" | "post" | "delete", string, object | undefined][] = [
    ["get", "/api/moderation", undefined],
    ["post", "/api/moderation", { ids: [1], action: "approve" }],
    ["get", "/api/rules", undefined],
    ["post", "/api/rules", { kind: "newcomer", action: "hold" }],
    ["delete", "/api/rules?id=987654", undefined],
    ["get", "/api/audit", undefined],
    ["post", "/api/audit/987654/undo", {}],
  ];

  test.each(routes)(
    "%s %s: nobody 401, a guest 401, members and authors 403, moderators yes",
    async (verb, path, body) => {
      const { get: read, post: write, delete: remove } = client(() => server);
      const call = () => (verb === "get" ? read(path) : verb === "post" ? write(path, body) : remove(path));
      const guest = await say(`A guest at ${verb} ${path}`).expect(201);
      contract.expectKept(verb, path, await call().expect(401));
      await call()
        .set(...bearer(guest.body.editToken))
        .expect(401);
      for (const role of ["member", "author"] as const) {
        const { browser } = await addSignedIn(server, role);
        contract.expectKept(verb, path, await call().set(browser).expect(403));
      }
      const { browser } = await addSignedIn(server, "moderator");
      const { status } = await call().set(browser);
      expect([200, 201, 404]).toContain(status);
      if (verb !== "get")
        await call()
          .set({ ...browser, "Sec-Fetch-Site": "cross-site" })
          .expect(403);
      if (status === 201) for (const { id } of (await asAdmin(read("/api/rules"))).body) await dropRule(id);
    },
  );
});

describe("reports", () => {
  const report = (id: number, address = somewhere()) =>
    from(post(`/api/comments/1/${id}/report`, { reason: "spam", note: "marker-note" }), address);

  test("by as many people as REPORT_THRESHOLD bring a comment back to the queue; none learns how many", async () => {
    const { body } = await say("Reported soon").expect(201);
    const path = `/api/comments/1/${body.id}`;
    const here = somewhere();
    const before = await get(path);
    const answers = [await report(body.id, here), await report(body.id, here)];
    expect((await get(path)).headers.etag).toBe(before.headers.etag);
    answers.push(await report(body.id));
    expect(answers.map(({ status, text }) => [status, text])).toEqual(
      Array(3).fill([202, '{"message":"Reported"}']),
    );
    await get(path).expect(404);
    expect(await seen(body.id)).toMatchObject({
      status: "pending",
      reasons: [{ rule: "reported", reason: "reported by 2 readers" }],
      reports: { count: 2 },
    });
    await decide([body.id], "approve").expect(200);
    await report(body.id, here).expect(202);
    await report(body.id).expect(202);
    await get(path).expect(200);
    await report(body.id).expect(202);
    await get(path).expect(404);
  });

  test("of what is not there, or waits, are 404", async () => {
    const { body } = await say("https://waits.example").expect(202);
    await report(body.id).expect(404);
    await report(987_654).expect(404);
  });
});

describe("votes", () => {
  const vote = (id: number, value: number, address: string) =>
    from(put(`/api/comments/1/${id}/vote`, { value }), address);

  test("are one for each network, whatever X-Forwarded-For begins with, and one for each /64", async () => {
    const { body } = await say("Vote for me").expect(201);
    for (let n = 0; n < 10; n++) await vote(body.id, 1, `203.0.113.${n}, 192.0.2.44`).expect(200);
    for (let n = 0; n < 10; n++) await vote(body.id, 1, `2001:db8:9:9::${n + 1}`).expect(200);
    expect((await vote(body.id, 1, "192.0.2.45")).body).toEqual({ up: 3, down: 0, mine: 1 });
    const direct = await startServer({ SEED: "on" });
    const there = client(() => direct);
    for (let n = 0; n < 5; n++)
      await from(there.put("/api/comments/1/1/vote", { value: 1 }), `203.0.113.${n}`).expect(200);
    expect((await there.get("/api/comments/1/1")).body.votes).toEqual({ up: 1, down: 0 });
  });

  test("are one for each person who is signed in, beside the guests of their network, and none on one's own", async () => {
    const here = somewhere();
    const [vera, will] = [
      await addSignedIn(server, "member", "Vera"),
      await addSignedIn(server, "member", "Will"),
    ];
    const { body } = await say("By a guest here", {}, here).expect(201);
    for (const { browser } of [vera, vera, will]) await vote(body.id, 1, here).set(browser).expect(200);
    expect((await vote(body.id, 1, somewhere()).set(vera.browser)).body).toEqual({ up: 2, down: 0, mine: 1 });
    expect((await vote(body.id, 1, somewhere())).body).toEqual({ up: 3, down: 0, mine: 1 });
    expect((await vote(body.id, 1, here).expect(403)).body.code).toBe("own_comment");
    const signed = await from(comment("By me, signed in"), here).set(vera.browser).expect(201);
    await vote(signed.body.id, 1, somewhere()).set(vera.browser).expect(403);
    expect((await get(`/api/comments/1/${signed.body.id}`)).body.votes).toEqual({ up: 0, down: 0 });
  });

  test("at once are all counted once, and best comes first in lists and trees", async () => {
    const { body: better } = await say("The better one").expect(201);
    const { body: worse } = await say("The worse one").expect(201);
    const voters = Array.from({ length: 20 }, () => somewhere());
    await Promise.all(voters.flatMap((one) => Array.from({ length: 5 }, () => vote(better.id, 1, one))));
    for (const one of voters.slice(0, 3)) await vote(worse.id, -1, one).expect(200);
    expect((await get(`/api/comments/1/${better.id}`)).body.votes).toEqual({ up: 20, down: 0 });
    expect((await get("/api/comments?sort=top&limit=1")).body[0].id).toBe(better.id);
    expect((await get("/api/comments/1?view=tree&sort=top&limit=1")).body.comments[0].id).toBe(better.id);
  });

  test("go to nothing that waits or is deleted", async () => {
    const { body } = await say("https://unseen.example").expect(202);
    await vote(body.id, 1, somewhere()).expect(404);
    await decide([body.id], "delete").expect(200);
    await vote(body.id, 1, somewhere()).expect(404);
  });
});

test("a form that is sent twice by a double click makes one comment", async () => {
  const here = somewhere();
  const send = () =>
    from(post("/api/comments"), here)
      .type("form")
      .set("Accept", "text/html")
      .send({ post: 1, comment: "Clicked twice" });
  const [one, two] = await Promise.all([send().expect(303), send().expect(303)]);
  expect(two.headers.location).toBe(one.headers.location);
  expect((await get("/api/comments?q=clicked")).body).toHaveLength(1);
});
