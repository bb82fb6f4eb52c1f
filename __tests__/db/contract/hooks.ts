import { describe, expect, it } from "@jest/globals";
import { ADMIN, add, at, unique } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { HookMessage } from "@/db/port/hooks";
import type { NewPost } from "@/db/port/posts";
import { DAY } from "@/db/time";

const NOW = at(100);

function place() {
  const page = `blog.example/${unique("hook")}`;
  return { page, url: `https://${page}` };
}

/** What a message says of the post of that page. */
function saying(
  { page, url }: ReturnType<typeof place>,
  title: string,
  more: Partial<HookMessage> = {},
): HookMessage {
  const text = { content: title, html: `<p>${title}</p>\n` };
  const made: NewPost = {
    ...{ title, slug: unique("hook"), slugAsked: false, ...text, author: "Ada", authorKey: "ada" },
    ...{ place: { page, url }, category: null, commentsOpen: true, user: null, createdAt: NOW },
  };
  const post = { draft: made, change: { title, text, place: { page, url } }, publishedAt: null };
  return { id: unique("message"), at: at(10), names: [{ page }], post, ...more };
}

export function hooks(engine: Engine): void {
  describe("messages about posts", () => {
    const store = shared(engine);
    const take = (message: HookMessage) => store().hooks.take(message, ADMIN, NOW);
    const entries = async () => (await store().audit.list({ limit: 100 })).rows.length;

    it("make, change and delete a post, each once, with an entry in the audit log", async () => {
      const there = place();
      const [made, changed] = [saying(there, "One"), saying(there, "Two", { at: at(11) })];
      const before = { entries: await entries(), site: await store().site() };
      const first = await take(made);
      expect(first).toEqual({ result: "created", post: expect.any(Number), replayed: false });
      expect(await take(changed)).toMatchObject({ result: "updated", post: first.post });
      expect(await take(made)).toEqual({ ...first, replayed: true });
      expect(await store().posts.find({ page: there.page })).toMatchObject({ title: "Two", listed: true });
      const gone = saying(there, "", { at: at(12), post: null });
      expect(await take(gone)).toMatchObject({ result: "deleted", post: first.post });
      expect(await take({ ...gone, id: unique("message") })).toMatchObject({ result: "absent", post: null });
      expect(await store().posts.find({ page: there.page })).toBeNull();
      expect(await entries()).toBe(before.entries + 3);
      const { posts, version } = await store().site();
      expect([posts, version > before.site.version]).toEqual([before.site.posts, true]);
    });

    it("that say what is so already leave versions and audit log alone", async () => {
      const there = place();
      await take(saying(there, "Same"));
      const [post, before] = [await store().posts.find({ page: there.page }), await entries()];
      expect(await take(saying(there, "Same", { at: at(11) }))).toMatchObject({ result: "unchanged" });
      expect(await store().posts.find({ page: there.page })).toEqual(post);
      expect(await entries()).toBe(before);
    });

    it("that are older than what was heard change nothing, after a deletion, too", async () => {
      const there = place();
      await take(saying(there, "New"));
      expect(await take(saying(there, "Old", { at: at(9) }))).toMatchObject({ result: "outdated" });
      expect(await store().posts.find({ page: there.page })).toMatchObject({ title: "New" });
      await take(saying(there, "", { at: at(12), post: null }));
      expect(await take(saying(there, "Old", { at: at(11) }))).toMatchObject({
        result: "outdated",
        post: null,
      });
      expect(await store().posts.find({ page: there.page })).toBeNull();
    });

    it("bring back what they deleted, with its comments, but not what a person deleted", async () => {
      const there = place();
      const { post } = await take(saying(there, "There"));
      const { id } = await add(store(), { page: there.page });
      await take(saying(there, "", { at: at(11), post: null }));
      while (await store().posts.clear());
      expect(await take(saying(there, "Back", { at: at(12) }))).toMatchObject({ result: "restored", post });
      expect(await store().posts.find({ page: there.page })).toMatchObject({
        id: post,
        title: "Back",
        comments: 1,
      });
      expect(await store().comments.find(id)).toMatchObject({ status: "approved" });
      await store().posts.delete(post ?? 0, ADMIN, at(13), null);
      while (await store().posts.clear());
      expect(await take(saying(there, "Anew", { at: at(14) }))).toMatchObject({ result: "created" });
    });

    it("find a post by the sender's key, by its page, by its slug, in that order, and move it", async () => {
      const [before, after] = [place(), place()];
      const key = { key: unique("key") };
      const { post } = await take(saying(before, "Moves", { names: [key, { page: before.page }] }));
      expect(
        await take(saying(after, "Moved", { at: at(11), names: [key, { page: after.page }] })),
      ).toMatchObject({
        result: "updated",
        post,
      });
      for (const { page } of [before, after])
        expect(await store().posts.find({ page })).toMatchObject({ id: post });
      const slug = (await store().posts.find({ id: post ?? 0 }))?.slug ?? "";
      expect(await take(saying(place(), "", { names: [{ slug }], post: null }))).toMatchObject({
        result: "deleted",
        post,
      });
    });

    it("leave another post's page with it", async () => {
      const [one, other] = [place(), place()];
      const key = { key: unique("key") };
      const { post } = await take(saying(one, "One", { names: [key, { page: one.page }] }));
      const taken = await take(saying(other, "Other"));
      await take(saying(other, "Wants it", { at: at(11), names: [key, { page: other.page }] }));
      expect(await store().posts.find({ page: one.page })).toMatchObject({ id: post, title: "Wants it" });
      expect(await store().posts.find({ page: other.page })).toMatchObject({
        id: taken.post,
        title: "Other",
      });
    });

    it("list and count the page that a comment made before", async () => {
      const there = place();
      const early = await add(
        store(),
        { ...there, slug: unique("page"), title: "page" },
        { status: "pending" },
      );
      const before = await store().site();
      expect(await take(saying(there, "Published"))).toMatchObject({ result: "updated", post: early.post });
      expect(await store().posts.find({ page: there.page })).toMatchObject({
        listed: true,
        title: "Published",
      });
      expect((await store().site()).posts).toBe(before.posts + 1);
      expect(await store().comments.find(early.id)).toMatchObject({ status: "pending" });
    });

    it("at once: one of them does it, the others hear the same", async () => {
      const message = saying(place(), "At once");
      const all = await Promise.all(Array.from({ length: 20 }, () => take(message)));
      expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
      expect(new Set(all.map(({ post }) => post)).size).toBe(1);
    });

    const later = (days: number) => store().sweep(Date.parse(NOW) + days * DAY + 1, 30 * DAY);

    it("find a post by the sender's key for as long as it is there, whoever merged or brought it back", async () => {
      const [there, other] = [place(), place()];
      const names = [{ key: unique("key") }];
      const { post } = await take(saying(there, "Long ago", { names }));
      await later(400);
      expect(await take(saying(there, "Still", { at: at(11), names }))).toMatchObject({
        result: "updated",
        post,
      });
      const { post: into } = await take(saying(other, "Other"));
      await store().posts.merge(post ?? 0, into ?? 0, ADMIN, NOW);
      const deleted = await store().posts.delete(into ?? 0, ADMIN, at(500 * 24 * 60), null);
      while (await store().posts.clear());
      await later(520);
      if (deleted.refused !== null) throw new Error("It was not deleted");
      await store().posts.undo(deleted.audit, ADMIN, at(521 * 24 * 60));
      await later(800);
      expect(await take(saying(there, "", { at: at(12), names, post: null }))).toMatchObject({
        result: "deleted",
        post: into,
      });
    });

    it("make a post anew once its deletion can't be undone any more", async () => {
      const there = place();
      const names = [{ key: unique("key") }];
      const { post } = await take(saying(there, "First", { names }));
      await take(saying(there, "", { at: at(11), names, post: null }));
      while (await store().posts.clear());
      await later(31);
      // Older than the deletion, which nobody knows of any more.
      const anew = await take(saying(there, "Second", { at: at(10), names }));
      expect(anew).toMatchObject({ result: "created" });
      expect(anew.post).not.toBe(post);
    });

    it("are forgotten after thirty days", async () => {
      const message = saying(place(), "For a while");
      await take(message);
      await store().sweep(Date.parse(NOW) + 30 * DAY + 1, 30 * DAY);
      expect(await take(message)).toMatchObject({ result: "unchanged", replayed: false });
    });
  });
}
