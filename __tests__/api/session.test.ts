import { beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { client } from "../support/client";
import { settledLogs } from "../support/logs";
import { addPerson, addSignedIn, cookieOf, fromHere, PASSWORD, signIn } from "../support/people";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";

let server: Server;
const { get, post, delete: del } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on" });
});

/** Runs SQL beside the server. */
function sql(statement: string, ...values: unknown[]): unknown[] {
  const database = new Database(server.databaseFile);
  try {
    const prepared = database.prepare(statement);
    return prepared.reader ? prepared.all(...values) : [prepared.run(...values).changes];
  } finally {
    database.close();
  }
}

const asForm = (path: string, fields: object) =>
  post(path).set("Accept", "text/html,*/*;q=0.8").type("form").send(fields);

describe("signing in", () => {
  test("answers 201 with who it is, and a cookie that no script can read", async () => {
    const { email, id } = await addPerson(server, "author", "Lin");
    const res = await post("/api/session", { email: email.toUpperCase(), password: PASSWORD }).expect(201);
    expect(res.body).toMatchObject({ authorized: true, user: { id, name: "Lin", role: "author", email } });
    expect(res.headers).toMatchObject({ location: "/api/session", "cache-control": "private, no-store" });
    expect(res.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^antiphon=[\w-]{43}; Path=\/; Max-Age=2592000; HttpOnly; SameSite=Lax$/),
    ]);
    const me = await get("/api/session").set("Cookie", cookieOf(res)).expect(200);
    expect(me.body).toEqual(res.body);
    expect(me.headers["cache-control"]).toBe("private, no-store");
  });

  test("over HTTPS binds the cookie to the host", async () => {
    const own = await startServer({ PUBLIC_URL: "https://c.example" });
    const there = client(() => own);
    const { email } = await addPerson(own);
    const res = await signIn(own, email);
    expect(res.headers["set-cookie"]).toEqual([
      expect.stringMatching(
        /^__Host-antiphon=[\w-]{43}; Path=\/; Max-Age=2592000; Secure; HttpOnly; SameSite=Lax$/,
      ),
    ]);
    const cookie = cookieOf(res);
    await there.get("/api/session").set("Cookie", cookie).expect(200);
    await there.get("/api/session").set("Cookie", cookie.replace("__Host-", "")).expect(401);
    await there.delete("/api/session").set("Cookie", cookie).set("Origin", "https://c.example").expect(204);
  });

  test("keeps of the token its hash alone", async () => {
    const { email } = await addPerson(server);
    const token = cookieOf(await signIn(server, email)).split("=")[1] ?? "";
    expect(token).toHaveLength(43);
    const kept = JSON.stringify(sql("SELECT * FROM sessions"));
    expect(kept).not.toContain(token);
    expect(JSON.stringify(sql("SELECT password FROM users WHERE email = ?", email))).toMatch(
      /\$argon2id\$v=19\$m=19456,t=2,p=1\$/,
    );
  });

  test("takes each sort of body, and asks no browser where it is from that does not say", async () => {
    const { email } = await addPerson(server);
    await post("/api/session").type("form").send({ email, password: PASSWORD }).expect(201);
    await post("/api/session").field("email", email).field("password", PASSWORD).expect(201);
  });

  test("never takes over a cookie that was there before, and ends the session that was", async () => {
    const { email } = await addPerson(server);
    const preset = `antiphon=${"x".repeat(43)}`;
    const first = await post("/api/session", { email, password: PASSWORD }).set("Cookie", preset).expect(201);
    expect(cookieOf(first)).not.toBe(preset);
    await get("/api/session").set("Cookie", preset).expect(401);
    const second = await post("/api/session", { email, password: PASSWORD })
      .set("Cookie", cookieOf(first))
      .expect(201);
    expect(cookieOf(second)).not.toBe(cookieOf(first));
    await get("/api/session").set("Cookie", cookieOf(first)).expect(401);
    await get("/api/session").set("Cookie", cookieOf(second)).expect(200);
  });

  test("refuses what is no e-mail address and password, and what is too long, before it is hashed", async () => {
    const { email } = await addPerson(server);
    for (const body of [
      {},
      { email },
      { email, password: 7 },
      { email: [email], password: PASSWORD },
      { email, password: PASSWORD, role: "admin" },
      { email, password: "x".repeat(257) },
      { email, password: "x".repeat(60_000) },
      { email, password: "nul\0" },
      { email: "x".repeat(255), password: PASSWORD },
    ]) {
      const res = await post("/api/session", body).expect(400);
      expect(res.body.code).toBe("invalid_input");
      expect(res.headers).not.toHaveProperty("set-cookie");
    }
    await post("/api/session", { email, password: "x".repeat(1_000_000) }).expect(413);
  });

  test("is for who has a password", async () => {
    sql(
      "INSERT INTO users (name, email, role, created_at) VALUES ('Bob', 'bob@example.org', 'admin', '2026')",
    );
    for (const password of ["", "null", PASSWORD]) {
      const res = await signIn(server, "bob@example.org", password);
      expect([res.status, res.body.code]).toEqual([401, "sign_in_failed"]);
    }
    expect((await signIn(server, "", "")).status).toBe(401);
  });
});

