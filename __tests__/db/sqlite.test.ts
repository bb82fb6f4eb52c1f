import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import {
  ADMIN,
  add,
  addPost,
  asModerator,
  at,
  BASE,
  commentRow,
  draft,
  ids,
  listQuery,
  postRow,
  readThread,
  reportBy,
  threadQuery,
  written,
} from "@/__tests__/db/contract/drafts";
import { openStore } from "@/db/open";
import type { Post } from "@/db/port/posts";
import { migrations } from "@/db/sqlite/schema";
import { cards } from "@/db/sqlite/schema/cards";
import { search } from "@/db/sqlite/schema/search";
import type { Store } from "@/db/store";

let folder = "";
let file = "";
let store: Store;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "antiphon-"));
  file = join(folder, "antiphon.db");
  store = openStore(`file:${file}`);
});

afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

/** Every value of every table (or of those named so), indexes of words included, as text. */
function everything(named = /./): string {
  const database = new Database(file, { readonly: true });
  const tables = database
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .pluck()
    .all();
  const rows = tables
    .filter((table) => named.test(table))
    .map((table) => database.prepare(`SELECT * FROM "${table}"`).raw().all());
  database.close();
  return rows
    .flat(2)
    .map((value) => (Buffer.isBuffer(value) ? value.toString("latin1") : String(value)))
    .join("\n");
}

/** A file as it was right before that step of the schema. */
function oldFile(step: string) {
  const old = join(folder, `before-${migrations.indexOf(step)}.db`);
  const database = new Database(old);
  const before = migrations.slice(0, migrations.indexOf(step));
  for (const sql of before) database.exec(sql);
  database.pragma(`user_version = ${before.length}`);
  return { old, database };
}

function check(): void {
  const database = new Database(file);
  expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(database.pragma("foreign_key_check")).toEqual([]);
  database.exec("INSERT INTO held_words (held_words, rank) VALUES ('integrity-check', 1)");
  database.exec("INSERT INTO posts_fts (posts_fts, rank) VALUES ('integrity-check', 1)");
  database.exec("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)");
  expect(database.prepare(WRONG_CARDS).all()).toEqual([]);
  database.close();
}

/** Cards that are not as their comments say, or are missing, or are nobody's. */
const WRONG_CARDS = `
  SELECT c.id, c.card, cards.card FROM comments c FULL JOIN cards ON cards.key = c.post << 32 | c.id
  WHERE c.card IS NOT cards.card`;

