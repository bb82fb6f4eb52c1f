import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import { bearer, client } from "@/__tests__/support/client";
import { Contract } from "@/__tests__/support/contract";
import { exportOf, type Lived, live } from "@/__tests__/support/exports";
import { bytesIn, folderOf } from "@/__tests__/support/files";
import { settledLogs } from "@/__tests__/support/logs";
import { multiply } from "@/__tests__/support/multiply";
import { getPaused } from "@/__tests__/support/paused";
import { addSignedIn, PASSWORD } from "@/__tests__/support/people";
import { type Server, startServer } from "@/__tests__/support/server";
import { exportLine } from "@/lib/schemas/exports";

let server: Server;
let lived: Lived;
const { get, head, post, patch, delete: del, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ MODERATION: "open", SEED: "on", PUBLIC_URL: "https://comments.example" });
  lived = await live(server);
});

/** As JSON.parse has it, each held against the shape that is documented. */
function parse(text: string) {
  expect(text.endsWith("}\n")).toBe(true);
  return text
    .trimEnd()
    .split("\n")
    .map((line) => exportLine.parse(JSON.parse(line)));
}

describe("an export", () => {
  test("is a file of JSON lines of the documented shape, that begins with what it is and ends with what came", async () => {
    const res = await get("/api/export")
      .set(...admin())
      .buffer(true)
      .expect(200);
    (await Contract.of(server.url)).expectKept("GET", "/api/export", res);
    expect(res.headers).toMatchObject({
      "content-type": "application/x-ndjson; charset=utf-8",
      "content-disposition": expect.stringMatching(
        /^attachment; filename="antiphon-\d{4}-\d\d-\d\d\.ndjson"$/,
      ),
      "cache-control": "private, no-store",
      vary: expect.stringContaining("Accept-Encoding"),
    });
    const text = await exportOf(server);
    const lines = parse(text);
    expect(lines[0]).toMatchObject({ type: "site", format: 1, url: "https://comments.example" });
    const counts: Record<string, number> = {};
    for (const { type } of lines.slice(1, -1)) counts[type] = (counts[type] ?? 0) + 1;
    expect(lines.at(-1)).toMatchObject({ type: "end", counts });
    expect(Object.keys(counts).sort()).toEqual(
      exportLine.options
        .map(({ shape }) => shape.type.value)
        .filter((type) => type !== "site" && type !== "end")
        .sort(),
    );
  });

  test("has comments of every state, with what was deleted as long as that can be undone", async () => {
    const comments = parse(await exportOf(server)).filter((line) => line.type === "comment");
    expect(comments.map(({ id }) => id)).toEqual(
      [...new Set(comments.map(({ id }) => id))].sort((a, b) => a - b),
    );
    const saying = (text: string) =>
      comments.find(({ comment, trash }) => (trash?.comment ?? comment) === text);
    expect(saying("First, with *marks* and a ☃")).toMatchObject({
      author: "Guest",
      email: "guest@secret.example",
      website: "https://guest.example/",
      status: "approved",
    });
    expect(saying("Buy this")).toMatchObject({ status: "spam" });
    expect(saying("Held back")).toMatchObject({ status: "pending" });
    expect(saying("Put into the bin")).toMatchObject({
      status: "deleted",
      deletedBy: "moderator",
      author: "",
      trash: { author: "Binned", email: "binned@secret.example", status: "approved" },
    });
    // What its author erased is erased here, too.
    expect(saying("Erased by its author")).toBeUndefined();
    expect(comments).toContainEqual(
      expect.objectContaining({ deletedBy: "author", comment: "", trash: null }),
    );
  });

  test("holds no secret, no hash of one, and nothing of where somebody was", async () => {
    const text = await exportOf(server);
    for (const secret of [...lived.secrets, PASSWORD]) expect(text).not.toContain(secret);
    expect(text).not.toMatch(
      /argon2|\$2[aby]\$|whsec_|"(hash|salt|password|network|address|secret|token|html)"/,
    );
    const db = new Database(server.databaseFile, { readonly: true });
    const hidden = db
      .prepare<[], string>(`
        SELECT hash FROM tokens UNION SELECT hash FROM sessions UNION SELECT salt FROM webhooks
        UNION SELECT hex(secret) FROM site UNION SELECT password FROM users UNION SELECT text_hash FROM comments
        UNION SELECT network FROM comments UNION SELECT address FROM comments UNION SELECT was ->> 'network' FROM trash
        UNION SELECT substr(voter, 9) FROM votes WHERE voter GLOB 'network:*'
        UNION SELECT substr(reporter, 9) FROM reports WHERE reporter GLOB 'network:*'`)
      .pluck()
      .all()
      .filter(Boolean);
    db.close();
    expect(hidden.length).toBeGreaterThan(15);
    expect(
      hidden.filter((value) => text.includes(value) || text.toLowerCase().includes(value.toLowerCase())),
    ).toEqual([]);
  });

  test("is for admins only, also by a token that may only read", async () => {
    expect((await get("/api/export").expect(401)).headers["www-authenticate"]).toBe(
      'Bearer realm="antiphon"',
    );
    for (const role of ["member", "author", "moderator"] as const) {
      const { browser } = await addSignedIn(server, role);
      const { text, body } = await get("/api/export").set(browser).expect(403);
      expect(body.code).toBe("forbidden");
      expect(text).not.toContain("secret.example");
    }
    const { browser } = await addSignedIn(server, "admin");
    const { body } = await post("/api/tokens", { name: "backup", scope: "read" }).set(browser).expect(201);
    await get("/api/export")
      .set(...bearer(body.token))
      .expect(200);
    const log = await settledLogs(server);
    expect(log).toContain('"event":"site exported"');
  });

  test("knows one format, and says so to who asks for another", async () => {
    await get("/api/export?format=ndjson")
      .set(...admin())
      .expect(200);
    for (const query of ["?format=wxr", "?format=", "?format=ndjson&format=ndjson"]) {
      const { body } = await get(`/api/export${query}`)
        .set(...admin())
        .expect(400);
      expect(body).toMatchObject({ code: "invalid_input", issues: [{ path: ["format"] }] });
      if (query === "?format=wxr") expect(body.issues[0].message).toContain('"ndjson"');
    }
    await get("/api/export?from=2026")
      .set(...admin())
      .expect(400);
    await get("/api/export")
      .set(...admin())
      .set("Accept", "text/csv")
      .expect(406);
    await post("/api/export")
      .set(...admin())
      .expect(405);
  });

  test("answers HEAD as it would GET, without a body", async () => {
    const res = await head("/api/export")
      .set(...admin())
      .expect(200);
    expect(res.headers["content-disposition"]).toMatch(/^attachment/);
    expect(res.text ?? "").toBe("");
    await head("/api/export").expect(401);
  });

  test("is packed for who accepts that, and says the same", async () => {
    const ask = async (coding: string) => {
      const answer = await getPaused(`${server.url}/api/export`, {
        Authorization: `Bearer ${server.adminToken}`,
        "Accept-Encoding": coding,
      });
      const pieces: Buffer[] = [];
      for await (const piece of answer) pieces.push(piece);
      return { coding: answer.headers["content-encoding"], body: Buffer.concat(pieces) };
    };
    const [packed, plain] = [await ask("br, gzip"), await ask("gzip;q=0, identity")];
    expect(packed.coding).toBe("gzip");
    expect(plain.coding).toBeUndefined();
    expect(packed.body.length).toBeLessThan(plain.body.length / 2);
    const lines = (text: string) => text.trimEnd().split("\n").slice(1);
    expect(lines(gunzipSync(packed.body).toString())).toEqual(lines(plain.body.toString()));
  });

  test("goes on without bytes that the disk has lost, and the log says so", async () => {
    const own = await startServer({ MODERATION: "open" });
    await live(own);
    const [lost = ""] = bytesIn(folderOf(own));
    await rm(join(folderOf(own), lost));
    const lines = parse(await exportOf(own));
    const hasBytes = lines.flatMap((line, n) =>
      line.type === "blob" ? [[line.sha256, lines[n + 1]?.type === "bytes"]] : [],
    );
    expect(hasBytes).toHaveLength(2);
    for (const [sha256, has] of hasBytes) expect(has).toBe(sha256 !== lost.replace("/", "").slice(0, 64));
    expect(lines.at(-1)).toMatchObject({ type: "end" });
    expect(await settledLogs(own)).toContain("the bytes of a file are lost");
  });
});

