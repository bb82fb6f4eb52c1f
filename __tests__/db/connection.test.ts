import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { Connection } from "@/db/sqlite/connection";

let folder = "";
let database: Database.Database;
let connection: Connection;
let statements: string[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "antiphon-"));
  statements = [];
  const verbose = (sql: unknown) => void statements.push(String(sql));
  database = new Database(join(folder, "antiphon.db"), { timeout: 0, verbose });
  database.pragma("journal_mode = WAL");
  database.exec("CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT UNIQUE)");
  connection = new Connection(database);
});

afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

const put = (text: string) => () => database.prepare("INSERT INTO notes (text) VALUES (?)").run(text);
const texts = () => database.prepare("SELECT text FROM notes ORDER BY id").pluck().all();
const failing = (text: string) => () => {
  put(text)();
  throw new Error(`No ${text}`);
};

describe("units of work", () => {
  it("of one turn share one commit, in the order of their calls", async () => {
    const names = Array.from({ length: 50 }, (_, n) => `note ${n}`);
    await Promise.all(names.map((name) => connection.write(put(name))));
    expect(texts()).toEqual(names);
    expect(statements.filter((sql) => sql === "COMMIT")).toHaveLength(1);
  });

  it("are counted, and those that wait, but not what was undone", async () => {
    expect(connection.load()).toEqual({ waiting: 0, writes: 0, commits: 0, seconds: 0 });
    const all = [connection.write(put("one")), connection.write(put("two"))];
    expect(connection.load()).toMatchObject({ waiting: 2, writes: 0, commits: 0 });
    await Promise.all(all);
    await connection.write(put("three"));
    await expect(connection.write(failing("four"))).rejects.toThrow("No four");
    expect(connection.load()).toEqual({ waiting: 0, writes: 3, commits: 2, seconds: expect.any(Number) });
    expect(connection.load().seconds).toBeGreaterThan(0);
  });

  it("that throw are undone, alone and among others, and the others stay", async () => {
    await expect(connection.write(failing("alone"))).rejects.toThrow("No alone");
    expect(database.inTransaction).toBe(false);
    const results = await Promise.allSettled([
      connection.write(put("one")),
      connection.write(failing("two")),
      connection.write(put("three")),
      connection.write(put("one")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected"]);
    expect(texts()).toEqual(["one", "three"]);
    expect(database.inTransaction).toBe(false);
  });

  it("see nothing of one before them that is undone, and are done once", async () => {
    const count = () => Number(database.prepare("SELECT count(*) FROM notes").pluck().get());
    const counting = (text: string) => () => {
      put(text)();
      return count();
    };
    const results = await Promise.allSettled([
      connection.write(counting("one")),
      connection.write(failing("two")),
      connection.write(counting("three")),
    ]);
    expect(results).toMatchObject([{ value: 1 }, { status: "rejected" }, { value: 2 }]);
    expect(texts()).toEqual(["one", "three"]);
  });

  it("that are too large for the disk take none of the others with them", async () => {
    database.pragma("max_page_count = 20");
    const results = await Promise.allSettled([
      connection.write(put("one")),
      connection.write(put("x".repeat(1_000_000))),
      connection.write(put("two")),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(results[1]).toMatchObject({ reason: { name: "Unavailable", cause: { code: "SQLITE_FULL" } } });
    expect(texts()).toEqual(["one", "two"]);
  });

  it("wait in a queue that has an end: what comes then is refused and never happens", async () => {
    const other = new Database(database.name);
    other.exec("BEGIN IMMEDIATE");
    const writes = Array.from({ length: 2010 }, (_, n) => connection.write(put(`note ${n}`)));
    const refused = await Promise.allSettled(writes.slice(2000));
    for (const result of refused)
      expect(result).toMatchObject({ status: "rejected", reason: { name: "Overloaded", retryAfter: 2 } });
    other.exec("ROLLBACK");
    other.close();
    await Promise.all(writes.slice(0, 2000));
    expect(texts()).toHaveLength(2000);
    await connection.write(put("afterwards"));
  });

  it("wait while another connection holds the lock, in their order, and readers don't", async () => {
    const other = new Database(database.name);
    other.exec("BEGIN IMMEDIATE");
    const done: string[] = [];
    const waiting = ["one", "two", "three"].map(async (name) => {
      await connection.write(put(name));
      done.push(name);
    });
    for (let n = 0; n < 20; n++) {
      expect(await connection.readOne(texts)).toEqual([]);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(done).toEqual([]);
    other.exec("COMMIT");
    other.close();
    await Promise.all(waiting);
    expect(done).toEqual(["one", "two", "three"]);
    expect(texts()).toEqual(["one", "two", "three"]);
  });

  it("may be asked for by one that has just been answered", async () => {
    await connection.write(put("one")).then(() => connection.write(put("two")));
    expect(texts()).toEqual(["one", "two"]);
  });

  it("on a closed database are refused, not left waiting", async () => {
    database.close();
    await expect(connection.write(put("one"))).rejects.toThrow("not open");
    await expect(connection.readOne(texts)).rejects.toThrow("not open");
  });
});
