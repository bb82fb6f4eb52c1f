import { expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { makePost, tryPost } from "@/__tests__/support/api";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";

/** Makes forty thousand of the one comment that is there. */
function multiply({ databaseFile }: Server): void {
  const db = new Database(databaseFile);
  const columns = db
    .prepare("SELECT name FROM pragma_table_info('comments') WHERE name <> 'id'")
    .pluck()
    .all();
  db.exec(`INSERT INTO comments (${columns}) SELECT ${columns.map((name) => `c.${name}`)} FROM comments c,
    (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) SELECT i FROM n)`);
  db.close();
}

test("a stream of all comments leaves others their turns, however fast its reader", async () => {
  const server = await startServer({ MODERATION: "open" });
  await tryPost(server, await makePost(server), "Again and again");
  multiply(server);
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
