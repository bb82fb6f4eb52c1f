import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  actorOf,
  add,
  addPost,
  asModerator,
  at,
  BASE,
  by,
  draft,
  factsOf,
  listQuery,
  newPage,
  readThread,
  required,
  threadQuery,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { NewComment, Store } from "@/db/store";

export function creation(engine: Engine): void {
  describe("a new comment", () => {
    const store = shared(engine);

    it("is there once the promise resolves, as it was answered", async () => {
      const post = await addPost(store());
      const created = await add(store(), post.id, { ...written("First"), website: "https://ada.example" });
      expect(JSON.parse(created.json)).toEqual({
        id: created.id,
        post: post.id,
        parent: null,
        depth: 0,
        author: "Ada",
        website: "https://ada.example",
        avatar: "/api/avatars/seed-Ada.svg",
        user: null,
        role: null,
        comment: "First",
        html: "<p>First</p>",
        status: "approved",
        pinned: false,
        votes: { up: 0, down: 0 },
        replies: 0,
        createdAt: at(1),
        editedAt: null,
        url: `${BASE}/posts/${post.slug}#comment-${created.id}`,
      });
      expect(await store().comments.json(created.id, "public", BASE)).toBe(created.json);
      expect(await store().comments.find(created.id)).toMatchObject({
        id: created.id,
        email: "ada@example.org",
        network: "network-of-ada",
        visible: true,
        deletedBy: null,
      });
    });

    it("shows e-mail, address and why it is held to moderators only", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id, {
        status: "pending",
        held: [{ rule: "links", reason: "has links" }],
      });
      const moderators = await store().comments.json(id, "moderator", BASE);
      expect(JSON.parse(required(moderators))).toMatchObject({
        email: "ada@example.org",
        address: "198.51.100.0",
        reasons: [{ rule: "links", reason: "has links" }],
        reports: { count: 0, reasons: { spam: 0, abuse: 0, other: 0 }, notes: [] },
      });
      for (const view of ["public", "own"] as const) {
        const json = await store().comments.json(id, view, BASE);
        expect(json).not.toMatch(/ada@example|198\.51|links|network-of-ada/);
      }
      expect(await store().comments.json(id, "public", BASE)).not.toMatch(/Ada|Nice/);
    });

    it("keeps every character as it was sent", async () => {
      const post = await addPost(store());
      const text = `"'\\ \u2028 \u{1F600} ‮ \u0001 ' OR 1=1; --`;
      const { id } = await add(store(), post.id, written(text));
      const json = JSON.parse(required(await store().comments.json(id, "public", BASE)));
      expect(json.comment).toBe(text);
    });

    it("is never put before its parent in time, even when the clock was set back", async () => {
      const post = await addPost(store());
      const parent = await add(store(), post.id, { createdAt: at(60) });
      const reply = await add(store(), post.id, { parent: parent.id, createdAt: at(5) });
      const nested = await add(store(), post.id, { parent: reply.id, createdAt: at(4) });
      expect(reply.createdAt).toBe(at(60));
      const { rows } = await readThread(store(), threadQuery(post));
      expect(rows.map(({ id }) => id)).toEqual([parent.id, reply.id, nested.id]);
      expect(rows.map(({ json }) => JSON.parse(json).depth)).toEqual([0, 1, 2]);
    });

    it("makes the post of its page on the way, once", async () => {
      const page = newPage();
      const before = await store().site();
      const [one, two] = await Promise.all([add(store(), page), add(store(), page)]);
      expect(two.post).toBe(one.post);
      const post = required(await store().posts.find({ page: page.page }));
      expect(post).toMatchObject({
        id: one.post,
        slug: page.slug,
        url: page.url,
        title: page.title,
        comments: 2,
      });
      expect((await store().site()).posts).toBe(before.posts + 1);
      expect(JSON.parse(one.json).url).toBe(`${page.url}#comment-${one.id}`);
    });

    it("gives the post of a page a free slug", async () => {
      const taken = await addPost(store());
      const created = await add(store(), { ...newPage(), slug: taken.slug });
      expect((await store().posts.find({ id: created.post }))?.slug).toBe(`${taken.slug}-2`);
    });

    it("finds itself through the index of texts", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id, written("A xylophone of Zürich"));
      const found = await store().comments.list(listQuery({ q: "zurich xylo" }));
      expect(found.rows.map((row) => row.id)).toEqual([id]);
    });

    it("is known by its network and its text", async () => {
      const post = await addPost(store());
      const said = draft(post.id, { network: "known-network", status: "pending" });
      const { id } = await add(store(), post.id, said);
      const { facts } = store().moderation;
      expect(await facts(factsOf("known-network", "nothing"))).toMatchObject({
        trusted: false,
        repeated: false,
      });
      expect(await facts(factsOf(null, said.textHash))).toMatchObject({ trusted: false, repeated: true });
      await store().comments.change(id, { status: "approved" }, ADMIN, at(2), asModerator);
      expect(await facts(factsOf("known-network", "nothing"))).toMatchObject({
        trusted: true,
        repeated: false,
      });
    });
  });

  describe("what a comment is refused for", () => {
    const store = shared(engine);
    const cases: [string, (store: Store) => Promise<{ draft: NewComment; because: string }>][] = [
      [
        "a post that nobody has",
        async () => ({ draft: draft({ slug: "nobody-has-it" }), because: "post_not_found" }),
      ],
      [
        "a page that was named without what it takes to make it",
        async () => ({ draft: draft({ page: "blog.example/none" }), because: "post_not_found" }),
      ],
      [
        "a parent that nobody has",
        async (kept) => ({
          draft: draft((await addPost(kept)).id, { parent: 999_999 }),
          because: "parent_not_found",
        }),
      ],
      [
        "a parent that nobody has, on a page to be made",
        async () => ({ draft: draft(newPage(), { parent: 999_999 }), because: "parent_not_found" }),
      ],
      [
        "a parent of another post",
        async (kept) => {
          const { id } = await add(kept, (await addPost(kept)).id);
          return { draft: draft((await addPost(kept)).id, { parent: id }), because: "parent_of_other_post" };
        },
      ],
      [
        "a parent of another post, on a page to be made",
        async (kept) => {
          const { id } = await add(kept, (await addPost(kept)).id);
          return { draft: draft(newPage(), { parent: id }), because: "parent_of_other_post" };
        },
      ],
      [
        "a parent that waits for a moderator",
        async (kept) => {
          const post = await addPost(kept);
          const { id } = await add(kept, post.id, { status: "pending" });
          return { draft: draft(post.id, { parent: id }), because: "parent_not_found" };
        },
      ],
      [
        "a parent that is spam",
        async (kept) => {
          const post = await addPost(kept);
          const { id } = await add(kept, post.id, { status: "spam" });
          return { draft: draft(post.id, { parent: id }), because: "parent_not_found" };
        },
      ],
      [
        "a parent that was set aside and is a tombstone over its replies, as if it were deleted",
        async (kept) => {
          const post = await addPost(kept);
          const { id } = await add(kept, post.id);
          await add(kept, post.id, { parent: id });
          await kept.comments.change(id, { status: "spam" }, ADMIN, at(2), asModerator);
          return { draft: draft(post.id, { parent: id }), because: "parent_deleted" };
        },
      ],
      [
        "a parent that was deleted",
        async (kept) => {
          const post = await addPost(kept);
          const { id } = await add(kept, post.id);
          await kept.comments.delete(id, "author", at(2), asModerator);
          return { draft: draft(post.id, { parent: id }), because: "parent_deleted" };
        },
      ],
    ];

    it.each(cases)("%s: and nothing changes, no post is made", async (_name, prepare) => {
      const { draft: refused, because } = await prepare(store());
      const before = await store().site();
      const key = { key: `key of ${_name}`, request: "request" };
      expect(await store().comments.create(refused, key, BASE)).toEqual({ refused: because });
      expect(await store().site()).toEqual(before);
      const { rows } = await store().comments.list(listQuery({ q: refused.comment }));
      expect(rows).toEqual([]);
      if ("page" in refused.post) expect(await store().posts.find({ page: refused.post.page })).toBeNull();
      // A refusal keeps no key: once nothing is wrong any more, the same request goes through.
      const { id } = await addPost(store());
      const again = await store().comments.create({ ...refused, post: { id }, parent: null }, key, BASE);
      expect(again).toMatchObject({ refused: null, replayed: false });
    });
  });

  describe("an Idempotency-Key", () => {
    const store = shared(engine);
    const key = (name: string) => ({ key: name, request: `request of ${name}` });

    it("gives the first answer again, even after an edit, and makes nothing new", async () => {
      const post = await addPost(store());
      const asked = draft(post.id);
      const first = await store().comments.create(asked, key("edited"), BASE);
      if (first.refused !== null) throw new Error(first.refused);
      const change = { text: written("Changed"), author: by("Eve") };
      await store().comments.change(first.id, change, "author", at(2), asModerator);
      const again = await store().comments.create({ ...asked, createdAt: at(3) }, key("edited"), BASE);
      expect(again).toEqual({ ...first, replayed: true });
      expect((await store().posts.find({ id: post.id }))?.comments).toBe(1);
    });

    it("goes before every other refusal", async () => {
      const post = await addPost(store());
      const parent = await add(store(), post.id);
      const asked = draft(post.id, { parent: parent.id });
      const first = await store().comments.create(asked, key("later refused"), BASE);
      await store().comments.delete(parent.id, "author", at(2), asModerator);
      expect(await store().comments.create(asked, key("later refused"), BASE)).toEqual({
        ...first,
        replayed: true,
      });
    });

    it("is refused for another request", async () => {
      const post = await addPost(store());
      await store().comments.create(draft(post.id), key("taken"), BASE);
      const other = await store().comments.create(
        draft(post.id),
        { ...key("taken"), request: "other" },
        BASE,
      );
      expect(other).toEqual({ refused: "idempotency_key_reused" });
    });

    it.each(["author", "moderator"] as const)("brings nothing back that its %s deleted", async (who) => {
      const post = await addPost(store());
      const asked = draft(post.id, { ...by("Secret Name"), website: "https://secret.example" });
      const first = await store().comments.create(asked, key(`deleted by ${who}`), BASE);
      if (first.refused !== null) throw new Error(first.refused);
      await store().comments.delete(first.id, actorOf(who), at(2), asModerator);
      const again = await store().comments.create(asked, key(`deleted by ${who}`), BASE);
      expect(again).toMatchObject({ refused: null, replayed: true, id: first.id });
      expect(JSON.stringify(again)).not.toMatch(/[Ss]ecret|Nice post/);
    });

    it("makes one comment of fifty that come at once", async () => {
      const post = await addPost(store());
      const asked = draft(post.id);
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => store().comments.create(asked, key("at once"), BASE)),
      );
      expect(answers.filter((answer) => answer.refused === null && !answer.replayed)).toHaveLength(1);
      expect(
        new Set(answers.map((answer) => (answer.refused === null ? answer.json : answer.refused))).size,
      ).toBe(1);
      expect((await store().posts.find({ id: post.id }))?.comments).toBe(1);
    });
  });
}