describe("the file", () => {
  it("holds nothing personal of what its author deleted, in no table", async () => {
    const post = await addPost(store);
    const person = {
      author: "Zebedee",
      authorKey: "zebedee",
      avatar: "zebedee-seed",
      email: "zebedee@example.org",
    };
    const more = {
      ...person,
      website: "https://zebedee.example",
      network: "network-zebedee",
      address: "203.0.113.7",
    };
    const asked = draft(post.id, { ...written("zebedeetext"), ...more });
    const created = await store.comments.create(asked, { key: "key", request: "request" }, BASE);
    if (created.refused !== null) throw new Error(created.refused);
    await store.comments.change(created.id, { text: written("zebedeeagain") }, "author", at(2), asModerator);
    await store.comments.report(
      created.id,
      reportBy("user:1", { reason: "other", note: "zebedeenote", at: at(2) }),
      0,
    );
    expect(everything()).toContain("zebedee");
    await store.comments.delete(created.id, "author", at(3), asModerator);
    expect(everything()).not.toMatch(/zebedee|203\.0\.113/i);
    check();
  });

  it("forgets what a moderator deleted after thirty days, reports and all", async () => {
    const post = await addPost(store);
    const { id } = await add(store, post.id, {
      ...written("quixotetext"),
      author: "Quixote",
      network: "quixotenet",
    });
    await store.comments.change(id, { text: written("quixoteagain") }, "author", at(2), asModerator);
    await store.comments.report(
      id,
      reportBy("user:1", { reason: "other", note: "quixotenote", at: at(2) }),
      0,
    );
    await store.comments.delete(id, ADMIN, at(3), asModerator);
    expect(everything()).toContain("quixotetext");
    await store.sweep(Date.parse(at(4 + 30 * 24 * 60)), 1e12);
    expect(everything()).not.toMatch(/quixote/i);
    check();
  });

  it("forgets every network after its time: of comments, votes, reports and the trash", async () => {
    const post = await addPost(store);
    const one = await add(store, post.id, { network: "olafnet", address: "olafaddress", createdAt: at(0) });
    const two = await add(store, post.id, { network: "olafnet", address: "olafaddress", createdAt: at(0) });
    await store.comments.vote(one.id, "network:olafnet", 1, at(0));
    await store.comments.report(
      one.id,
      reportBy("network:olafnet", { reason: "spam", note: null, at: at(0) }),
      0,
    );
    await store.comments.report(one.id, reportBy("user:7", { network: "olafhome", at: at(0) }), 0);
    await store.comments.delete(two.id, ADMIN, at(9), asModerator);
    await store.sweep(Date.parse(at(10)), 60_000);
    expect(everything()).not.toContain("olaf");
    check();
  });

  it("has words in its index as they are in its comments, after edits, deletions, returns and imports", async () => {
    const post = await addPost(store);
    for (let n = 0; n < 30; n++) {
      const { id } = await add(store, post.id, written(`apple ${n}`));
      if (n % 2)
        await store.comments.change(id, { text: written(`pear ${n}`) }, "author", at(1), asModerator);
      if (n % 3) await store.comments.delete(id, n % 6 > 2 ? "author" : ADMIN, at(2), asModerator);
      const change = { status: "approved", text: written(`plum ${n}`) } as const;
      if (n % 4) await store.comments.change(id, change, ADMIN, at(3), asModerator);
    }
    await store.imports.remove("drafts");
    check();
  });

  it("has them so after a large import was taken out from under somebody's reply", async () => {
    const rows = Array.from({ length: 1100 }, (_, n) => commentRow(`large ${n}`, { post: "large" }));
    await store.imports.run([postRow("large"), ...rows], { keepGoing: false, source: "large" });
    const [head] = (await store.comments.list(listQuery({ q: "large", limit: 1 }))).rows;
    const post = await store.posts.find({ slug: "large" });
    const reply = await add(store, post?.id ?? 0, { parent: head?.id ?? 0, ...written("My word") });
    const removed = await store.imports.remove("large");
    expect(removed).toEqual({ posts: 0, comments: 1100, users: 0, kept: 1 });
    expect((await store.comments.list(listQuery({ q: "large" }))).rows).toEqual([]);
    expect(ids((await store.comments.list(listQuery({ q: "my word" }))).rows)).toEqual([reply.id]);
    check();
  });

  it("shows a thread as its comments are, whoever writes and however", async () => {
    const post = await addPost(store);
    const other = await addPost(store);
    const top = await add(store, post.id, written("wagtail"));
    const reply = await add(store, post.id, { ...written("pipit"), parent: top.id });
    const read = async (of: Post) => {
      const { rows } = await readThread(store, threadQuery(of));
      return rows.map(({ json }) => JSON.parse(json));
    };
    const write = (sql: string, id: number) => {
      const database = new Database(file);
      database.pragma("foreign_keys = ON");
      database.prepare(sql).run(id);
      expect(database.prepare(WRONG_CARDS).all()).toEqual([]);
      database.close();
    };
    const changes: [column: string, sql: string, member: string, shown: unknown][] = [
      ["author", "'Wren'", "author", "Wren"],
      ["website", "'https://wren.example'", "website", "https://wren.example"],
      ["avatar", "'wren'", "avatar", "/api/avatars/wren.svg"],
      ["role", "'moderator'", "role", "moderator"],
      ["comment", "'dipper'", "comment", "dipper"],
      ["html", "'<p>dipper</p>'", "html", "<p>dipper</p>"],
      ["edited_at", "'2026-06-02T00:00:00.000Z'", "editedAt", "2026-06-02T00:00:00.000Z"],
      ["pinned", "1", "pinned", true],
      ["replies", "7", "replies", 7],
      ["up", "3", "votes", { up: 3, down: 0 }],
      ["down", "2", "votes", { up: 3, down: 2 }],
    ];
    for (const [column, sql, member, shown] of changes) {
      write(`UPDATE comments SET ${column} = ${sql} WHERE id = ?`, reply.id);
      expect((await read(post))[1][member]).toEqual(shown);
    }
    write("UPDATE comments SET status = 'deleted' WHERE id = ?", reply.id);
    expect((await read(post))[1]).toMatchObject({ author: "", comment: "", html: "", status: "deleted" });
    write("UPDATE comments SET status = 'approved' WHERE id = ?", reply.id);
    write("UPDATE comments SET visible = 0 WHERE id = ?", reply.id);
    expect(await read(post)).toHaveLength(1);
    write("UPDATE comments SET visible = 1 WHERE id = ?", reply.id);
    write(`UPDATE comments SET post = ${other.id} WHERE post = ?`, post.id);
    expect(await read(post)).toEqual([]);
    expect((await read(other)).map(({ comment }) => comment)).toEqual(["wagtail", "dipper"]);
    write("DELETE FROM comments WHERE id = ?", reply.id);
    expect(await read(other)).toHaveLength(1);
    write("DELETE FROM posts WHERE id = ?", other.id);
    expect(everything(/^cards$/)).not.toMatch(/wagtail|dipper/);
  });

  it("knows by itself what the public can find, whoever writes and however", async () => {
    const post = await addPost(store, { title: "Jacana", content: "Walks on lilies" });
    const top = await add(store, post.id, written("jacana one"));
    const reply = await add(store, post.id, { ...written("jacana two"), parent: top.id });
    await add(store, post.id, { ...written("jacana three"), parent: reply.id });
    const total = async (q: string) => (await store.search({ q, limit: 10, base: BASE })).total;
    const write = (sql: string) => {
      const database = new Database(file);
      database.pragma("foreign_keys = ON");
      database.prepare(sql).run(post.id);
      database.exec("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)");
      database.close();
    };
    expect([await total("jacana"), await total("lilies")]).toEqual([4, 1]);
    write("UPDATE posts SET title = 'Lily-trotter', content = NULL WHERE id = ?");
    expect([await total("jacana"), await total("lilies"), await total('"lily trotter"')]).toEqual([3, 0, 1]);
    write("UPDATE posts SET own = 0, comments = 0 WHERE id = ?");
    expect(await total('"lily trotter"')).toBe(0);
    write("UPDATE posts SET own = 1 WHERE id = ?");
    write("UPDATE comments SET status = 'spam' WHERE comment = 'jacana two' AND post = ?");
    expect([await total("jacana"), await total('"lily trotter"')]).toEqual([2, 1]);
    write("DELETE FROM posts WHERE id = ?");
    expect([await total("jacana"), await total('"lily trotter"')]).toEqual([0, 0]);
    expect(everything(/^search/)).not.toMatch(/jacana|trotter/i);
  });

  it("of a version without search is searched once it is opened by this one", async () => {
    const { old, database } = oldFile(search);
    database.exec(`
      INSERT INTO posts (slug, title, content, comments, created_at, updated_at) VALUES ('old', 'Old bittern', NULL, 1, '', '');
      INSERT INTO posts (slug, title, own, created_at, updated_at) VALUES ('page', 'Unseen bittern', 0, '', '');
      INSERT INTO comments (post, depth, author, author_key, avatar, comment, html, text_hash, status, visible, version, created_at)
      VALUES (1, 0, '', '', '', 'A bittern', '', '', 'approved', 1, 1, ''), (1, 0, '', '', '', 'Held bittern', '', '', 'pending', 0, 1, '')`);
    database.pragma("application_id = 0x416e7470");
    database.close();
    const opened = openStore(`file:${old}`);
    const { total, hits } = await opened.search({ q: "bittern", limit: 10, base: BASE });
    await opened.close();
    expect([total, hits.map(({ type, id }) => `${type} ${id}`)]).toEqual([2, ["post 1", "comment 1"]]);
  });

  // It is what people check and copy the file with, and it reads what the schema computes: 3.40 is Debian 12's.
  it("asks nothing of other programs that SQLite 3.40 can't do", () => {
    const database = new Database(file, { readonly: true });
    const later =
      /\b(concat(_ws)?|string_agg|octet_length|unhex|timediff|jsonb?_\w*pretty|jsonb\w*|median|percentile\w*|unistr\w*|if)\s*\(/i;
    const all = database.prepare<[], string>("SELECT coalesce(sql, '') FROM sqlite_schema").pluck().all();
    database.close();
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((sql) => later.test(sql))).toEqual([]);
  });

  it("says nothing of an upgrade where there is nothing to upgrade", async () => {
    const onUpgrade = () => {
      throw new Error("An upgrade of what?");
    };
    for (const _ of ["made", "opened"]) {
      const opened = openStore(`file:${join(folder, "new.db")}`, { onUpgrade });
      await opened.close();
    }
  });

  it("of a version without cards shows its threads once it is opened by this one", async () => {
    const { old, database } = oldFile(cards);
    database.exec(`
      INSERT INTO posts (slug, title, comments, created_at, updated_at) VALUES ('a', 'A', 1, '', ''), ('b', 'B', 2, '', '');
      INSERT INTO comments (post, depth, author, author_key, avatar, comment, html, text_hash, status, visible, version, created_at)
      VALUES (2, 0, 'Ada "A"', '', '', 'First', '<p>First</p>', '', 'approved', 1, 1, '2026-01-01'),
        (1, 0, 'Bob', '', '', 'Other', '<p>Other</p>', '', 'approved', 1, 1, '2026-01-02'),
        (2, 0, 'Cy', '', '', 'Held', '<p>Held</p>', '', 'pending', 0, 1, '2026-01-03'),
        (2, 0, 'Di', '', '', 'Last', '<p>Last</p>', '', 'approved', 1, 1, '2026-01-04')`);
    database.pragma("application_id = 0x416e7470");
    const before = database.prepare("SELECT id, card FROM comments").all();
    database.close();
    const told: number[][] = [];
    const onUpgrade = (...step: number[]) => told.push(step);
    const opened = openStore(`file:${old}`, { onUpgrade });
    const steps = migrations.length - migrations.indexOf(cards);
    expect(told).toEqual(Array.from({ length: steps }, (_, done) => [done + 1, steps]));
    const post = await opened.posts.find({ slug: "b" });
    if (!post) throw new Error("The post is gone");
    const { rows } = await readThread(opened, threadQuery(post));
    await opened.close();
    expect(rows.map(({ json }) => JSON.parse(json))).toMatchObject([
      { id: 1, author: 'Ada "A"', comment: "First", html: "<p>First</p>" },
      { id: 4, author: "Di", comment: "Last", html: "<p>Last</p>" },
    ]);
    const after = new Database(old);
    expect(after.prepare("SELECT id, card FROM comments").all()).toEqual(before);
    expect(after.prepare(WRONG_CARDS).all()).toEqual([]);
    after.close();
  });
});

