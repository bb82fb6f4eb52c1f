import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  add,
  asModerator,
  at,
  BASE,
  by,
  draft,
  listQuery,
  readThread,
  reportBy,
  required,
  threadQuery,
  unique,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { Actor } from "@/db/port/audit";
import type { NewPost, Post } from "@/db/port/posts";
import type { Store } from "@/db/store";

const JANE: Actor = { user: null, name: "Jane", role: "author" };

function newPost(more: Partial<NewPost> = {}): NewPost {
  const slug = unique("made");
  return {
    title: slug,
    slug,
    slugAsked: false,
    content: "Some *text*",
    html: "<p>Some <em>text</em></p>",
    author: "Jane",
    authorKey: "jane",
    place: null,
    category: null,
    commentsOpen: true,
    user: null,
    createdAt: at(0),
    ...more,
  };
}

function place(path = unique("place")) {
  return { page: `blog.example/${path}`, url: `https://blog.example/${path}` };
}

async function make(store: Store, more: Partial<NewPost> = {}): Promise<Post> {
  const made = await store.posts.create(newPost(more), null, JANE);
  if (made.refused !== null) throw new Error(made.refused);
  return made.post;
}

const lastEntry = async (store: Store) => (await store.audit.list({ limit: 1 })).rows[0];

