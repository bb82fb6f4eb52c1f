import { beforeAll, describe, expect, it } from "@jest/globals";
import { add, addPost, at, ids, newPage, required } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { Key } from "@/db/port/base";
import type { PostQuery } from "@/db/port/posts";

export function posts(engine: Engine): void {
  describe("posts", () => {
    const store = shared(engine);
    const made: { id: number; author: string; category: string; minute: number }[] = [];

    beforeAll(async () => {
      for (let n = 0; n < 24; n++) {
        const author = n % 2 === 0 ? "Jane" : "John";
        const category = ["shoes", "hats", "gloves"][n % 3] ?? "";
        const minute = n >> 2;
        const content = n % 4 === 0 ? "A walk in the park" : "Nothing";
        const more = { author, authorKey: author.toLowerCase(), category, content, createdAt: at(minute) };
        made.push({ id: (await addPost(store(), more)).id, author, category, minute });
      }
    });

    const pages = async (query: Omit<PostQuery, "after">) => {
      const found: number[] = [];
      for (let after: Key | undefined; ; ) {
        const { rows, more } = await store().posts.list({ ...query, after });
        found.push(...ids(rows));
        const last = rows.at(-1);
        if (!more || !last) return found;
        after = { value: last.createdAt, id: last.id };
      }
    };
    const newest = (one: (post: (typeof made)[number]) => boolean) =>
      made
        .filter(one)
        .sort((a, b) => b.minute - a.minute || b.id - a.id)
        .map(({ id }) => id);

    it.each([1, 5, 24, 100])("come newest first, by author and category, in pages of %i", async (limit) => {
      expect(await pages({ limit })).toEqual(newest(() => true));
      expect(await pages({ limit, author: "jane" })).toEqual(newest(({ author }) => author === "Jane"));
      expect(await pages({ limit, category: "hats" })).toEqual(newest(({ category }) => category === "hats"));
      const both = newest(({ author, category }) => author === "John" && category === "shoes");
      expect(await pages({ limit, author: "john", category: "shoes" })).toEqual(both);
      expect(await pages({ limit, author: "nobody" })).toEqual([]);
      expect(await pages({ limit, q: "park" })).toEqual(
        made
          .filter((_, n) => n % 4 === 0)
          .map(({ id }) => id)
          .reverse(),
      );
    });

    it("are found by id, slug and page, and else are null", async () => {
      const page = newPage();
      const { post: id } = await add(store(), page);
      const post = required(await store().posts.find({ id }));
      expect(await store().posts.find({ slug: page.slug })).toEqual(post);
      expect(await store().posts.find({ page: page.page })).toEqual(post);
      for (const none of [{ id: 999_999 }, { slug: "none" }, { page: "none" }]) {
        expect(await store().posts.find(none)).toBeNull();
      }
    });

    it("tell the titles of those that exist, by their ids", async () => {
      const [one, other] = [
        await addPost(store(), { title: "One" }),
        await addPost(store(), { title: "Other" }),
      ];
      const titles = await store().posts.titles([other.id, 999_999, one.id, one.id]);
      expect([...titles].sort()).toEqual([
        [one.id, "One"],
        [other.id, "Other"],
      ]);
      expect(await store().posts.titles([])).toEqual(new Map());
    });

    it("are counted and resolved in the order asked, however they are named, with the unknown between", async () => {
      const page = newPage();
      const { post: id } = await add(store(), page);
      await add(store(), page);
      const other = await addPost(store());
      const asked = [
        { slug: "none" },
        { page: page.page },
        { slug: other.slug },
        { id },
        { id: 999_999 },
        { id },
      ];
      expect(await store().posts.counts(asked)).toEqual([0, 2, 0, 2, 0, 2]);
      const one = { id, comments: 2 };
      const two = { id: other.id, comments: 0 };
      expect(await store().posts.resolve(asked)).toEqual([null, one, two, one, null, one]);
      expect(await store().posts.counts([])).toEqual([]);
    });

    it("take huge numbers and digits as slugs for what they are", async () => {
      const asked = [{ id: Number.MAX_SAFE_INTEGER }, { slug: String(made[0]?.id) }, { slug: '"' }];
      expect(await store().posts.counts(asked)).toEqual([0, 0, 0]);
    });
  });
}