describe("a browser's own form", () => {
  test("is led to where it came from, on this server", async () => {
    const { email } = await addPerson(server);
    const to = async (next: string) =>
      (await asForm("/api/session", { email, password: PASSWORD, next }).expect(303)).headers;
    expect(await to("/posts/react-hooks?at=3#comment-3")).toMatchObject({
      location: "/posts/react-hooks?at=3#comment-3",
      "cache-control": "private, no-store",
      "set-cookie": [expect.stringMatching(/^antiphon=/)],
    });
    for (const next of [
      "",
      "posts",
      "//evil.example",
      "/\\evil.example",
      "/\t/evil.example",
      "/.//evil.example",
      "/x/..//evil.example",
      "https://evil.example/",
      "javascript:alert(1)",
      "\\\\evil.example",
      "/login?next=/login",
    ])
      expect([next, (await to(next)).location]).toEqual([next, "/"]);
  });

  test("that fails is led back with what to say, and where it was going", async () => {
    const { email } = await addPerson(server);
    const wrong = await asForm("/api/session", { email, password: "wrong", next: "/posts/1" }).expect(303);
    expect(wrong.headers.location).toBe("/login?error=sign_in_failed&next=%2Fposts%2F1");
    expect(wrong.headers).not.toHaveProperty("set-cookie");
    const long = await asForm("/api/session", { email, password: "x".repeat(300), next: "//evil.example" });
    expect(long.headers.location).toBe("/login?error=invalid_input&field=password");
    expect(wrong.text + long.text + wrong.headers.location + long.headers.location).not.toContain(email);
  });

  test("signs out by POST with _method", async () => {
    const { browser } = await addSignedIn(server);
    const res = await asForm("/api/session", { _method: "DELETE" }).set(browser).expect(303);
    expect(res.headers.location).toBe("/");
    await get("/api/session").set(browser).expect(401);
  });
});

