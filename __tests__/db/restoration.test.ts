import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { at, by, written } from "@/__tests__/db/contract/drafts";
import { openRestoration, openStore } from "@/db/open";
import type { RestoredRow } from "@/db/port/exports";

type Of<K extends RestoredRow["kind"]> = Extract<RestoredRow, { kind: K }>;

const folders: string[] = [];

afterAll(async () => {
  await Promise.all(folders.map((folder) => rm(folder, { recursive: true })));
});

async function newFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "antiphon-"));
  folders.push(folder);
  return join(folder, "antiphon.db");
}

function comment(id: number, more: Partial<Of<"comment">> = {}): RestoredRow {
  const nothing = {
    email: null,
    user: null,
    role: null,
    held: null,
    editedAt: null,
    deletedBy: null,
    trash: null,
  };
  return {
    ...{ kind: "comment", id, post: 1, parent: null, status: "approved", pinned: false, vetted: false },
    ...nothing,
    ...written(`Number ${id}`),
    ...by("Ada"),
    createdAt: at(id),
    importKey: null,
    ...more,
  };
}

function post(id: number, more: Partial<Of<"post">> = {}): RestoredRow {
  const nothing = { page: null, url: null, content: null, html: null, author: null, authorKey: null };
  return {
    ...{ kind: "post", id, slug: `post-${id}`, title: "Post", user: null, category: null, ...nothing },
    ...{
      commentsOpen: true,
      own: true,
      closing: "open",
      createdAt: at(0),
      updatedAt: at(0),
      importKey: null,
    },
    ...more,
  };
}

const person = (id: number, email: string): RestoredRow => ({
  ...{
    kind: "user",
    id,
    name: "Ada",
    nameKey: "ada",
    email,
    profession: null,
    website: null,
    role: "member",
    notify: "each",
  },
  ...{ createdAt: at(0), importKey: null },
});

/** What the database has once these rows are restored. */
async function restored(rows: RestoredRow[], lastIds: Record<string, number> = {}) {
  const path = await newFile();
  const into = openRestoration(`file:${path}`);
  await into.add(rows);
  expect(existsSync(path)).toBe(false);
  const { left } = await into.finish(lastIds);
  await into.close();
  const db = new Database(path);
  const all = (sql: string) => db.prepare(sql).all();
  expect(all("PRAGMA foreign_key_check")).toEqual([]);
  const cards =
    "SELECT c.id FROM comments c FULL JOIN cards ON key = c.post << 32 | c.id WHERE c.card IS NOT cards.card";
  expect(all(cards)).toEqual([]);
  return { path, left, all, db };
}

