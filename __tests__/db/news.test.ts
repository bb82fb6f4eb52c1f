import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { openStore } from "@/db/open";
import { News } from "@/db/sqlite/news";

let folder = "";
let file = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "antiphon-"));
  file = join(folder, "antiphon.db");
});

afterEach(() => rm(folder, { recursive: true }));

describe("news", () => {
  it("are there while another connection holds the writers' lock", async () => {
    const store = openStore(`file:${file}`);
    const version = store.news();
    const other = new Database(file);
    other.exec("BEGIN EXCLUSIVE; UPDATE site SET version = version + 1");
    expect(store.news()).toBe(version);
    other.exec("COMMIT");
    expect(store.news()).toBe(version + 1);
    other.close();
    await store.close();
  });

  it("of a file that is locked against readers are Unavailable at once, and there again as soon as it is free", async () => {
    await openStore(`file:${file}`).close();
    const other = new Database(file);
    // Only for a moment does a file in WAL mode lock readers out; without it, as long as somebody writes.
    other.pragma("journal_mode = DELETE");
    const own = new Database(file, { timeout: 0 });
    const news = new News(own);
    const version = news.ofSite();
    other.exec("BEGIN EXCLUSIVE");
    for (const read of [news.ofSite, () => news.ofPost({ id: 1 })]) {
      expect(read).toThrow(
        expect.objectContaining({
          name: "Unavailable",
          cause: expect.objectContaining({ code: "SQLITE_BUSY" }),
        }),
      );
    }
    other.exec("ROLLBACK");
    expect(news.ofSite()).toBe(version);
    expect(news.ofPost({ id: 1 })).toBeNull();
    own.close();
    other.close();
  });

  it("of a closed store are refused, not made up", async () => {
    const store = openStore(`file:${file}`);
    await store.close();
    expect(() => store.news()).toThrow("not open");
    expect(() => store.newsOf({ id: 1 })).toThrow("not open");
  });
});