describe("who can't sign in", () => {
  test("learns nothing: a wrong password and an unknown address have one answer and one time", async () => {
    const own = await startServer({ TRUST_PROXY: "1" });
    const { email } = await addPerson(own);
    const took: Record<"wrong" | "unknown", number[]> = { wrong: [], unknown: [] };
    const answers = new Set<string>();
    for (let n = 0; n < 60; n++) {
      const which = n % 2 ? "wrong" : "unknown";
      const address = which === "wrong" ? email : `nobody-${n}@example.org`;
      const call = client(() => own)
        .post("/api/session", { email: address, password: `A wrong one ${n}` })
        .set("X-Forwarded-For", `203.0.113.${n}`);
      const began = performance.now();
      const { status, headers, body } = await call;
      took[which].push(performance.now() - began);
      const { date, "x-request-id": _id, ...rest } = headers;
      answers.add(JSON.stringify([status, rest, { ...body, requestId: null }]));
    }
    const [answer = ""] = answers;
    expect(answers.size).toBe(1);
    expect(answer).toContain('"code":"sign_in_failed"');
    expect(answer).toContain('"www-authenticate":"Bearer');
    const median = (all: number[]) => [...all].sort((a, b) => a - b)[all.length >> 1] ?? 0;
    const ratio = median(took.wrong) / median(took.unknown);
    expect(ratio).toBeGreaterThan(0.6);
    expect(ratio).toBeLessThan(1.6);
    // Most of it is the hash: without one it would be a millisecond or two.
    expect(median(took.unknown)).toBeGreaterThan(4);
  });

  test("has ten tries from one network, however many come at once, also after a restart", async () => {
    const own = await startServer({ TRUST_PROXY: "1" });
    const { email } = await addPerson(own);
    const tryTo = (at: Server, network: string, password: string) =>
      client(() => at)
        .post("/api/session", { email, password })
        .set("X-Forwarded-For", network);
    const all = await Promise.all(
      Array.from({ length: 40 }, (_, n) => tryTo(own, "203.0.113.7", `Guess ${n}`)),
    );
    expect(all.filter(({ status }) => status === 401)).toHaveLength(10);
    const refused = all.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(30);
    expect(refused[0]?.body.code).toBe("rate_limited");
    expect(Number(refused[0]?.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(refused[0]?.headers["retry-after"])).toBeLessThanOrEqual(90);

    const again = await own.restart();
    await tryTo(again, "203.0.113.7", PASSWORD).expect(429);
    await tryTo(again, "203.0.113.8", PASSWORD).expect(201);
    // An address that nobody has is guarded alike: the limit tells nothing either.
    for (let n = 0; n < 10; n++)
      await client(() => again)
        .post("/api/session", { email: "Nobody@example.org", password: "Guess" })
        .expect(401);
    await client(() => again)
      .post("/api/session", { email: "nobody@example.org", password: "Guess" })
      .expect(429);
  });

  test("can't keep others out: where somebody signed in lately, strangers' tries don't count", async () => {
    const own = await startServer({ TRUST_PROXY: "1" });
    const { email } = await addPerson(own);
    const tryFrom = (network: string, password: string) =>
      client(() => own)
        .post("/api/session", { email, password })
        .set("X-Forwarded-For", network);
    await tryFrom("198.51.100.1", PASSWORD).expect(201);
    const all = await Promise.all(
      Array.from({ length: 120 }, (_, n) => tryFrom(`203.0.113.${n}`, `Guess ${n}`)),
    );
    expect(all.filter(({ status }) => status === 401)).toHaveLength(100);
    await tryFrom("203.0.113.200", PASSWORD).expect(429);
    await tryFrom("198.51.100.1", PASSWORD).expect(201);
  });

  test("is stopped by network over all accounts; a right password is not counted against its owner", async () => {
    const own = await startServer({ RATE_LIMIT: "on" });
    const { email } = await addPerson(own);
    const there = client(() => own);
    for (let n = 0; n < 15; n++) await there.post("/api/session", { email, password: PASSWORD }).expect(201);
    for (let n = 0; n < 15; n++)
      await there.post("/api/session", { email: `${n}@example.org`, password: "Guess" }).expect(401);
    const res = await there.post("/api/session", { email: "x@example.org", password: "Guess" }).expect(429);
    expect(res.headers["ratelimit-policy"]).toBe('"sign-ins";q=30;w=600');
    expect(res.headers.ratelimit).toMatch(/^"sign-ins";r=0;t=\d+$/);
    expect(Number(res.headers["retry-after"])).toBeGreaterThan(0);
  });
});

describe("a call that another site's page makes", () => {
  const foreign: Record<string, string>[] = [
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
    { "Sec-Fetch-Site": "cross-site", Origin: "http://127.0.0.1" },
    { "Sec-Fetch-Site": "none", Origin: "https://evil.example" },
    { Origin: "https://evil.example" },
    { Origin: "null" },
    { Referer: "https://evil.example/page" },
    { Referer: "nonsense" },
  ];

  test("signs nobody in or out", async () => {
    const { email, browser } = await addSignedIn(server);
    for (const headers of foreign) {
      const res = await post("/api/session", { email, password: PASSWORD }).set(headers).expect(403);
      expect([headers, res.body.code]).toEqual([headers, "cross_site"]);
      expect(res.headers).not.toHaveProperty("set-cookie");
      const out = await del("/api/session").set("Cookie", browser.Cookie).set(headers).expect(403);
      expect(out.body.code).toBe("cross_site");
      expect(out.headers).not.toHaveProperty("set-cookie");
    }
    await get("/api/session").set(browser).expect(200);
    for (const headers of [{ Origin: server.url }, { Referer: `${server.url}/login` }, fromHere])
      await post("/api/session", { email, password: PASSWORD }).set(headers).expect(201);
  });

  test("changes nothing by the cookie that it brings, in any body that a form can send", async () => {
    const { browser } = await addSignedIn(server, "admin");
    const before = sql("SELECT count(*) AS n FROM comments");
    const send = () => post("/api/comments").set("Cookie", browser.Cookie);
    const calls = [
      send().type("form").send({ post: "1", comment: "Forged" }),
      send().field("post", "1").field("comment", "Forged"),
      send().type("text/plain").send('{"post":1,"comment":"Forged"}'),
    ];
    for (const call of calls) {
      const res = await call.set("Sec-Fetch-Site", "cross-site").set("Origin", "https://evil.example");
      expect([403, 415]).toContain(res.status);
    }
    await asForm("/api/sessions", { _method: "DELETE" })
      .set("Cookie", browser.Cookie)
      .set(foreign[0] ?? {});
    await del("/api/comments/1/1").set("Cookie", browser.Cookie).expect(403);
    expect(sql("SELECT count(*) AS n FROM comments")).toEqual(before);
    await get("/api/session").set(browser).expect(200);
    await send().set(fromHere).send({ post: 1, comment: "Mine" }).expect(201);
  });
});

describe("a session", () => {
  test("is dead once signed out, for whoever copied its cookie, too", async () => {
    const { browser } = await addSignedIn(server);
    const res = await del("/api/session").set(browser).expect(204);
    expect(res.headers["set-cookie"]).toEqual(["antiphon=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"]);
    await get("/api/session").set(browser).expect(401);
    await del("/api/session").set(browser).expect(204);
    await del("/api/session").expect(204);
  });

  test("of a token that is none is 401, whatever it looks like", async () => {
    for (const value of [
      "",
      "x",
      "x".repeat(42),
      "x".repeat(7000),
      '"quoted"',
      "%00",
      "a=b",
      "../..",
      "édit",
    ]) {
      const res = await get("/api/session")
        .set("Cookie", `antiphon=${encodeURI(value)}`)
        .expect(401);
      expect(res.body.code).toBe("unauthorized");
    }
    await get("/api/session").expect(401);
    await get("/api/session").set("Authorization", "Bearer x").expect(401);
  });

  test("ends thirty days after it began, and after a week in which nobody used it", async () => {
    const ago = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    for (const [column, value] of [
      ["expires_at", ago(0)],
      ["seen_at", ago(7.001)],
    ]) {
      const { id, browser } = await addSignedIn(server);
      const [row] = sql("SELECT created_at, expires_at FROM sessions WHERE user_id = ?", id);
      expect(row).toMatchObject({ created_at: expect.any(String) });
      sql(`UPDATE sessions SET ${column} = ? WHERE user_id = ?`, value, id);
      await get("/api/session").set(browser).expect(401);
      await get("/api/sessions").set(browser).expect(401);
    }
    const { id, browser } = await addSignedIn(server);
    sql("UPDATE sessions SET seen_at = ? WHERE user_id = ?", ago(6.99), id);
    await get("/api/session").set(browser).expect(200);
  });

  test("is marked as used, to some minutes", async () => {
    const { id, browser } = await addSignedIn(server);
    const seenAt = () => sql("SELECT seen_at FROM sessions WHERE user_id = ?", id)[0];
    const first = seenAt();
    await get("/api/session").set(browser).expect(200);
    expect(seenAt()).toEqual(first);
    const earlier = new Date(Date.now() - 6 * 60_000).toISOString();
    sql("UPDATE sessions SET seen_at = ? WHERE user_id = ?", earlier, id);
    await get("/api/session").set(browser).expect(200);
    await until(() => JSON.stringify(seenAt()) !== JSON.stringify({ seen_at: earlier }));
  });

  test("has the rights that its person has now, and none once they are gone", async () => {
    const { id, browser } = await addSignedIn(server, "admin");
    await get("/api/comments?status=pending").set(browser).expect(200);
    sql("UPDATE users SET role = 'member' WHERE id = ?", id);
    expect((await get("/api/session").set(browser).expect(200)).body.user.role).toBe("member");
    await get("/api/comments?status=pending").set(browser).expect(403);
    const database = new Database(server.databaseFile);
    database.pragma("foreign_keys = ON");
    database.prepare("DELETE FROM users WHERE id = ?").run(id);
    database.close();
    await get("/api/session").set(browser).expect(401);
    expect(sql("SELECT 1 FROM sessions WHERE user_id = ?", id)).toEqual([]);
  });

  test("has no other address", async () => {
    const { browser } = await addSignedIn(server);
    for (const path of ["/api/session/x.css", "/api/session;.js", "/api/session.css", "/api/sessions/1.css"])
      expect([path, (await get(path).set(browser)).status]).toEqual([path, 404]);
    expect((await get("/api/session?x.css").set(browser)).status).toBe(400);
  });
});

describe("my sessions", () => {
  test("are listed with the current one marked, and those of nobody else", async () => {
    const { email, browser } = await addSignedIn(server);
    await addSignedIn(server);
    await post("/api/session", { email, password: PASSWORD })
      .set("User-Agent", `Elinks/1 ${"x".repeat(300)}`)
      .expect(201);
    const { body, headers } = await get("/api/sessions").set(browser).expect(200);
    expect(body).toEqual([
      {
        id: expect.any(Number),
        userAgent: expect.stringMatching(/^Elinks\/1 x{191}$/),
        current: false,
        createdAt: expect.any(String),
        seenAt: expect.any(String),
      },
      {
        id: expect.any(Number),
        userAgent: "",
        current: true,
        createdAt: expect.any(String),
        seenAt: expect.any(String),
      },
    ]);
    expect(headers["cache-control"]).toBe("private, no-store");
    await get("/api/sessions").expect(401);
    await del("/api/sessions").expect(401);
  });

  test("end all but the current one, or the one that is named", async () => {
    const { email, browser } = await addSignedIn(server);
    const stranger = await addSignedIn(server);
    const others = [cookieOf(await signIn(server, email)), cookieOf(await signIn(server, email))];
    const list = (await get("/api/sessions").set(browser).expect(200)).body;
    const [newest] = list;
    const one = await del(`/api/sessions?id=${newest.id}`).set(browser).expect(200);
    expect(one.body).toEqual({ message: "Sessions ended", deleted: [newest] });
    await get("/api/session")
      .set("Cookie", others[1] ?? "")
      .expect(401);
    await get("/api/session")
      .set("Cookie", others[0] ?? "")
      .expect(200);

    expect((await del("/api/sessions").set(browser).expect(200)).body.deleted).toMatchObject([
      { id: list[1].id },
    ]);
    await get("/api/session")
      .set("Cookie", others[0] ?? "")
      .expect(401);
    expect((await get("/api/sessions").set(browser)).body).toMatchObject([{ id: list[2].id, current: true }]);
    await del("/api/sessions").set(browser).set("Prefer", "return=minimal").expect(204);

    const theirs = (await get("/api/sessions").set(stranger.browser)).body[0].id;
    for (const id of [theirs, newest.id, 999_999]) {
      const res = await del(`/api/sessions?id=${id}`).set(browser).expect(404);
      expect(res.body.code).toBe("session_not_found");
    }
    await get("/api/session").set(stranger.browser).expect(200);
    await del("/api/sessions?id=x").set(browser).expect(400);
  });
});

test("the log tells who came and who was refused, by id and request, without a secret or a name", async () => {
  const { email, id, browser } = await addSignedIn(server, "member", "Philippa");
  await post("/api/session", { email, password: "wrong and logged" })
    .set("X-Request-Id", "trace-fail")
    .expect(401);
  await del("/api/sessions").set(browser).set("X-Request-Id", "trace-end").expect(200);
  await del("/api/session").set(browser).set("X-Request-Id", "trace-out").expect(204);
  const log = await settledLogs(server);
  const line = (start: string) => log.split("\n").find((one) => one.includes(start)) ?? "";
  expect(line(`"event":"signed in","user":${id}`)).toMatch(/"time":"\d{4}-.*Z".*"id":"/);
  expect(line('"id":"trace-fail","event"')).toContain('"event":"sign-in failed"');
  expect(line('"id":"trace-end","event"')).toContain(`"event":"sessions ended","user":${id},"count":0`);
  expect(line('"id":"trace-out","event"')).toContain(`"event":"signed out","user":${id}`);
  for (const secret of [email, PASSWORD, "wrong and logged", "Philippa", browser.Cookie.split("=")[1] ?? ""])
    expect(log).not.toContain(secret);
});