describe("what happens while an export is made", () => {
  test("two at once are whole, and the same", async () => {
    const lines = (text: string) => text.trimEnd().split("\n").slice(1);
    const [one = "", other = ""] = await Promise.all([exportOf(server), exportOf(server)]);
    expect(lines(one)).toEqual(lines(other));
  });

  test("what was there before and is not deleted is in it once, whatever else is written", async () => {
    const own = await startServer({ MODERATION: "open" });
    const at = client(() => own);
    const { body: first } = await at
      .post("/api/comments", { post: "http://localhost/a", comment: "One" })
      .expect(201);
    multiply(own, 20_000);
    const db = new Database(own.databaseFile, { timeout: 5000 });
    const before = db.prepare<[], number>("SELECT id FROM comments").pluck().all();
    const path = `/api/comments/${first.post}`;
    const answer = await getPaused(`${own.url}/api/export`, { Authorization: `Bearer ${own.adminToken}` });
    let [text, writes] = ["", 0];
    const gone = new Set<number>();
    answer.setEncoding("utf8");
    for await (const piece of answer) {
      text += piece;
      if (++writes > 60) continue;
      await at.post(path, { comment: `During ${writes}`, author: `Somebody ${writes}` }).expect(201);
      const victim = before[writes * 300] ?? 0;
      if (writes % 2 === 0) {
        await at
          .delete(`${path}/${victim}`)
          .set(...at.admin())
          .expect(200);
        gone.add(victim);
      } else
        await at
          .patch(`${path}/${victim}`, { comment: "Edited during" })
          .set(...at.admin())
          .expect(200);
    }
    expect(writes).toBeGreaterThan(60);
    const lines = parse(text);
    const found = lines.flatMap((line) => (line.type === "comment" ? [line.id] : []));
    // A deleted one stays as an empty row.
    expect(found).toEqual(before);
    for (const line of lines)
      if (line.type === "comment" && !gone.has(line.id)) expect(line.comment).not.toBe("");
    const posts = lines.filter(({ type }) => type === "post");
    expect(posts).toHaveLength(1);
    expect(db.pragma("wal_checkpoint(TRUNCATE)")).toEqual([{ busy: 0, log: 0, checkpointed: 0 }]);
    db.close();
  });

  test("nobody who is leaving is in it by their name", async () => {
    const own = await startServer({ MODERATION: "open" });
    const { id } = await addSignedIn(own, "member", "Quirinus Wumpscut");
    await client(() => own).post("/api/comments", { post: "http://localhost/a", comment: "A page" });
    const nobody = { author: "Anonymous", authorKey: "anonymous", avatar: "0123456789abcdef", website: null };
    const db = new Database(own.databaseFile, { timeout: 5000 });
    db.exec(`
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000)
      INSERT INTO comments (post, depth, author, author_key, avatar, user_id, comment, html, text_hash, status, visible, version, created_at)
      SELECT 1, 0, 'Quirinus Wumpscut', 'quirinus wumpscut', 'x', ${id}, 'Text', '', '', 'approved', 1, 1, '2026-06-01T10:00:00.000Z' FROM n`);
    const work = JSON.stringify({ kind: "leave", author: nobody, was: "quirinus wumpscut" });
    db.prepare(
      "UPDATE users SET leaving = 1, name = '', name_key = '', email = NULL, password = NULL, work = ? WHERE id = ?",
    ).run(work, id);
    db.close();
    const text = await exportOf(own);
    expect(text).not.toContain("Wumpscut");
    expect(parse(text).filter(({ type }) => type === "user")).toEqual([]);
  });
});

