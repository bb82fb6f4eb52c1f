import { beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { makePost, tryPost } from "@/__tests__/support/api";
import { client } from "@/__tests__/support/client";
import { heldBy, TELLS_HEAP } from "@/__tests__/support/heap";
import { settledLogs } from "@/__tests__/support/logs";
import { multiply } from "@/__tests__/support/multiply";
import { getPaused, readAll } from "@/__tests__/support/paused";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

const MANY = 40_000;

test("a stream of all comments leaves others their turns, however fast its reader", async () => {
  const server = await startServer({ MODERATION: "open" });
  await tryPost(server, await makePost(server), "Again and again");
  multiply(server, MANY);
  let streaming = true;
  const ended = fetch(`${server.url}/api/comments`, { headers: { Accept: "application/x-ndjson" } })
    .then((res) => res.text())
    .then((lines) => {
      streaming = false;
      return lines.split("\n").length;
    });
  let answered = 0;
  while (streaming) {
    await request(server.url).get("/api/hello").expect(200);
    answered++;
  }
  expect(await ended).toBeGreaterThan(40_000);
  // Some come before the stream has begun, and one when it has ended.
  expect(answered).toBeGreaterThan(10);
});

/** Forty thousand comments on one post, and what tells statements and memory. */
async function startFull(): Promise<Server> {
  const server = await startServer({ MODERATION: "open", LOG_LEVEL: "trace", ...TELLS_HEAP });
  await tryPost(server, await makePost(server), `Again and again ${"and again ".repeat(20)}`);
  multiply(server, MANY);
  return server;
}

/** Enough turns of the server for a stream that waits for nobody to come to its end. */
async function takeTurns({ url }: Server): Promise<void> {
  for (let n = 0; n < 300; n++) await request(url).get("/api/hello").expect(200);
}

describe.each([
  ["comments", "/api/comments", /FROM comments c .*JOIN posts/],
  ["a whole site", "/api/export", /FROM comments c LEFT JOIN trash/],
])("a stream of %s", (_name, path, statement) => {
  let server: Server;
  const ask = () =>
    getPaused(server.url + path, {
      Accept: "application/x-ndjson",
      Authorization: `Bearer ${server.adminToken}`,
    });
  const statements = async () =>
    (await settledLogs(server))
      .split("\n")
      .filter((line) => line.includes('"statement"') && statement.test(line)).length;

  beforeAll(async () => {
    server = await startFull();
  });

  test("is whole, and holds no more memory at its end than at its beginning", async () => {
    const before = await heldBy(server);
    const answer = await ask();
    let [lines, pieces, most] = [0, 0, 0];
    for await (const piece of answer) {
      lines += String(piece).split("\n").length - 1;
      if (++pieces % 100 === 0) most = Math.max(most, await heldBy(server));
    }
    expect(lines).toBeGreaterThan(MANY);
    expect(answer.complete).toBe(true);
    expect(pieces).toBeGreaterThan(200);
    expect(most - before).toBeLessThan(8 * 2 ** 20);
  });

  test("waits for a reader who reads nothing, and holds nothing for them", async () => {
    const before = await heldBy(server);
    const asked = await statements();
    const answers = await Promise.all([ask(), ask()]);
    await takeTurns(server);
    expect((await heldBy(server)) - before).toBeLessThan(8 * 2 ** 20);
    // Of what the connection holds, some pieces are made: of 40,000 comments, a few thousand.
    const made = await statements();
    await takeTurns(server);
    expect(await statements()).toBe(made);
    expect(made - asked).toBeLessThan(2 * 60);
    const texts = await Promise.all(answers.map(readAll));
    for (const text of texts) expect(text.split("\n").length).toBeGreaterThan(MANY);
  });

  test("ends at once where the reader goes away", async () => {
    const cutOff = async () => (await settledLogs(server)).split('"msg":"cut off"').length;
    const before = await cutOff();
    const answer = await ask();
    answer.destroy();
    await until(async () => (await cutOff()) > before);
    const asked = await statements();
    await takeTurns(server);
    expect(await statements()).toBe(asked);
  });

  test("breaks off where the server fails on the way, so that nobody takes it for the whole", async () => {
    const answer = await ask();
    const db = new Database(server.databaseFile, { timeout: 5000 });
    db.exec("ALTER TABLE comments RENAME TO lost; ALTER TABLE edits RENAME TO lost_edits");
    await expect(readAll(answer)).rejects.toThrow("aborted");
    expect(answer.complete).toBe(false);
    await request(server.url).get("/api/hello").expect(200);
    const res = await client(() => server)
      .get(path)
      .set("Accept", "application/x-ndjson")
      .set("Authorization", `Bearer ${server.adminToken}`);
    expect(res.status).toBe(500);
    expect(res.headers["content-type"]).toBe("application/problem+json");
    expect(res.headers).not.toHaveProperty("content-disposition");
    expect(res.headers).not.toHaveProperty("content-encoding");
    expect(res.body).toMatchObject({ code: "internal_error" });
    db.exec("ALTER TABLE lost RENAME TO comments; ALTER TABLE lost_edits RENAME TO edits");
    db.close();
    expect((await readAll(await ask())).split("\n").length).toBeGreaterThan(MANY);
  });
});
