import { beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import type { Test } from "supertest";
import { bearer, client } from "@/__tests__/support/client";
import { makeHookSecret } from "@/__tests__/support/hooks";
import { bodyOf, call, makeThings, missingPathOf, type Things } from "@/__tests__/support/operations";
import { overload } from "@/__tests__/support/overload";
import { addSignedIn, PASSWORD } from "@/__tests__/support/people";
import request, { noteAnswer } from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";
import { exchange, head } from "@/__tests__/support/socket";
import { until } from "@/__tests__/support/until";
import { openApi } from "@/lib/openapi";
import { operations } from "@/lib/operations";
import type { Operation } from "@/lib/operations/operation";

/*
 * What every operation can be answered, produced for every operation that the document says it of, so that a new one is
 * met here as well. What is particular to one has its tests elsewhere.
 */
const env = { SEED: "on", MODERATION: "open", HOOK_SECRET: makeHookSecret() };
const { paths } = JSON.parse(JSON.stringify(openApi("")));

let server: Server;
let things: Things;

beforeAll(async () => {
  server = await startServer(env);
  things = await makeThings(server);
});

/** The operations that name this status. */
const that = (status: number): Operation[] =>
  operations.filter(({ method, path }) => String(status) in paths[path][method].responses);

const nameOf = ({ method, path }: Operation) => `${method} ${path}`;

/** Calls each of them and holds that each was answered so; what was not is named. */
async function expectEach(
  status: number,
  ask: (operation: Operation) => Test,
  of = that(status),
): Promise<void> {
  const answers = await Promise.all(
    of.map(async (one): Promise<[string, number]> => [nameOf(one), (await ask(one)).status]),
  );
  expect(answers.filter(([, answered]) => answered !== status)).toEqual([]);
  expect(answers.length).toBeGreaterThan(5);
}

/** As somebody who may do all of it. */
const ask = (operation: Operation) => call(server, operation, things.pathOf(operation)).set(things.browser);

describe("every operation that the document says it of", () => {
  test("answers 400 to parameters that it does not have", async () => {
    const read = that(400).filter(({ upload, signed }) => !upload && !signed);
    await expectEach(400, (one) => ask(one).query({ nonsense: "1" }), read);
  });

  test("answers 401 to nobody", async () => {
    const guarded = that(401).filter(({ role }) => role);
    await expectEach(401, (one) => call(server, one, things.pathOf(one)), guarded);
  });

  test("answers 403 to a page of a site that may not change anything", async () => {
    const own = await startServer({ ...env, ALLOWED_ORIGINS: "https://blog.example" });
    const changing = that(403).filter(({ method }) => method !== "get");
    await expectEach(
      403,
      (one) => call(own, one, things.pathOf(one)).set("Origin", "https://evil.example"),
      changing,
    );
    await own.stop();
  });

  test("answers 404 for what is not there", async () => {
    const named = that(404).filter(({ path }) => path.includes("{"));
    await expectEach(
      404,
      (one) => call(server, one, missingPathOf(one), bodyOf(one)).set(things.browser),
      named,
    );
  });

  test("answers 406 to who takes nothing that it has", async () => {
    await expectEach(406, (one) => ask(one).set("Accept", "image/x-icon"));
  });

  test("answers 412 to who knows another version, and changes nothing", async () => {
    await expectEach(412, (one) => ask(one).set("If-Match", '"of another time"'));
  });

  test("answers 413 to a body that is too large, before any of it has come", async () => {
    for (const one of that(413)) {
      const path = things.pathOf(one);
      const answer = await exchange(
        server.url,
        head(
          `${one.method.toUpperCase()} ${path} HTTP/1.1`,
          "Host: x",
          ...Object.entries(things.browser).map(([name, value]) => `${name}: ${value}`),
          `Content-Type: ${one.upload ? "multipart/form-data; boundary=x" : "application/json"}`,
          `Content-Length: ${(one.upload ? 10 * 2 ** 20 + 2 ** 16 : one.signed ? 2 ** 20 : 2 ** 16) + 1}`,
        ),
      );
      const status = Number(answer.slice("HTTP/1.1 ".length).slice(0, 3));
      expect([nameOf(one), status]).toEqual([nameOf(one), 413]);
      noteAnswer(one.method, path, status);
    }
  });

  test("answers 415 to a body of another type", async () => {
    await expectEach(415, (one) => ask(one).set("Content-Type", "text/plain").send("Words"));
  });

  test("leads a browser's own form on with 303, if only to say what is wrong with it", async () => {
    const forms = that(303).filter(({ method, upload }) => method !== "get" && !upload);
    for (const one of forms) {
      const path = things.pathOf(one);
      const override = one.method === "post" ? {} : { _method: one.method };
      const form = request(server.url)
        .post(path)
        .redirects(0)
        .type("form")
        .set({ ...things.browser, Accept: "text/html" });
      const answer = await form.send({ ...override, nonsense: "1" });
      expect([nameOf(one), answer.status]).toEqual([nameOf(one), 303]);
      noteAnswer(one.method, path, answer.status);
    }
  });
});

/** Calls each, again and again after `prepare`, until each was answered so, with `Retry-After`: it lasts but a moment. */
async function expectEachInTurn(
  status: number,
  own: Server,
  of: Operation[],
  prepare: () => unknown,
): Promise<void> {
  let rest = of;
  expect(rest.length).toBeGreaterThan(5);
  await until(async () => {
    await prepare();
    const answers = await Promise.all(
      rest.map(async (one) => ({ one, answer: await call(own, one, one.path.replace(/\{\w+\}/g, "1")) })),
    );
    for (const { answer } of answers)
      if (answer.status === status) expect(answer.headers["retry-after"]).toMatch(/^[1-9]\d*$/);
    rest = answers.flatMap(({ one, answer }) => (answer.status === status ? [] : [one]));
    return rest.length === 0;
  });
}

test("every operation that may answer 204 does so to who wants no body back", async () => {
  const own = await startServer(env);
  const { pathOf, browser } = await makeThings(own);
  const { post } = client(() => own);
  await post("/api/posts/1/aliases", { url: "http://localhost/page" }).set(browser).expect(201);
  const rule = await post("/api/rules", { kind: "words", action: "hold", words: ["x"] })
    .set(browser)
    .expect(201);
  // What lies deeper goes first.
  const gone = that(204).filter(({ method }) => method === "delete");
  const changed = that(204).filter(({ method }) => method !== "delete");
  for (const one of [...changed, ...gone.sort((a, b) => depth(b) - depth(a))]) {
    // Who goes is somebody else each time.
    const person = /^\/api\/(?:user|session)/.test(one.path) ? await addSignedIn(own, "author") : null;
    const path = person ? one.path.replace("{id}", String(person.id)) : pathOf(one);
    const leaves = one.method === "delete" && one.body && "currentPassword" in one.body.shape;
    const body = leaves ? { currentPassword: PASSWORD } : one.body && {};
    const answer = await call(
      own,
      one,
      one.path === "/api/rules" ? `/api/rules?id=${rule.body.id}` : path,
      body,
    )
      .set(person?.browser ?? browser)
      .set("Prefer", "return=minimal");
    expect([nameOf(one), answer.status, answer.text]).toEqual([nameOf(one), 204, ""]);
  }
  await own.stop();
});

const depth = ({ path }: Operation) => path.split("/").length;

test("every limited operation answers 429 with Retry-After once the quota of a network is used up", async () => {
  const own = await startServer({ ...env, RATE_LIMIT: "on" });
  // What was never asked for has no quota yet; of something that is not there, since a stream would not end.
  for (const one of that(429)) await call(own, one, one.path.replace(/\{\w+\}/g, "999999"));
  await expectEachInTurn(429, own, that(429), () => {
    // As if each had been asked for again and again.
    const database = new Database(own.databaseFile, { timeout: 5000 });
    database.exec("UPDATE limits SET full_at = full_at + 86400000");
    database.close();
  });
  await own.stop();
});

test("every operation answers 503 with Retry-After while the server can't keep up", async () => {
  const own = await startServer(env);
  const spared = ["/api/health", "/api/metrics"];
  const shed = that(503).filter(({ path }) => !spared.includes(path));
  await expectEachInTurn(503, own, shed, () => overload(own));
  await own.stop();
});

describe("a database that is damaged under a running server", () => {
  /** Changes the file in a way that the server's statements meet as soon as they run again. */
  function damage({ databaseFile }: Server, sql: string): void {
    const database = new Database(databaseFile, { timeout: 5000 });
    database.unsafeMode();
    database.pragma("writable_schema = ON");
    database.exec(sql);
    database.pragma(`schema_version = ${Number(database.pragma("schema_version", { simple: true })) + 1}`);
    database.close();
  }

  test("is 500 for every operation that asks it, which says nothing of the inside", async () => {
    const own = await startServer({ ...env, RATE_LIMIT: "on" });
    const { pathOf, browser } = await makeThings(own);
    damage(own, "DELETE FROM sqlite_schema");
    await expectEach(500, (one) => {
      const path = one.path === "/api/health" ? "/api/health?ready" : pathOf(one);
      const asked = call(own, one, path, bodyOf(one)).set(browser);
      // Ending a session looks at the cookie alone, all others at a token first.
      return one.path === "/api/session" && one.method === "delete"
        ? asked
        : asked.set(...bearer("antiphon_nobody"));
    });
    await own.kill();
  });

  test("is 503 for who watches the server where the file can't be read", async () => {
    const own = await startServer(env);
    damage(own, "UPDATE sqlite_schema SET rootpage = 1000000 WHERE name = 'site'");
    await request(own.url).get("/api/health?ready").expect(503);
    await request(own.url)
      .get("/api/metrics")
      .set(...bearer(own.adminToken))
      .expect(503);
    await own.kill();
  });
});