describe("a stream of comments", () => {
  const lines = { Accept: "application/x-ndjson" };
  const ids = (text: string) =>
    text
      .split("\n")
      .filter(Boolean)
      .map((line): number => JSON.parse(line).id);

  test("honours every filter as the list does, and shows the same", async () => {
    for (const query of [
      "",
      "?sort=newest",
      "?sort=top",
      `?post=${lived.post}`,
      "?post=1&post=hello-again&sort=newest",
      "?author=ADA",
      "?q=reply",
      "?since=2026-01-01T00:00:00Z&until=2100-01-01T00:00:00Z",
      "?until=2000-01-01T00:00:00Z",
    ]) {
      const list = await get(`/api/comments${query}${query ? "&" : "?"}limit=100`).expect(200);
      const stream = await get(`/api/comments${query}`).set(lines).buffer(true).expect(200);
      expect(stream.headers).toMatchObject({
        "content-type": "application/x-ndjson; charset=utf-8",
        vary: expect.stringMatching(/\bAccept\b/),
        etag: expect.any(String),
      });
      expect(stream.headers.etag).not.toBe(list.headers.etag);
      const rows = stream.text
        .split("\n")
        .filter(Boolean)
        .map((line) => JSON.parse(line));
      expect([query, rows]).toEqual([query, list.body]);
    }
  });

  test("shows held ones to moderators alone, and is not kept for anybody", async () => {
    await get("/api/comments?status=pending").set(lines).expect(401);
    const { browser } = await addSignedIn(server, "author");
    await get("/api/comments?status=pending").set(lines).set(browser).expect(403);
    const held = await get("/api/comments?status=pending")
      .set(lines)
      .set(...admin())
      .expect(200);
    expect(held.text).toContain("Held back");
    expect(held.headers["cache-control"]).toBe("private, no-store");
    for (let n = 0; n < 2; n++) {
      const { headers, text } = await get("/api/comments").set(lines).buffer(true).expect(200);
      expect(headers).not.toHaveProperty("cache-status");
      expect(text).not.toMatch(/Held back|Buy this|secret\.example/);
    }
    await get("/api/comments").expect(200);
    expect((await get("/api/comments").expect(200)).headers["cache-status"]).toMatch(/hit/);
    expect(ids((await get("/api/comments").set(lines).buffer(true)).text).length).toBeGreaterThan(5);
  });

  test("answers HEAD, a condition, and 406 where neither form is wanted", async () => {
    const { headers } = await head("/api/comments").set(lines).expect(200);
    expect(headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
    await get("/api/comments").set(lines).set("If-None-Match", String(headers.etag)).expect(304);
    await get("/api/comments").set("Accept", "text/csv").expect(406);
    const mixed = await get("/api/comments").set("Accept", "application/x-ndjson;q=0.5, application/json");
    expect(mixed.headers["content-type"]).toMatch(/^application\/json/);
  });

  test("of none is empty, and whole", async () => {
    const answer = await getPaused(`${server.url}/api/comments?author=nobody+at+all`, lines);
    answer.resume();
    await once(answer, "end");
    expect(answer.complete).toBe(true);
  });

  test("goes on from a cursor, over comments that come and go meanwhile", async () => {
    const [, second] = (await get("/api/comments?limit=2").expect(200)).body;
    const cursor = (await get("/api/comments?limit=2")).headers.link?.match(/cursor=([\w-]+)/)?.[1];
    const rest = ids((await get(`/api/comments?cursor=${cursor}`).set(lines).buffer(true)).text);
    expect(rest).not.toContain(second.id);
    const { body } = await post("/api/comments/1", { comment: "Come and gone" }).expect(201);
    await patch(`/api/comments/1/${body.id}`, { comment: "Come and changed" })
      .set(...bearer(body.editToken))
      .expect(200);
    expect(ids((await get(`/api/comments?cursor=${cursor}`).set(lines).buffer(true)).text)).toEqual([
      ...rest,
      body.id,
    ]);
    await del(`/api/comments/1/${body.id}`)
      .set(...admin())
      .expect(200);
    expect(ids((await get(`/api/comments?cursor=${cursor}`).set(lines).buffer(true)).text)).toEqual(rest);
  });
});
