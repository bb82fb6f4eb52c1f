import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  add,
  addPost,
  asModerator,
  at,
  draft,
  newPage,
  required,
  unique,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";

export function news(engine: Engine): void {
  describe("news", () => {
    const store = shared(engine);

    it("are the site's version and a thread's, at once, as soon as a change is acknowledged", async () => {
      const post = await addPost(store());
      for (let n = 0; n < 20; n++) {
        const before = { site: store().news(), post: required(store().newsOf({ id: post.id })).version };
        await add(store(), post.id);
        expect(store().news()).toBeGreaterThan(before.site);
        expect(store().news()).toBe((await store().site()).version);
        const { version } = required(await store().posts.head({ id: post.id }));
        expect(version).toBeGreaterThan(before.post);
        expect(store().newsOf({ id: post.id })).toEqual({ id: post.id, version });
      }
    });

    it("tell nothing of what no reader sees", async () => {
      const post = await addPost(store());
      const before = [store().news(), store().newsOf({ id: post.id })];
      await store().limits.take(unique("key"), { limit: 5, window: 1000 }, Date.now());
      await add(store(), post.id, { status: "pending" });
      await store().ready();
      expect([store().news(), store().newsOf({ id: post.id })]).toEqual(before);
    });

    it("of a post are found by id, slug and page, its former ones included", async () => {
      const page = newPage();
      const { id, post } = await add(store(), page);
      const slug = unique("renamed");
      await store().posts.change(post, { slug }, ADMIN, at(2), null);
      const other = newPage();
      const merged = (await add(store(), other)).post;
      await store().posts.merge(merged, post, ADMIN, at(3));
      const { version } = required(await store().posts.head({ id: post }));
      const names = [
        { id: post },
        { slug },
        { slug: page.slug },
        { page: page.page },
        { id: merged },
        { page: other.page },
      ];
      for (const name of names) expect(store().newsOf(name)).toEqual({ id: post, version });
      await store().comments.delete(id, "author", at(4), asModerator);
      for (const name of names) expect(required(store().newsOf(name)).version).toBeGreaterThan(version);
    });

    it("of a post that is not there, or no more, are null", async () => {
      const post = await addPost(store());
      expect(store().newsOf({ id: 2 ** 40 })).toBeNull();
      expect(store().newsOf({ slug: unique("nobody") })).toBeNull();
      expect(store().newsOf({ page: unique("nowhere") })).toBeNull();
      await store().posts.delete(post.id, ADMIN, at(2), null);
      expect(store().newsOf({ id: post.id })).toBeNull();
      expect(store().newsOf({ slug: post.slug })).toBeNull();
    });

    it("wait for what is committed, not for what is only asked for", async () => {
      const post = await addPost(store());
      const before = store().news();
      const created = store().comments.create(draft(post.id), null, "");
      expect(store().news()).toBe(before);
      await created;
      expect(store().news()).toBeGreaterThan(before);
    });
  });
}