export function postWriting(engine: Engine): void {
  describe("making a post", () => {
    const store = shared(engine);

    it("counts it, lists it, finds it by its words, and is remembered", async () => {
      const before = await store().site();
      const post = await make(store(), { title: "Penguins on parade", category: "birds" });
      expect(post).toMatchObject({ title: "Penguins on parade", listed: true, comments: 0, author: "Jane" });
      const after = await store().site();
      expect(after.posts).toBe(before.posts + 1);
      expect(after.version).toBeGreaterThan(before.version);
      const found = await store().posts.list({ q: "penguins", limit: 10 });
      expect(found.rows).toEqual([post]);
      expect(await lastEntry(store())).toMatchObject({
        action: "post.create",
        subject: post.id,
        by: JANE,
        before: null,
        after: { title: "Penguins on parade", content: "Some *text*", category: "birds" },
      });
    });

    it("gives a slug that is taken a suffix, but refuses one that was asked for", async () => {
      const first = await make(store());
      const second = await make(store(), { slug: first.slug });
      expect(second.slug).toBe(`${first.slug}-2`);
      const asked = await store().posts.create(newPost({ slug: first.slug, slugAsked: true }), null, JANE);
      expect(asked).toEqual({ refused: "slug_taken" });
      expect((await make(store(), { slug: "by-url" })).slug).toBe("by-url-2");
    });

    it("refuses a page that a post stands for, or that leads to one", async () => {
      const page = place();
      const post = await make(store(), { place: page });
      const alias = place();
      await store().posts.addAlias(post.id, alias, JANE, at(1));
      for (const taken of [page, alias])
        expect(await store().posts.create(newPost({ place: taken }), null, JANE)).toEqual({
          refused: "page_taken",
        });
    });

    it("happens once under one key, in the same commit", async () => {
      const key = { key: "post key", request: "request" };
      const first = await store().posts.create(newPost({ slug: "once" }), key, JANE);
      const again = await store().posts.create(newPost({ slug: "once" }), key, JANE);
      expect(first).toMatchObject({ refused: null, replayed: false, post: { slug: "once" } });
      expect(again).toEqual({ ...first, replayed: true });
      expect(await store().posts.create(newPost(), { ...key, request: "other" }, JANE)).toEqual({
        refused: "idempotency_key_reused",
      });
      await store().sweep(Date.parse(at(24 * 60 + 1)), 1);
      expect(await store().posts.create(newPost(), key, JANE)).toMatchObject({ replayed: false });
    });
  });

  describe("changing a post", () => {
    const store = shared(engine);

    it("changes what is named, and remembers what was", async () => {
      const post = await make(store(), { category: "old" });
      const text = { content: "Zebras", html: "<p>Zebras</p>" };
      const changed = await store().posts.change(post.id, { text, category: null }, JANE, at(5), null);
      expect(changed).toEqual({
        refused: null,
        post: {
          ...post,
          ...text,
          category: null,
          updatedAt: at(5),
          version: expect.any(Number),
        },
      });
      expect(await lastEntry(store())).toMatchObject({
        action: "post.edit",
        before: { content: "Some *text*", category: "old" },
        after: { content: "Zebras", category: null },
      });
      expect((await store().posts.list({ q: "zebras", limit: 9 })).rows).toHaveLength(1);
      const now = required(await store().posts.find({ id: post.id }));
      expect(now.version).toBeGreaterThan(post.version);
    });

    it("leaves all alone where nothing differs", async () => {
      const post = await make(store());
      const before = await store().site();
      const same = { title: post.title, slug: post.slug, place: null, commentsOpen: true };
      expect(await store().posts.change(post.id, same, JANE, at(5), null)).toEqual({ refused: null, post });
      expect(await store().site()).toEqual(before);
      expect(await lastEntry(store())).toMatchObject({ action: "post.create" });
    });

    it("refuses what is taken, absent or no longer what was read", async () => {
      const [post, other] = [
        await make(store(), { place: place() }),
        await make(store(), { place: place() }),
      ];
      const change = (more: object, version: number | null = null) =>
        store().posts.change(post.id, more, JANE, at(5), version);
      expect(await change({ slug: other.slug })).toEqual({ refused: "slug_taken" });
      const otherPage = { page: `blog.example/${other.url?.split("/").at(-1)}`, url: other.url };
      expect(await change({ place: otherPage })).toEqual({ refused: "page_taken" });
      expect(await change({ title: "New" }, post.version - 1)).toEqual({ refused: "stale" });
      expect(await store().posts.change(999_999, { title: "New" }, JANE, at(5), null)).toEqual({
        refused: "absent",
      });
      expect(await store().posts.find({ id: post.id })).toEqual(post);
    });

    it("lets the former slug lead on, and nobody else take it", async () => {
      const post = await make(store());
      const renamed = unique("renamed");
      await store().posts.change(post.id, { slug: renamed }, JANE, at(5), null);
      for (const slug of [renamed, post.slug])
        expect(await store().posts.find({ slug })).toMatchObject({ id: post.id, slug: renamed });
      expect(await store().posts.counts([{ slug: post.slug }])).toEqual([0]);
      expect((await make(store(), { slug: post.slug })).slug).toBe(`${post.slug}-2`);
      // And back again.
      await store().posts.change(post.id, { slug: post.slug }, JANE, at(6), null);
      expect(await store().posts.find({ slug: renamed })).toMatchObject({ slug: post.slug });
    });
  });

  describe("deleting a post", () => {
    const store = shared(engine);
    const clear = async () => {
      while (await store().posts.clear());
    };

    /** A post with a thread of every kind of comment, and all that can hang on one. */
    async function makeBusy(): Promise<Post> {
      const page = place();
      const post = await make(store(), { place: page, title: "Quokkas" });
      await store().posts.addAlias(post.id, place(), JANE, at(1));
      await store().posts.change(post.id, { slug: unique("busy") }, JANE, at(1), null);
      const top = await add(store(), post.id, { ...written("A wombat"), createdAt: at(2) });
      const reply = await add(store(), post.id, { parent: top.id, createdAt: at(3), network: "n" });
      await add(store(), post.id, {
        parent: reply.id,
        status: "pending",
        held: [{ rule: "links", reason: "has links" }],
        createdAt: at(3),
      });
      const gone = await add(store(), post.id, { createdAt: at(4) });
      await store().comments.change(
        top.id,
        { text: written("A wombat, edited") },
        "author",
        at(5),
        asModerator,
      );
      await store().comments.vote(top.id, "network:x", 1, at(5));
      await store().comments.report(reply.id, reportBy("network:y", { at: at(5) }), 0);
      await store().comments.delete(gone.id, ADMIN, at(6), asModerator);
      return required(await store().posts.find({ id: post.id }));
    }
    const json = (post: Post) => readThread(store(), threadQuery(post, { view: "moderator" }));

    it("takes it out of every list and count, with its comments", async () => {
      const before = await store().site();
      const post = await makeBusy();
      const thread = await json(post);
      expect(await store().posts.delete(post.id, JANE, at(9), post.version - 1)).toEqual({
        refused: "stale",
      });
      const deleted = await store().posts.delete(post.id, JANE, at(9), post.version);
      expect(deleted).toEqual({ refused: null, post, audit: expect.any(Number) });
      expect(await store().site()).toMatchObject({ posts: before.posts, comments: before.comments });
      for (const ref of [{ id: post.id }, { slug: post.slug }]) {
        expect(await store().posts.find(ref)).toBeNull();
        expect(await store().posts.head(ref)).toBeNull();
        expect(await store().posts.resolve([ref])).toEqual([null]);
      }
      expect((await store().posts.list({ q: "quokkas", limit: 9 })).rows).toEqual([]);
      for (const status of ["approved", "pending", "deleted"] as const)
        expect((await store().comments.list(listQuery({ status }))).rows).toEqual([]);
      expect((await store().comments.list(listQuery({ q: "wombat" }))).rows).toEqual([]);
      expect(await store().comments.find(thread.rows[0]?.id ?? 0)).toBeNull();
      expect(await store().posts.delete(post.id, JANE, at(9), null)).toEqual({ refused: "absent" });
    });

    it("can be undone, whole: ids, thread, votes, reports, edits, aliases, former slugs, words", async () => {
      const post = await makeBusy();
      const [thread, aliases, site] = [
        await json(post),
        await store().posts.aliases(post.id),
        await store().site(),
      ];
      const top = thread.rows[0]?.id ?? 0;
      const deleted = await store().posts.delete(post.id, JANE, at(9), null);
      if (deleted.refused !== null) throw new Error(deleted.refused);
      const restored = await store().posts.undo(deleted.audit, JANE, at(10));
      expect(restored).toEqual({ refused: null, post: post.id });
      const back = required(await store().posts.find({ slug: post.slug }));
      expect(back).toEqual({ ...post, version: expect.any(Number) });
      expect(back.version).toBeGreaterThan(post.version);
      expect(await json(back)).toEqual(thread);
      expect(await store().posts.aliases(post.id)).toEqual(aliases);
      expect(await store().site()).toMatchObject({ posts: site.posts, comments: site.comments });
      expect(await store().comments.history(top)).toHaveLength(1);
      expect(await store().comments.vote(top, "network:x", 0, at(11))).toMatchObject({ up: 0, down: 0 });
      expect((await store().comments.list(listQuery({ q: "wombat" }))).rows).toHaveLength(1);
      expect((await store().posts.list({ q: "quokkas", limit: 9 })).rows).toHaveLength(1);
      expect(await lastEntry(store())).toMatchObject({ action: "post.restore", undoes: deleted.audit });
      // What a moderator had deleted before can still be brought back.
      const gone = thread.rows.at(-1)?.id ?? 0;
      const all = await store().comments.list(listQuery({ status: "deleted", view: "moderator" }));
      expect(all.rows.map(({ id }) => id)).not.toContain(gone);
      const [trashed] = all.rows;
      expect(
        await store().comments.change(trashed?.id ?? 0, { status: "approved" }, ADMIN, at(12), asModerator),
      ).toMatchObject({ refused: null });
      expect(await store().posts.undo(deleted.audit, JANE, at(13))).toEqual({ refused: "not_restorable" });
    });

    it("cannot be undone once its slug or page is another's, or after thirty days", async () => {
      const page = place();
      const post = await make(store(), { place: page });
      const remove = async (id: number) => {
        const deleted = await store().posts.delete(id, JANE, at(9), null);
        return deleted.refused === null ? deleted.audit : 0;
      };
      const audit = await remove(post.id);
      const other = await make(store(), { slug: post.slug });
      expect(other.slug).toBe(post.slug);
      expect(await store().posts.undo(audit, JANE, at(10))).toEqual({ refused: "slug_taken" });
      await remove(other.id);
      const third = await make(store(), { place: page });
      expect(await store().posts.undo(audit, JANE, at(10))).toEqual({ refused: "page_taken" });
      await remove(third.id);
      await store().sweep(Date.parse(at(9)) + 30 * 86_400_000, 1);
      expect(await store().posts.undo(audit, JANE, at(10))).toEqual({ refused: null, post: post.id });
      const again = await remove(post.id);
      await store().sweep(Date.parse(at(9)) + 30 * 86_400_000 + 1, 1);
      expect(await store().posts.undo(again, JANE, at(11))).toEqual({ refused: "not_restorable" });
    });

    it("of a large one moves its comments out piece by piece, hidden from the first on, undone at any point", async () => {
      const post = await make(store(), { title: "Large" });
      let parent: number | null = null;
      for (let n = 0; n < 350; n++)
        parent = (
          await add(store(), post.id, {
            parent: n % 7 === 0 ? null : parent,
            createdAt: at(n >> 3),
            ...written(`Lemming ${n}`),
            status: n % 50 === 49 ? "pending" : "approved",
          }).catch(() => add(store(), post.id, { createdAt: at(n >> 3), ...written(`Lemming ${n}`) }))
        ).id;
      const full = required(await store().posts.find({ id: post.id }));
      const thread = await json(full);
      const site = await store().site();
      for (const pieces of [0, 1, 2, 9]) {
        const deleted = await store().posts.delete(post.id, JANE, at(999), null);
        if (deleted.refused !== null) throw new Error(deleted.refused);
        for (let n = 0; n < pieces; n++) await store().posts.clear();
        expect((await store().comments.list(listQuery({ q: "lemming" }))).rows).toEqual([]);
        expect((await store().site()).comments).toBe(site.comments - full.comments);
        expect(await store().posts.undo(deleted.audit, JANE, at(1000))).toMatchObject({ refused: null });
        expect(await store().posts.clear()).toBe(false);
        expect(await json(required(await store().posts.find({ id: post.id })))).toEqual(thread);
        expect((await store().comments.list(listQuery({ q: "lemming" }))).rows).toHaveLength(100);
        expect(await store().site()).toMatchObject({ posts: site.posts, comments: site.comments });
      }
      await store().posts.delete(post.id, JANE, at(999), null);
      await clear();
      expect((await store().site()).comments).toBe(site.comments - full.comments);
    });

    it("keeps no network longer than may be, there as anywhere", async () => {
      const post = await make(store());
      const { id } = await add(store(), post.id, { network: "kept", createdAt: at(0) });
      await store().comments.vote(id, "network:z", 1, at(0));
      const deleted = await store().posts.delete(post.id, JANE, at(1), null);
      await store().sweep(Date.parse(at(10)), 5 * 60_000);
      if (deleted.refused === null) await store().posts.undo(deleted.audit, JANE, at(11));
      expect(await store().comments.find(id)).toMatchObject({ network: null });
      const [one] = (await store().comments.list(listQuery({ view: "moderator", posts: [post.id] }))).rows;
      expect(JSON.parse(required(one).json)).toMatchObject({ address: null, votes: { up: 1 } });
      expect(await store().comments.vote(id, "network:z", 1, at(12))).toMatchObject({ up: 2, down: 0 });
    });
  });

  describe("a person who leaves while a post of theirs is deleted", () => {
    const store = shared(engine);

    /** A deleted post that holds all that can be theirs, and the person taken out after that. */
    async function leave(erase: boolean) {
      const name = unique("Grace");
      const person = await store().users.create(
        {
          name,
          nameKey: name.toLowerCase(),
          email: `${name}@example.org`,
          profession: null,
          website: null,
          role: "author",
          password: null,
          createdAt: at(0),
        },
        { namesakes: false, by: null },
      );
      if (person.refused !== null) throw new Error(person.refused);
      const { id } = person.person;
      const post = await make(store(), { user: id, author: name, authorKey: name.toLowerCase() });
      const theirs = {
        ...by(name),
        user: id,
        email: `${name}@example.org`,
        website: "https://grace.example/",
      };
      const top = await add(store(), post.id, { ...theirs, ...written(`By ${name}`), createdAt: at(1) });
      const reply = await add(store(), post.id, { parent: top.id, createdAt: at(2) });
      const last = await add(store(), post.id, { ...theirs, parent: reply.id, createdAt: at(3) });
      await store().comments.change(
        top.id,
        { text: written(`Edited by ${name}`) },
        "author",
        at(4),
        asModerator,
      );
      await store().comments.vote(reply.id, `user:${id}`, 1, at(4));
      await store().comments.report(
        reply.id,
        reportBy(`user:${id}`, { reason: "other", note: `Says ${name}`, at: at(4) }),
        0,
      );
      const trashed = await add(store(), post.id, { ...theirs, createdAt: at(5) });
      await store().comments.delete(trashed.id, ADMIN, at(6), asModerator);
      const deleted = await store().posts.delete(post.id, JANE, at(7), null);
      if (deleted.refused !== null) throw new Error(deleted.refused);
      const how = { erase, nobody: { ...by("Anonymous"), avatar: "seed-nobody" } };
      await store().users.remove(id, how, { by: null, at: at(8), version: null });
      while (await store().users.work());
      expect(await store().posts.undo(deleted.audit, JANE, at(9))).toMatchObject({ refused: null });
      const back = required(await store().posts.find({ id: post.id }));
      const { rows } = await readThread(store(), threadQuery(back, { view: "moderator" }));
      const texts = rows.map(({ json }) => JSON.parse(json));
      const history = await store().comments.history(top.id);
      expect(
        JSON.stringify([
          back.author,
          back.user,
          texts.map(({ author, email, website }) => [author, email, website]),
          history.map(({ author }) => author),
        ]),
      ).not.toContain(name);
      expect(await store().comments.vote(reply.id, `user:${id}`, 1, at(10))).toMatchObject({
        up: 2,
        down: 0,
      });
      return { name, back, texts, history, ids: [top.id, reply.id, last.id], trashed: trashed.id };
    }

    it("is not in it when it comes back: the text stays, without them", async () => {
      const { texts, ids, name, back } = await leave(false);
      expect(texts.map(({ id }) => id)).toEqual(ids);
      expect(texts[0]).toMatchObject({ author: "Anonymous", user: null, comment: `Edited by ${name}` });
      expect(back.comments).toBe(3);
    });

    it("and erases what they wrote is not in it with a word: tombstones stay where others answered", async () => {
      const { name, texts, ids, history, back, trashed } = await leave(true);
      expect(texts.map(({ id, status, replies }) => [id, status, replies])).toEqual([
        [ids[0], "deleted", 1],
        [ids[1], "approved", 0],
      ]);
      expect(JSON.stringify(texts)).not.toContain(name);
      expect(history).toEqual([]);
      expect(back.comments).toBe(1);
      expect(
        await store().comments.change(trashed, { status: "approved" }, ADMIN, at(11), asModerator),
      ).toEqual({ refused: "not_restorable" });
    });
  });

  describe("merging two posts", () => {
    const store = shared(engine);

    it("moves the thread in its order, sums the counts, and lets every former name lead on", async () => {
      const [from, into] = [await make(store(), { place: place() }), await make(store(), { place: place() })];
      const alias = place();
      await store().posts.addAlias(from.id, alias, JANE, at(1));
      const a = await add(store(), from.id, { createdAt: at(1) });
      const b = await add(store(), into.id, { createdAt: at(2) });
      const c = await add(store(), from.id, { parent: a.id, createdAt: at(3) });
      await store().comments.vote(a.id, "user:1", 1, at(4));
      const site = await store().site();
      const merged = await store().posts.merge(from.id, into.id, JANE, at(5));
      expect(merged).toMatchObject({ refused: null, post: { id: into.id, comments: 3, slug: into.slug } });
      const fromPage = { page: `blog.example/${from.url?.split("/").at(-1)}` };
      for (const ref of [{ id: from.id }, { slug: from.slug }, fromPage, { page: alias.page }]) {
        expect(await store().posts.head(ref)).toMatchObject({ id: into.id, comments: 3 });
        expect(await store().posts.resolve([ref])).toEqual([{ id: into.id, comments: 3 }]);
      }
      expect(await store().comments.create(draft({ slug: from.slug }), null, BASE)).toMatchObject({
        post: into.id,
      });
      const post = required(await store().posts.find({ id: into.id }));
      expect(post.version).toBeGreaterThan(into.version);
      const { rows } = await readThread(store(), threadQuery(post));
      expect(rows.slice(0, 1).map(({ id }) => id)).toEqual([a.id]);
      expect(rows.map(({ id }) => id)).toEqual(expect.arrayContaining([a.id, b.id, c.id]));
      expect(JSON.parse(rows[0]?.json ?? "")).toMatchObject({ post: into.id, votes: { up: 1 }, replies: 1 });
      expect(await store().site()).toMatchObject({ posts: site.posts - 1, comments: site.comments + 1 });
      expect(await lastEntry(store())).toMatchObject({
        action: "post.merge",
        subject: from.id,
        before: { slug: from.slug, content: "Some *text*" },
        after: { into: into.id },
      });
    });

    it("goes on through a second merge, and refuses one with itself or with nobody", async () => {
      const [a, b, c] = [await make(store()), await make(store()), await make(store())];
      await store().posts.merge(a.id, b.id, JANE, at(1));
      await store().posts.merge(b.id, c.id, JANE, at(2));
      for (const { id, slug } of [a, b]) {
        expect(await store().posts.find({ id })).toMatchObject({ id: c.id });
        expect(await store().posts.find({ slug })).toMatchObject({ id: c.id });
      }
      expect(await store().posts.merge(c.id, c.id, JANE, at(3))).toEqual({ refused: "same" });
      expect(await store().posts.merge(c.id, 999_999, JANE, at(3))).toEqual({ refused: "absent" });
      expect(await store().posts.merge(a.id, c.id, JANE, at(3))).toEqual({ refused: "absent" });
    });

    it("with a page that nobody sees yet counts as many posts as are seen", async () => {
      const page = { ...place(), slug: unique("page"), title: "Page" };
      const { post: hidden } = await add(store(), page, { status: "pending" });
      const seen = await make(store());
      const site = await store().site();
      await store().posts.merge(hidden, seen.id, JANE, at(1));
      expect(await store().site()).toMatchObject({ posts: site.posts, comments: site.comments });
    });
  });

  describe("pages that lead to posts", () => {
    const store = shared(engine);
    const under = (path: string) => store().posts.pagesUnder(`old.example${path}`, 100);
    const old = (path: string) => ({ page: `old.example${path}`, url: `http://old.example${path}` });

    it("are added once, listed, and taken away again", async () => {
      const [post, other] = [await make(store(), { place: place() }), await make(store())];
      const alias = place();
      const add = (id: number) => store().posts.addAlias(id, alias, JANE, at(1));
      expect(await add(post.id)).toEqual({ refused: null, isNew: true });
      expect(await add(post.id)).toEqual({ refused: null, isNew: false });
      expect(await add(other.id)).toEqual({ refused: "page_taken" });
      expect(await add(999_999)).toEqual({ refused: "absent" });
      expect(await store().posts.aliases(post.id)).toEqual([{ ...alias, createdAt: at(1) }]);
      expect(await store().posts.find({ page: alias.page })).toMatchObject({ id: post.id });
      expect(await store().posts.removeAlias(other.id, alias.page, JANE, at(2))).toBe(false);
      expect(await store().posts.removeAlias(post.id, alias.page, JANE, at(2))).toBe(true);
      expect(await store().posts.find({ page: alias.page })).toBeNull();
    });

    it("lie below a prefix at a slash or a question mark, not within a word", async () => {
      const paths = ["/blog", "/blog/a", "/blog?p=1", "/blogger", "/blo", "/blog-2", "/blog/a/b"];
      for (const path of paths) await make(store(), { place: old(path) });
      const found = (await under("/blog")).map(({ page }) => page.slice("old.example".length));
      expect(found).toEqual(["/blog", "/blog/a", "/blog/a/b", "/blog?p=1"]);
      expect(await under("")).toHaveLength(paths.length);
      expect(await store().posts.pagesUnder("old.example", 2)).toHaveLength(2);
    });

    it("are moved all at once but for those that another post has, and the former ones lead on", async () => {
      const to = (path: string) => ({ page: `new.example${path}`, url: `https://new.example${path}` });
      const taken = await make(store(), { place: to("/blog/a") });
      const pages = await under("/blog");
      const moves = pages.map((from) => ({ from, to: to(from.page.slice("old.example".length)) }));
      const before = await store().site();
      const dry = await store().posts.remap(moves, true, JANE, at(5));
      expect(dry).toMatchObject([{ from: { page: "old.example/blog/a" }, takenBy: taken.id }]);
      expect(await store().site()).toEqual(before);
      expect(await under("/blog")).toEqual(pages);

      expect(await store().posts.remap(moves, false, JANE, at(5))).toEqual(dry);
      for (const { from, to } of moves) {
        const collides = from.page === "old.example/blog/a";
        expect(await store().posts.find({ page: from.page })).toMatchObject({
          id: from.post,
          url: collides ? from.url : to.url,
        });
        expect(await store().posts.find({ page: to.page })).toMatchObject({
          id: collides ? taken.id : from.post,
        });
      }
      expect((await store().site()).version).toBeGreaterThan(before.version);
      // Who read before somebody else moved them is told so, and nothing happens.
      expect(await store().posts.remap(moves, false, JANE, at(6))).toBeNull();
      // And back: each page is again what it was.
      const back = (await store().posts.pagesUnder("new.example", 100))
        .filter(({ post }) => post !== taken.id)
        .map((from) => ({ from, to: old(from.page.slice("new.example".length)) }));
      expect(await store().posts.remap(back, false, JANE, at(7))).toEqual([]);
      expect(await store().posts.find({ page: "new.example/blog" })).toMatchObject(
        old("/blog").url ? { url: old("/blog").url } : {},
      );
    });
  });

  describe("posts of an age", () => {
    const store = shared(engine);
    const find = async (id: number) => required(await store().posts.find({ id }));
    const comment = (post: number, closedUntil: string | null) =>
      store().comments.create(draft(post, { closedUntil }), null, BASE);

    it("are closed, those of that very instant among them, and readers' versions rise", async () => {
      const [early, late] = [
        await make(store(), { createdAt: at(10) }),
        await make(store(), { createdAt: at(11) }),
      ];
      expect(await store().posts.closeAged(at(9))).toBe(false);
      const site = await store().site();
      expect(await store().posts.closeAged(at(10))).toBe(false);
      expect(await find(early.id)).toMatchObject({ commentsOpen: false, updatedAt: early.updatedAt });
      expect((await find(early.id)).version).toBeGreaterThan(early.version);
      expect(await find(late.id)).toEqual(late);
      expect((await store().site()).version).toBeGreaterThan(site.version);
      const after = await store().site();
      expect(await store().posts.closeAged(at(10))).toBe(false);
      expect(await store().site()).toEqual(after);
    });

    it("take no comment from the instant on, whether they are closed yet or not", async () => {
      const { id } = await make(store(), { createdAt: at(10) });
      expect(await comment(id, at(9))).toMatchObject({ refused: null });
      expect(await comment(id, at(10))).toEqual({ refused: "comments_closed" });
      expect(await comment(id, null)).toMatchObject({ refused: null });
    });

    it("stay open once somebody opened them again", async () => {
      const { id } = await make(store(), { createdAt: at(10) });
      await store().posts.closeAged(at(10));
      await store().posts.change(id, { commentsOpen: true }, JANE, at(20), null);
      await store().posts.closeAged(at(30));
      expect((await find(id)).commentsOpen).toBe(true);
      expect(await comment(id, at(30))).toMatchObject({ refused: null });
    });

    it("are open again where the setting is longer by now, but for those that somebody closed", async () => {
      const [aged, closed] = [
        await make(store(), { createdAt: at(10) }),
        await make(store(), { createdAt: at(10) }),
      ];
      await store().posts.change(closed.id, { commentsOpen: false }, JANE, at(11), null);
      await store().posts.closeAged(at(20));
      await store().posts.closeAged(at(10));
      expect((await find(aged.id)).commentsOpen).toBe(false);
      await store().posts.closeAged(at(9));
      expect((await find(aged.id)).commentsOpen).toBe(true);
      await store().posts.closeAged(at(20));
      await store().posts.closeAged(null);
      expect((await find(aged.id)).commentsOpen).toBe(true);
      expect((await find(closed.id)).commentsOpen).toBe(false);
    });
  });
}