describe("what an export has read in another order than it was written", () => {
  it("leaves out what belonged to what is gone, with all that hangs on it", async () => {
    const { left, all } = await restored([
      comment(1),
      comment(2, { post: 9 }),
      comment(3, { parent: 2, post: 9 }),
      comment(5, { parent: 4 }),
      comment(6, { user: 9 }),
      {
        kind: "edit",
        id: 1,
        commentId: 2,
        comment: "x",
        author: "x",
        website: null,
        by: "author",
        editedAt: at(1),
      },
      { kind: "vote", comment: 7, by: "user:1", value: 1, votedAt: at(1) },
      { kind: "alias", page: "a/b", post: 9, url: "https://a/b", createdAt: at(1) },
      { kind: "file", id: 1, path: "a.txt", filename: "a.txt", sha256: "lost", user: null, createdAt: at(1) },
      post(1),
    ]);
    expect(all("SELECT id, user_id FROM comments")).toEqual([
      { id: 1, user_id: null },
      { id: 6, user_id: null },
    ]);
    expect(all("SELECT comment_id FROM edits UNION SELECT comment_id FROM votes")).toEqual([]);
    expect(all("SELECT page FROM aliases")).toEqual([]);
    expect(all("SELECT path FROM files")).toEqual([]);
    expect(left).toBe(7);
  });

  it("takes comments to the post that theirs was merged into", async () => {
    const { left, all } = await restored([
      comment(1, { post: 2 }),
      comment(2, { post: 2, parent: 1 }),
      comment(3, { post: 1 }),
      post(1),
      { kind: "formerId", id: 2, post: 1 },
      { kind: "formerId", id: 1, post: 1 },
    ]);
    expect(all("SELECT id, post FROM comments")).toEqual([1, 2, 3].map((id) => ({ id, post: 1 })));
    expect(all("SELECT comments FROM posts")).toEqual([{ comments: 3 }]);
    expect(all("SELECT id FROM former_ids")).toEqual([{ id: 2 }]);
    expect(left).toBe(0);
  });

  it("gives a name that went from one to another to one of them, and keeps both", async () => {
    const { all } = await restored([
      post(1, { slug: "hello", page: "a/b", url: "https://a/b", importKey: "x" }),
      post(2, { slug: "hello", page: "a/b", url: "https://a/b", importKey: "x" }),
      { kind: "alias", page: "a/b", post: 1, url: "https://a/b", createdAt: at(1) },
      { kind: "alias", page: "a/c", post: 1, url: "https://a/c", createdAt: at(1) },
      { kind: "alias", page: "a/c", post: 2, url: "https://a/c", createdAt: at(1) },
      { kind: "formerSlug", slug: "hello", post: 2 },
      person(1, "ada@example.org"),
      person(2, "ADA@example.org"),
      ...([1, 2] as const).map(
        (id): RestoredRow => ({
          ...{
            kind: "file",
            id,
            path: "a.txt",
            filename: `${id}.txt`,
            sha256: "s",
            user: null,
            createdAt: at(1),
          },
        }),
      ),
      { kind: "blob", sha256: "s", place: "s/1", mediaType: "text/plain", size: 5 },
    ]);
    expect(all("SELECT slug, page FROM posts ORDER BY id")).toEqual([
      { slug: "hello", page: "a/b" },
      { slug: "hello-2", page: null },
    ]);
    expect(all("SELECT page, post FROM aliases")).toEqual([{ page: "a/c", post: 1 }]);
    expect(all("SELECT slug FROM former_slugs")).toEqual([]);
    expect(all("SELECT email FROM users ORDER BY id")).toEqual([
      { email: "ada@example.org" },
      { email: null },
    ]);
    expect(all("SELECT id FROM files")).toEqual([{ id: 2 }]);
    expect(all("SELECT files FROM blobs")).toEqual([{ files: 1 }]);
    expect(all("SELECT file_bytes FROM site")).toEqual([{ file_bytes: 5 }]);
  });
});