describe("a person who leaves", () => {
  it("is in the audit log no more: as who did something, as a byline, as what was changed about them", async () => {
    const name = "Lorelei Quillfeather";
    const made = await store.users.create(
      {
        name,
        nameKey: name.toLowerCase(),
        email: "lorelei@example.org",
        profession: "Ferrywoman",
        website: null,
        role: "author",
        password: null,
        createdAt: at(0),
      },
      { namesakes: true, by: { user: null, name: "Token", role: "admin" } },
    );
    if (made.refused !== null) throw new Error(made.refused);
    const { id } = made.person;
    const database = new Database(file);
    const record = database.prepare(`
      INSERT INTO audit (at, user_id, name, role, action, type, subject, before, after)
      VALUES ('2026-06-01T10:00:00.000Z', ?, ?, 'author', 'post.edit', 'post', 1, ?, ?)`);
    record.run(
      id,
      name,
      JSON.stringify({ author: name, title: "Kept" }),
      JSON.stringify({ author: "Other" }),
    );
    record.run(4711, "Moderator", null, JSON.stringify({ author: name, title: "Kept, too" }));
    database.close();
    expect(everything(/^audit$/)).toMatch(/Quillfeather[\s\S]*Ferrywoman|Ferrywoman[\s\S]*Quillfeather/);
    const nobody = { author: "Anonymous", authorKey: "anonymous", avatar: "seed", website: null };
    await store.users.remove(id, { erase: false, nobody }, { by: null, at: at(1), version: null });
    while (await store.users.work());
    const log = everything(/^audit$/);
    expect(log).not.toMatch(/Quillfeather|Ferrywoman/);
    expect(log).toContain("Kept, too");
    expect(log).toContain("Moderator");
    expect(everything()).not.toMatch(/Quillfeather|Ferrywoman|lorelei@/);
  });
});
