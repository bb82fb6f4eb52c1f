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
  reportBy,
  written,
} from "@/__tests__/db/contract/drafts";
import { openStore } from "@/db/open";
import { migrations } from "@/db/sqlite/schema";
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

function check(): void {
  const database = new Database(file);
  expect(database.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(database.pragma("foreign_key_check")).toEqual([]);
  database.exec("INSERT INTO held_words (held_words, rank) VALUES ('integrity-check', 1)");
  database.exec("INSERT INTO posts_fts (posts_fts, rank) VALUES ('integrity-check', 1)");
  database.exec("INSERT INTO search (search, rank) VALUES ('integrity-check', 1)");
  database.close();
}

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
    const old = join(folder, "old.db");
    const database = new Database(old);
    const before = migrations.slice(0, migrations.indexOf(search));
    for (const step of before) database.exec(step);
    database.pragma(`user_version = ${before.length}`);
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