describe("what follows from other rows", () => {
  it("is worked out: tombstones over what is seen, counts, ranks, and what waits", async () => {
    const gone = { status: "deleted", ...written(""), author: "" } as const;
    const { all } = await restored([
      comment(1, gone),
      comment(2, { ...gone, parent: 1 }),
      comment(3, { parent: 2 }),
      comment(4, gone),
      comment(5, { ...gone, parent: 4 }),
      comment(6, { status: "pending" }),
      comment(7, { parent: 6, status: "spam" }),
      { kind: "vote", comment: 3, by: null, value: 1, votedAt: at(1) },
      { kind: "vote", comment: 3, by: null, value: 1, votedAt: at(1) },
      { kind: "vote", comment: 3, by: "user:1", value: -1, votedAt: at(1) },
      { kind: "report", comment: 3, by: null, reason: "spam", note: null, settled: null, reportedAt: at(1) },
      { kind: "report", comment: 3, by: "user:1", reason: "spam", note: null, settled: 1, reportedAt: at(1) },
      post(1, { own: false }),
      post(2, { own: false }),
    ]);
    expect(all("SELECT id, depth, visible, replies, up, down, reports FROM comments")).toEqual(
      [
        [1, 0, 1, 1, 0, 0, 0],
        [2, 1, 1, 1, 0, 0, 0],
        [3, 2, 1, 0, 2, 1, 1],
        [4, 0, 0, 0, 0, 0, 0],
        [5, 1, 0, 0, 0, 0, 0],
        [6, 0, 0, 0, 0, 0, 0],
        [7, 1, 0, 0, 0, 0, 0],
      ].map(([id, depth, visible, replies, up, down, reports]) => ({
        id,
        depth,
        visible,
        replies,
        up,
        down,
        reports,
      })),
    );
    expect(all("SELECT comments, posts, pending, reported FROM site")).toEqual([
      { comments: 1, posts: 1, pending: 1, reported: 1 },
    ]);
    expect(all("SELECT score > 0 AS ranked FROM comments WHERE id = 3")).toEqual([{ ranked: 1 }]);
  });

  it("stays true in the store that goes on from there", async () => {
    const { path, db } = await restored([comment(1), comment(2, { parent: 1 }), post(1)], {
      comments: 70,
      posts: 5,
      tokens: 9,
      "no such table": 1,
    });
    db.close();
    const store = openStore(`file:${path}`);
    expect((await store.site()).version).toBeGreaterThan(Date.UTC(2026, 0, 1));
    expect(await store.tokens.createFirst("hash", "admin", at(1))).toBe(true);
    const found = await store.search({ q: "number", limit: 10, base: "" });
    expect(found.total).toBe(2);
    const draft = {
      ...{ post: { id: 1 }, parent: null, email: null, user: null, role: null, status: "approved" as const },
      ...{ held: [], network: null, address: null, createdAt: at(9), onceSince: null, closedUntil: null },
    };
    const made = await store.comments.create({ ...draft, ...written("next"), ...by("Lin") }, null, "");
    expect(made).toMatchObject({ refused: null, id: 71 });
    await store.close();
  });
});

it("a restoration that is not finished leaves nothing", async () => {
  const path = await newFile();
  const into = openRestoration(`file:${path}`);
  await into.add([comment(1), post(1)]);
  await into.close();
  expect(existsSync(path)).toBe(false);
  expect(existsSync(`${path}.restoring`)).toBe(false);
});

it("a database that was made meanwhile is not overwritten", async () => {
  const path = await newFile();
  const into = openRestoration(`file:${path}`);
  await into.add([post(1)]);
  const store = openStore(`file:${path}`);
  await store.rules.create(
    { kind: "newcomer", action: "hold", max: null, words: null, pattern: null, note: null, expiresAt: null },
    { user: null, name: "Admin", role: "admin" },
    at(1),
  );
  await store.close();
  await expect(into.finish({})).rejects.toThrow("is not empty (it has rules, audit)");
  await into.close();
  const db = new Database(path, { readonly: true });
  expect(db.prepare("SELECT count(*) AS n FROM rules").get()).toEqual({ n: 1 });
  db.close();
});

describe("an export", () => {
  /** What every export has, and what none has on purpose; a table that is in neither list was forgotten. */
  const KEPT =
    /^(users|posts|comments|edits|trash|votes|reports|rules|files|blobs|aliases|former_slugs|former_ids|audit|webhooks|site)$/;
  const LEFT =
    /^(tokens|sessions|limits|answers|idempotency_keys|events|deliveries|mails|alarms|readers|subscriptions|tellings|notices|deletions|trashed_rows|erasures|delivery_counts|hook_messages|hook_posts|search_paused|cards|sqlite_.*|(held_words|posts_fts|search)(_.*)?)$/;

  it("has all of every table, or nothing of it on purpose", async () => {
    const { all } = await restored([post(1)]);
    const names = all("SELECT name FROM sqlite_schema WHERE type = 'table'").map((row) =>
      JSON.stringify(row),
    );
    const forgotten = names
      .map((row) => String(JSON.parse(row).name))
      .filter((name) => !KEPT.test(name) && !LEFT.test(name));
    expect(forgotten).toEqual([]);
  });
});
