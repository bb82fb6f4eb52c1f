import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  add,
  addPost,
  asModerator,
  at,
  commentRow,
  ids,
  listQuery,
  newPage,
  postRow,
  readThread,
  required,
  threadQuery,
  unique,
  userRow,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { ImportRefusal, ImportRow } from "@/db/store";

export function imports(engine: Engine): void {
  describe("an import", () => {
    const store = shared(engine);
    const run = (rows: (ImportRow | ImportRefusal)[], more: { source?: string; keepGoing?: boolean } = {}) =>
      store().imports.run(rows, { keepGoing: false, source: "file", ...more });
    const thread = async (slug: string) => {
      const post = required(await store().posts.find({ slug }));
      const { rows } = await readThread(store(), threadQuery(post, { limit: 5000 }));
      return rows.map(({ json }) => JSON.parse(json));
    };

    it("brings users, posts and comments, and changes nothing the second time", async () => {
      const slug = unique("imported");
      const rows = [
        userRow(unique("Alice")),
        postRow(slug, { localId: "p1" }),
        commentRow(`${slug} first`, { post: "p1", localId: "c1" }),
        commentRow(`${slug} reply`, { post: "p1", parent: "c1", createdAt: at(1) }),
        commentRow(`${slug} without a post of its own`, { parent: "c1", createdAt: at(2) }),
      ];
      expect(await run(rows)).toEqual({ created: 5, known: 0, refused: [], kept: true });
      const before = await store().site();
      expect(await thread(slug)).toMatchObject([
        { comment: `${slug} first`, depth: 0, replies: 2, status: "approved", createdAt: at(0) },
        { comment: `${slug} reply`, depth: 1 },
        { comment: `${slug} without a post of its own`, depth: 1 },
      ]);
      expect((await store().posts.find({ slug }))?.comments).toBe(3);
      const found = await store().comments.list(listQuery({ q: `${slug} reply` }));
      expect(found.rows).toHaveLength(1);
      expect(await run(rows)).toEqual({ created: 0, known: 5, refused: [], kept: true });
      expect(await store().site()).toMatchObject({ posts: before.posts, comments: before.comments });
      expect(await thread(slug)).toHaveLength(3);
    });

    it("knows a user by the e-mail address, in any case, from whatever source", async () => {
      const email = `${unique("known")}@example.org`;
      const other = userRow(unique("Other"), { email: email.toUpperCase() });
      expect(await run([userRow(unique("One"), { email }), other])).toMatchObject({ created: 1, known: 1 });
      expect(await run([other], { source: unique("another") })).toMatchObject({ created: 0, known: 1 });
    });

    it("leaves an account that somebody signs in with, when what it brought is removed", async () => {
      const [name, source] = [unique("Alice"), unique("source")];
      await run([userRow(name), userRow(unique("Bob"))], { source });
      const { rows } = await store().users.list({ limit: 100 });
      const alice = required(rows.find((one) => one.name === name));
      const terms = { namesakes: true, by: null, at: at(1), version: null };
      await store().users.change(alice.id, { password: { hash: "hash", session: null } }, terms);
      expect(await store().imports.remove(source)).toMatchObject({ users: 1 });
      expect(await store().users.find(alice.id)).toMatchObject({ name });
    });

    it("changes no version where it changes nothing", async () => {
      const slug = unique("quiet");
      const rows = [postRow(slug), commentRow(slug, { post: slug })];
      await run(rows);
      const before = [await store().site(), await store().posts.find({ slug })];
      await run(rows);
      expect([await store().site(), await store().posts.find({ slug })]).toEqual(before);
    });

    it("continues a file that has grown, and hangs new replies on what it brought before", async () => {
      const slug = unique("grown");
      const rows = [postRow(slug), commentRow(`${slug} one`, { post: slug, localId: "1" })];
      await run(rows);
      rows.push(commentRow(`${slug} two`, { post: slug, parent: "1", createdAt: at(1) }));
      expect(await run(rows)).toMatchObject({ created: 1, known: 2 });
      expect(await thread(slug)).toMatchObject([{ replies: 1 }, { depth: 1 }]);
    });

    it("is all or nothing, and names every refusal with line and reason", async () => {
      const slug = unique("refused");
      const other = await addPost(store());
      const rows = [
        postRow(slug, { line: 1, localId: "p" }),
        commentRow(`${slug} fine`, { line: 2, post: "p", localId: "c" }),
        { line: 3, reason: "comment: too long" },
        commentRow(`${slug} a`, { line: 4, post: "nowhere" }),
        commentRow(`${slug} b`, { line: 5, post: "p", parent: "none" }),
        commentRow(`${slug} c`, { line: 6, post: other.slug, parent: "c" }),
        commentRow(`${slug} d`, { line: 7, post: "p", parent: "orphan" }),
        commentRow(`${slug} e`, { line: 8, post: "p", parent: "e", localId: "e" }),
        commentRow(`${slug} f`, { line: 9, post: "999999" }),
      ];
      const before = await store().site();
      const first = await run(rows);
      expect(first).toEqual({
        created: 0,
        known: 0,
        refused: [{ line: 3, reason: "comment: too long" }],
        kept: false,
      });
      const refused = [
        { line: 4, reason: "there is no post nowhere" },
        { line: 5, reason: "there is no comment none to reply to" },
        { line: 6, reason: "its parent belongs to another post" },
        { line: 7, reason: "there is no comment orphan to reply to" },
        { line: 8, reason: "there is no comment e to reply to" },
        { line: 9, reason: "there is no post 999999" },
      ];
      const rest = rows.filter((row) => !("reason" in row));
      expect(await run(rest)).toEqual({ created: 0, known: 0, refused, kept: false });
      expect(await store().site()).toEqual(before);
      expect(await store().posts.find({ slug })).toBeNull();
      const kept = await run(rows, { keepGoing: true });
      expect(kept).toEqual({
        created: 2,
        known: 0,
        refused: [{ line: 3, reason: "comment: too long" }, ...refused],
        kept: true,
      });
      expect(await thread(slug)).toHaveLength(1);
    });

    it("gives a comment without a post to the first one", async () => {
      const other = await engine.open();
      const none = await other.imports.run([commentRow("x")], { keepGoing: false, source: "file" });
      expect(none).toMatchObject({ refused: [{ line: 1, reason: "there is no post" }], kept: false });
      const rows = [commentRow("First"), postRow("one"), postRow("two"), commentRow("Nice post")];
      await other.imports.run(rows, { keepGoing: false, source: "file" });
      expect(await other.posts.counts([{ slug: "one" }, { slug: "two" }])).toEqual([2, 0]);
      await other.close();
    });

    it("puts parents before replies in whatever order the file has them, 2,000 deep", async () => {
      const slug = unique("chain");
      const rows: ImportRow[] = [postRow(slug)];
      for (let n = 2000; n > 0; n--) {
        const parent = n === 1 ? null : String(n - 1);
        rows.push(
          commentRow(`${slug} ${n}`, { post: slug, localId: String(n), parent, createdAt: at(5000 - n) }),
        );
      }
      const began = performance.now();
      expect(await run(rows)).toMatchObject({ created: 2001, refused: [] });
      expect(performance.now() - began).toBeLessThan(3000);
      const shown = await thread(slug);
      expect(shown.map(({ depth }) => depth)).toEqual(Array.from({ length: 2000 }, (_, n) => n));
      expect(shown.map(({ comment }) => comment)).toEqual(
        Array.from({ length: 2000 }, (_, n) => `${slug} ${n + 1}`),
      );
    });

    it("takes the first of two that call themselves the same", async () => {
      const slug = unique("twice");
      await run([
        postRow(slug, { localId: "p" }),
        postRow(`${slug}-other`, { localId: "p" }),
        commentRow(`${slug} one`, { post: "p", localId: "c" }),
        commentRow(`${slug} two`, { post: "p", localId: "c", createdAt: at(1) }),
        commentRow(`${slug} reply`, { post: "p", parent: "c", createdAt: at(2) }),
      ]);
      expect(await thread(slug)).toMatchObject([{ replies: 1 }, { replies: 0 }, { depth: 1 }]);
      expect(await thread(`${slug}-other`)).toEqual([]);
    });

    it("knows a page's post that is there, and counts it as known", async () => {
      const page = newPage();
      await add(store(), page);
      const row = postRow(unique("other"), { page: page.page, url: page.url });
      expect(await run([row])).toMatchObject({ created: 0, known: 1 });
      expect(await store().posts.find({ slug: row.slug })).toBeNull();
    });

    it("gives a taken slug a suffix", async () => {
      const { slug } = await addPost(store());
      await run([postRow(slug)], { source: unique("another") });
      expect(await store().posts.find({ slug: `${slug}-2` })).not.toBeNull();
    });

    it("tells how far it is", async () => {
      const slug = unique("progress");
      const seen: [string, number, number | null][] = [];
      const onProgress = (...step: [string, number, number | null]) => void seen.push(step);
      const rows = [postRow(slug), commentRow(slug, { post: slug })];
      await store().imports.run(rows, { keepGoing: false, source: "file", onProgress });
      expect(seen).toEqual([
        ["read", 1, null],
        ["read", 2, null],
        ["store", 1, 2],
        ["store", 2, 2],
        ["index", 0, 2],
      ]);
    });

    it("runs beside another and beside comments, and each comes whole", async () => {
      const slug = unique("beside");
      const file = (name: string) => [
        postRow(`${slug}-${name}`, { localId: "p" }),
        ...Array.from({ length: 50 }, (_, n) =>
          commentRow(`${slug} ${name} ${n}`, { post: "p", createdAt: at(n) }),
        ),
      ];
      const post = await addPost(store());
      const [one, two] = await Promise.all([run(file("a")), run(file("b")), add(store(), post.id)]);
      expect([one.created, two.created]).toEqual([51, 51]);
      expect(await thread(`${slug}-a`)).toHaveLength(50);
      expect(await thread(`${slug}-b`)).toHaveLength(50);
    });

    it("that is refused takes nothing with it that came in the same turn", async () => {
      const post = await addPost(store());
      const orphan = [postRow(unique("undone")), commentRow("orphan", { parent: "none" })];
      const [before, report, after] = await Promise.all([
        add(store(), post.id),
        run(orphan),
        add(store(), post.id),
      ]);
      expect(report.kept).toBe(false);
      for (const { id } of [before, after]) expect(await store().comments.find(id)).not.toBeNull();
      expect((await store().posts.find({ id: post.id }))?.comments).toBe(2);
    });

    it("is nothing at all where its reader fails half-way", async () => {
      const slug = unique("broken");
      const before = await store().site();
      function* rows(): Generator<ImportRow> {
        yield postRow(slug);
        throw new Error("The file can't be read");
      }
      const failed = store().imports.run(rows(), { keepGoing: true, source: "file" });
      await expect(failed).rejects.toThrow("The file can't be read");
      expect(await store().site()).toEqual(before);
      expect(await run([postRow(slug)])).toMatchObject({ created: 1 });
    });
  });

  describe("the removal of an import", () => {
    const store = shared(engine);

    it("takes out what it brought, posts made on the way too, and lets it come again", async () => {
      const page = newPage();
      const rows = [
        userRow("Bob"),
        postRow("removed", { localId: "p" }),
        commentRow("one", { post: "p", localId: "1" }),
        commentRow("two", { post: "p", parent: "1", createdAt: at(1) }),
        commentRow("three", { post: page.url, page }),
      ];
      const before = await store().site();
      const options = { keepGoing: false, source: "removable" };
      await store().imports.run(rows, options);
      expect(await store().imports.remove("removable")).toEqual({ posts: 2, comments: 3, users: 1, kept: 0 });
      const after = await store().site();
      expect(after).toMatchObject({ posts: before.posts, comments: before.comments });
      expect(after.version).toBeGreaterThan(before.version);
      expect(await store().posts.find({ slug: "removed" })).toBeNull();
      expect(await store().posts.find({ page: page.page })).toBeNull();
      expect((await store().comments.list(listQuery({ q: "three" }))).rows).toEqual([]);
      expect(await store().imports.run(rows, options)).toMatchObject({ created: 5 });
      expect(await store().imports.remove("removable")).toMatchObject({ comments: 3 });
    });

    it("takes out what is to be sent to its people, too", async () => {
      const name = unique("Mailed");
      await store().imports.run([userRow(name)], { keepGoing: false, source: "mailed" });
      const { rows } = await store().users.list({ limit: 100 });
      const user = required(rows.find((one) => one.name === name) ?? null);
      await store().mails.turn(true);
      await store().mails.queue({ kind: "test", to: { user: user.id }, facts: {}, at: at(0) });
      expect(await store().imports.remove("mailed")).toMatchObject({ users: 1 });
      expect(await store().users.find(user.id)).toBeNull();
      expect((await store().site()).mails).toBe(0);
    });

    it("leaves other people's replies and the posts that carry them, over tombstones", async () => {
      const slug = unique("shared");
      const rows = [
        postRow(slug, { localId: "p" }),
        commentRow(`${slug} demo`, { post: "p", localId: "1" }),
        commentRow(`${slug} demo reply`, { post: "p", parent: "1", createdAt: at(1) }),
        commentRow(`${slug} trashed`, { post: "p", createdAt: at(2) }),
      ];
      await store().imports.run(rows, { keepGoing: false, source: "demo" });
      const other = await addPost(store());
      const stranger = await add(store(), other.id);
      const post = required(await store().posts.find({ slug }));
      const [demo, demoReply, trashed] = ids((await readThread(store(), threadQuery(post))).rows);
      const reply = await add(store(), post.id, { parent: required(demoReply), createdAt: at(3) });
      await add(store(), post.id, { parent: required(trashed), status: "pending", createdAt: at(4) });
      await store().comments.delete(required(trashed), ADMIN, at(5), asModerator);
      const site = await store().site();
      const removed = await store().imports.remove("demo");
      expect(removed).toEqual({ posts: 0, comments: 3, users: 0, kept: 1 });
      const now = required(await store().posts.find({ slug }));
      expect(now.comments).toBe(1);
      expect(now.version).toBeGreaterThan(post.version);
      expect((await store().site()).comments).toBe(site.comments - 2);
      const { rows: left } = await readThread(store(), threadQuery(now));
      expect(ids(left)).toEqual([demo, demoReply, reply.id]);
      expect(left.map(({ json }) => JSON.parse(json).status)).toEqual(["deleted", "deleted", "approved"]);
      expect(JSON.stringify(left)).not.toContain("demo");
      const restored = await store().comments.change(
        required(trashed),
        { status: "approved" },
        ADMIN,
        at(6),
        asModerator,
      );
      expect(restored).toEqual({ refused: "not_restorable" });
      expect(await store().comments.find(stranger.id)).not.toBeNull();
      await store().comments.delete(reply.id, "author", at(7), asModerator);
      expect((await readThread(store(), threadQuery(now))).rows).toEqual([]);
    });

    it("of what never came removes nothing and changes no version", async () => {
      const before = await store().site();
      expect(await store().imports.remove("never")).toEqual({ posts: 0, comments: 0, users: 0, kept: 0 });
      expect(await store().site()).toEqual(before);
    });
  });
}
