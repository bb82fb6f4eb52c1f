import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  add,
  addPost,
  asModerator,
  at,
  BASE,
  by,
  ids,
  listQuery,
  readThread,
  required,
  threadQuery,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { Key, Page } from "@/db/port/base";
import type { Post } from "@/db/port/posts";
import type { CommentQuery, Row, Sort } from "@/db/store";

interface Kept {
  id: number;
  post: number;
  author: string;
  createdAt: string;
  score: number;
  text: string;
}

/** All pages, with `between` done after each. */
async function pages<R extends Omit<Row, "score"> & { score?: number }>(
  fetch: (after: Key | undefined) => Promise<Page<R>>,
  sort: Sort,
  between: () => Promise<unknown> = async () => undefined,
): Promise<R[]> {
  const rows: R[] = [];
  for (let after: Key | undefined; ; ) {
    const page = await fetch(after);
    rows.push(...page.rows);
    const last = page.rows.at(-1);
    if (!page.more || !last) return rows;
    after = { value: sort === "top" ? (last.score ?? 0) : last.createdAt, id: last.id };
    await between();
  }
}

export function lists(engine: Engine): void {
  describe("a list of comments", () => {
    const store = shared(engine);
    const all: Kept[] = [];
    const posts: Post[] = [];

    beforeAll(async () => {
      for (let n = 0; n < 3; n++) posts.push(await addPost(store()));
      // Instants and scores that many share, so that the id has to decide.
      for (let n = 0; n < 60; n++) {
        const post = required(posts[n % 3]).id;
        const author = ["Ada", "Bob", "Eve"][(n >> 2) % 3] ?? "";
        const text = n % 2 === 0 ? "even pebble" : "odd pebble";
        const createdAt = at(n >> 3);
        const { id } = await add(store(), post, { ...written(text), ...by(author), createdAt });
        for (let voter = 0; voter < n % 4; voter++)
          await store().comments.vote(id, `user:${voter}`, 1, createdAt);
        all.push({ id, post, author: author.toLowerCase(), createdAt, score: n % 4, text });
      }
      for (const status of ["pending", "spam"] as const) {
        await add(store(), required(posts[0]).id, { ...written("even held"), status, createdAt: at(2) });
      }
    });

    const naive = ({ posts: wanted, author, q, since, until, sort }: CommentQuery) => {
      const order = q !== undefined && sort === "top" ? "newest" : sort;
      const one = (kept: Kept) =>
        (!wanted || wanted.includes(kept.post)) &&
        (author === undefined || kept.author === author) &&
        (q === undefined || q.split(" ").every((word) => kept.text.split(" ").includes(word))) &&
        (since === undefined || kept.createdAt >= since) &&
        (until === undefined || kept.createdAt < until);
      const place = (kept: Kept) => (order === "top" ? kept.score : Date.parse(kept.createdAt));
      const direction = order === "oldest" ? 1 : -1;
      return all
        .filter(one)
        .sort((a, b) => direction * (place(a) - place(b) || a.id - b.id))
        .map(({ id }) => id);
    };

    it("is what a naive filter and sort give, for every filter, sort and page size", async () => {
      const minute = fc.option(fc.nat(9), { nil: undefined });
      const query = fc.record({
        some: fc.option(fc.uniqueArray(fc.nat(2), { maxLength: 3 }), { nil: undefined }),
        author: fc.constantFrom(undefined, "ada", "bob", "nobody"),
        q: fc.constantFrom(undefined, "even", "pebble odd", "nothing"),
        since: minute,
        until: minute,
        sort: fc.constantFrom<Sort>("newest", "oldest", "top"),
        limit: fc.integer({ min: 1, max: 70 }),
      });
      await fc.assert(
        fc.asyncProperty(query, async ({ some, since, until, ...rest }) => {
          const wanted = listQuery({
            ...rest,
            posts: some?.map((n) => required(posts[n]).id),
            since: since === undefined ? undefined : at(since),
            until: until === undefined ? undefined : at(until),
          });
          const rows = await pages((after) => store().comments.list({ ...wanted, after }), wanted.sort);
          expect(ids(rows)).toEqual(naive(wanted));
        }),
        { numRuns: 300 },
      );
    });

    it("names a post twice and shows its comments once", async () => {
      const { id } = required(posts[0]);
      const { rows } = await store().comments.list(listQuery({ posts: [id, id] }));
      expect(ids(rows)).toEqual(naive(listQuery({ posts: [id] })));
    });

    it("of another status holds what has it", async () => {
      const { rows } = await store().comments.list(listQuery({ status: "spam", view: "moderator" }));
      expect(rows.map(({ json }) => JSON.parse(json).status)).toEqual(["spam"]);
    });

    it("finds words whatever their case and accents, and the last one by its beginning", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id, written("Ünïcode façade"));
      for (const q of ["unicode", "FACADE", "unicode fac", "façade Ünïcode"]) {
        expect(ids((await store().comments.list(listQuery({ q }))).rows)).toEqual([id]);
      }
    });

    it("takes any search for words, never for operators", async () => {
      const words = fc.oneof(
        fc.string({ unit: "binary" }),
        fc.string(),
        fc.constantFrom(
          '"',
          "a AND",
          "NEAR(a b)",
          "comment:a",
          "a*",
          "a OR b",
          "-a",
          "a\0b",
          "(",
          "^a",
          "😀",
          "Ⅷ",
          "٣",
        ),
      );
      await fc.assert(
        fc.asyncProperty(words, async (q) => {
          await store().comments.list(listQuery({ q }));
          await store().posts.list({ q, limit: 5 });
        }),
        { numRuns: 500 },
      );
    });
  });

  describe("paging while comments come and go", () => {
    const store = shared(engine);

    it.each<Sort>(["newest", "oldest", "top"])(
      "shows each comment once and misses none, sorted by %s",
      async (sort) => {
        const post = await addPost(store());
        const other = await addPost(store());
        const kept: number[] = [];
        const doomed: number[] = [];
        for (let n = 0; n < 40; n++) {
          const { id } = await add(store(), post.id, { createdAt: at(100 + (n >> 2)) });
          if (n % 3 === 0) await store().comments.vote(id, "user:1", 1, at(200));
          (n % 10 === 9 ? doomed : kept).push(id);
        }
        let minute = 0;
        for (const posts of [[post.id], [post.id, other.id]]) {
          const rows = await pages(
            (after) => store().comments.list(listQuery({ posts, sort, limit: 7, after })),
            sort,
            async () => {
              const gone = doomed.pop();
              if (gone !== undefined) await store().comments.delete(gone, "author", at(300), asModerator);
              await add(store(), post.id, { createdAt: at(minute++) });
              await add(store(), post.id, { createdAt: at(105) });
              await add(store(), other.id, { createdAt: at(400 + minute) });
            },
          );
          const seen = ids(rows);
          expect(new Set(seen).size).toBe(seen.length);
          expect(seen).toEqual(expect.arrayContaining(kept));
        }
      },
    );

    it("holds for a thread, whose parents stand before their replies", async () => {
      const post = await addPost(store());
      const kept: number[] = [];
      for (let n = 0; n < 30; n++) {
        const parent = n % 3 === 2 ? (kept[n >> 1] ?? null) : null;
        kept.push((await add(store(), post.id, { parent, createdAt: at(100 - n) })).id);
      }
      const rows = await pages(
        (after) => readThread(store(), threadQuery(post, { limit: 4, after })),
        "oldest",
        () => add(store(), post.id, { createdAt: at(0) }),
      );
      const seen = ids(rows);
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(kept));
      const place = new Map(seen.map((id, index) => [id, index]));
      for (const { json, id } of rows) {
        const { parent } = JSON.parse(json);
        if (parent !== null) expect(place.get(parent)).toBeLessThan(place.get(id) ?? 0);
      }
    });

    it("ends exactly at the end: a full last page has nothing behind it", async () => {
      const post = await addPost(store());
      for (let n = 0; n < 4; n++) await add(store(), post.id, { createdAt: at(n) });
      expect((await readThread(store(), threadQuery(post, { limit: 4 }))).more).toBe(false);
      expect((await readThread(store(), threadQuery(post, { limit: 3 }))).more).toBe(true);
      expect(await store().comments.list(listQuery({ posts: [] }))).toEqual({ rows: [], more: false });
    });

    it("is one text, of what each of them says alone, with the key that the rest follows", async () => {
      const post = await addPost(store());
      expect(await store().comments.flat(threadQuery(post), "[", "] é")).toEqual({
        json: Buffer.from("[] é"),
        next: null,
      });
      const kept: Key[] = [];
      for (let n = 0; n < 7; n++) {
        const createdAt = at(n >> 1);
        const { id } = await add(store(), post.id, { ...written("in ASCII, ünd nöt — 😀"), createdAt });
        kept.push({ value: createdAt, id });
      }
      for (const view of ["public", "own", "moderator"] as const) {
        const texts = await Promise.all(kept.map(({ id }) => store().comments.json(id, view, BASE)));
        for (const limit of [1, 2, 3, 6, 7, 8])
          for (let from = 0; from < kept.length; from += limit) {
            const after = kept[from - 1];
            const { json, next } = await store().comments.flat(
              threadQuery(post, { view, limit, after }),
              "[",
              "]",
            );
            expect(json.toString()).toBe(`[${texts.slice(from, from + limit)}]`);
            expect(next).toEqual(from + limit < kept.length ? kept[from + limit - 1] : null);
          }
      }
    });

    it("builds links on the base that was asked for", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id);
      const { rows } = await readThread(store(), threadQuery(post, { base: "" }));
      expect(JSON.parse(required(rows[0]).json).url).toBe(`/posts/${post.slug}#comment-${id}`);
      expect(JSON.parse(required(await store().comments.json(id, "public", BASE))).url).toContain(BASE);
    });
  });
}
