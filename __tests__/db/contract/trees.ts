import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  add,
  addPost,
  asModerator,
  at,
  commentRow,
  ids,
  readThread,
  required,
  treeQuery,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { ImportRow, TreeRow } from "@/db/store";

/** That the cut shows nothing without its parent, and siblings from the first on without a gap. */
function expectCutAtTheEnd(rows: TreeRow[], children: Map<number, number[]>, heads: number[]): void {
  const place = new Map(rows.map(({ id }, index) => [id, index]));
  expect(place.size).toBe(rows.length);
  for (const { id, parent, replies } of rows) {
    if (!heads.includes(id)) expect(place.get(parent ?? 0)).toBeLessThan(place.get(id) ?? -1);
    const here = rows.filter((row) => row.parent === id).map((row) => row.id);
    const kept = children.get(id) ?? [];
    expect(replies).toBe(kept.length);
    expect(here).toEqual(kept.slice(0, here.length));
  }
}

export function trees(engine: Engine): void {
  describe("a tree", () => {
    const store = shared(engine);

    it("holds every visible comment below its heads within the budget, and cuts from the end only", async () => {
      const shape = fc.record({
        parents: fc.array(fc.option(fc.nat(60), { nil: null, freq: 5 }), { minLength: 1, maxLength: 40 }),
        budget: fc.integer({ min: 1, max: 50 }),
        limit: fc.integer({ min: 1, max: 20 }),
      });
      await fc.assert(
        fc.asyncProperty(shape, async ({ parents, budget, limit }) => {
          const post = await addPost(store());
          const made: number[] = [];
          const children = new Map<number, number[]>();
          const heads: number[] = [];
          for (const [n, which] of parents.entries()) {
            const parent = which === null ? null : (made[which % Math.max(1, made.length)] ?? null);
            const { id } = await add(store(), post.id, { parent, createdAt: at(n >> 1) });
            made.push(id);
            if (parent === null) heads.push(id);
            else children.set(parent, [...(children.get(parent) ?? []), id]);
          }
          const query = treeQuery(post, { budget: Math.max(budget, limit), limit });
          const page = await store().comments.tree(query);
          expect(page.top).toBe(Math.min(limit, heads.length));
          expect(page.more).toBe(heads.length > limit);
          expect(ids(page.rows).slice(0, page.top)).toEqual(heads.slice(0, limit));
          expect(page.rows.length).toBeLessThanOrEqual(query.budget);
          expectCutAtTheEnd(page.rows, children, heads);
          const below = (id: number): number =>
            1 + (children.get(id) ?? []).reduce((sum, one) => sum + below(one), 0);
          const all = heads.slice(0, limit).reduce((sum, id) => sum + below(id), 0);
          expect(page.rows.length).toBe(Math.min(all, query.budget));
        }),
        { numRuns: 60 },
      );
    }, 60_000);

    it("is sorted at the top as asked, and by time below", async () => {
      const post = await addPost(store());
      const made: number[] = [];
      for (let n = 0; n < 6; n++) made.push((await add(store(), post.id, { createdAt: at(n) })).id);
      const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = made;
      for (const id of [b, e]) await store().comments.vote(id, "user:1", 1, at(9));
      await store().comments.vote(e, "user:2", 1, at(9));
      const r1 = (await add(store(), post.id, { parent: a, createdAt: at(10) })).id;
      const r2 = (await add(store(), post.id, { parent: a, createdAt: at(11) })).id;
      await store().comments.vote(r2, "user:1", 1, at(12));
      const heads = async (sort: "oldest" | "newest" | "top") => {
        const first = await store().comments.tree(treeQuery(post, { sort, limit: 4 }));
        const last = required(first.rows[first.top - 1]);
        const value = sort === "top" ? last.score : last.createdAt;
        const second = await store().comments.tree(
          treeQuery(post, { sort, limit: 4, after: { value, id: last.id } }),
        );
        return [...ids(first.rows).slice(0, first.top), ...ids(second.rows).slice(0, second.top)];
      };
      expect(await heads("oldest")).toEqual([a, b, c, d, e, f]);
      expect(await heads("newest")).toEqual([f, e, d, c, b, a]);
      expect(await heads("top")).toEqual([e, b, f, d, c, a]);
      for (const sort of ["oldest", "newest", "top"] as const) {
        const { rows } = await store().comments.tree(treeQuery(post, { sort }));
        expect(ids(rows.filter(({ parent }) => parent === a))).toEqual([r1, r2]);
      }
      const below = await store().comments.tree(treeQuery(post, { parent: a, sort: "top" }));
      expect(ids(below.rows)).toEqual([r2, r1]);
    });

    it("leaves out what nobody sees, and keeps tombstones that carry replies", async () => {
      const post = await addPost(store());
      const grave = await add(store(), post.id);
      const reply = await add(store(), post.id, { parent: grave.id });
      const gone = await add(store(), post.id);
      await add(store(), post.id, { parent: grave.id, status: "pending" });
      for (const { id } of [grave, gone]) await store().comments.delete(id, "author", at(2), asModerator);
      const { rows } = await store().comments.tree(treeQuery(post));
      expect(ids(rows)).toEqual([grave.id, reply.id]);
      expect(rows[0]).toMatchObject({ replies: 1, parent: null });
    });

    it("begins at any comment of it that is asked for, in every order, and holds the way to that within the budget", async () => {
      const shape = fc.record({
        parents: fc.array(fc.option(fc.nat(60), { nil: null, freq: 4 }), { minLength: 1, maxLength: 40 }),
        votes: fc.array(fc.nat(40), { maxLength: 8 }),
        budget: fc.integer({ min: 1, max: 50 }),
        limit: fc.integer({ min: 1, max: 10 }),
        sort: fc.constantFrom("oldest" as const, "newest" as const, "top" as const),
        which: fc.nat(39),
      });
      await fc.assert(
        fc.asyncProperty(shape, async ({ parents, votes, budget, limit, sort, which }) => {
          const post = await addPost(store());
          const made: number[] = [];
          const above = new Map<number, number | null>();
          const children = new Map<number, number[]>();
          for (const [n, one] of parents.entries()) {
            const parent = one === null ? null : (made[one % Math.max(1, made.length)] ?? null);
            const { id } = await add(store(), post.id, { parent, createdAt: at(n >> 1) });
            made.push(id);
            above.set(id, parent);
            if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), id]);
          }
          for (const [n, one] of votes.entries())
            await store().comments.vote(made[one % made.length] ?? 0, `user:${n}`, 1, at(9));
          const whole = await store().comments.tree(treeQuery(post, { sort }));
          const heads = ids(whole.rows).slice(0, whole.top);

          const asked = required(made[which % made.length]);
          const path = [asked];
          for (let up = above.get(asked); up; up = above.get(up)) path.unshift(up);
          const query = treeQuery(post, { sort, limit, budget: Math.max(budget, limit), at: asked });
          const { rows, top, more } = await store().comments.tree(query);
          const from = heads.indexOf(required(path[0]));
          expect(ids(rows).slice(0, top)).toEqual(heads.slice(from, from + limit));
          expect(more).toBe(heads.length > from + limit);
          expect(rows.length).toBeLessThanOrEqual(query.budget);
          if (path.length <= query.budget - top) expect(ids(rows)).toEqual(expect.arrayContaining(path));
          const apart = rows.filter((row) => row.apart);
          // What is here for the way alone comes last, and is nothing but the end of it.
          expect(rows.slice(rows.length - apart.length)).toEqual(apart);
          expect(ids(apart)).toEqual(path.slice(path.length - apart.length));
          for (const { id, parent } of apart) expect([id, parent]).toEqual([id, above.get(id)]);
          expectCutAtTheEnd(rows.slice(0, rows.length - apart.length), children, heads);
        }),
        { numRuns: 60 },
      );
    }, 60_000);

    it("begins where it does when the comment asked for is of another post, hidden, gone or nowhere", async () => {
      const post = await addPost(store());
      const first = await add(store(), post.id);
      const last = await add(store(), post.id, { createdAt: at(5) });
      const held = await add(store(), post.id, { status: "pending", createdAt: at(6) });
      const gone = await add(store(), post.id, { createdAt: at(7) });
      await store().comments.delete(gone.id, "author", at(8), asModerator);
      const elsewhere = await add(store(), (await addPost(store())).id);
      const after = { value: first.createdAt, id: first.id };
      for (const one of [held.id, gone.id, elsewhere.id, 2 ** 40]) {
        for (const view of ["public", "moderator"] as const)
          expect(ids((await store().comments.tree(treeQuery(post, { at: one, view }))).rows)).toEqual([
            first.id,
            last.id,
          ]);
        expect(ids((await store().comments.tree(treeQuery(post, { at: one, after }))).rows)).toEqual([
          last.id,
        ]);
      }
    });

    it("begins at a tombstone, and at what hangs below it", async () => {
      const post = await addPost(store());
      await add(store(), post.id);
      const grave = await add(store(), post.id, { createdAt: at(2) });
      const reply = await add(store(), post.id, { parent: grave.id, createdAt: at(3) });
      await store().comments.delete(grave.id, "author", at(4), asModerator);
      for (const one of [grave.id, reply.id])
        expect(ids((await store().comments.tree(treeQuery(post, { at: one }))).rows)).toEqual([
          grave.id,
          reply.id,
        ]);
    });

    it("of ten thousand comments comes in pages, each within the budget, in 250 ms at most", async () => {
      const post = await addPost(store());
      const rows: ImportRow[] = [];
      for (let n = 0; n < 10_000; n++) {
        // A hundred heads; below the first a chain 1,000 deep, below the second 5,000 replies, then anything.
        const parent = n < 100 ? null : n < 1100 ? (n === 100 ? 0 : n - 1) : n < 6100 ? 1 : n % 6000;
        const own = {
          key: `${post.slug} ${n}`,
          localId: String(n),
          parent: parent === null ? null : String(parent),
        };
        rows.push(commentRow(`Comment ${n}`, { ...own, post: post.slug, createdAt: at(n) }));
      }
      const report = await store().imports.run(rows, { keepGoing: false, source: "big" });
      expect(report).toMatchObject({ created: 10_000, refused: [] });
      const seen = new Set<number>();
      let after: { value: string; id: number } | undefined;
      let more = true;
      while (more) {
        const began = performance.now();
        const page = await store().comments.tree(treeQuery(post, { after, limit: 100 }));
        expect(performance.now() - began).toBeLessThan(250);
        expect(page.rows.length).toBeLessThanOrEqual(500);
        for (const id of ids(page.rows)) seen.add(id);
        const last = required(page.rows[page.top - 1]);
        after = { value: last.createdAt, id: last.id };
        more = page.more;
      }
      expect(seen.size).toBe(500);

      const thread = { post, limit: 100, view: "public", base: "" } as const;
      const flat: number[] = [];
      for (let place: { value: string; id: number } | undefined; ; ) {
        const page = await readThread(store(), { ...thread, after: place });
        flat.push(...ids(page.rows));
        const last = required(page.rows.at(-1));
        place = { value: last.createdAt, id: last.id };
        if (!page.more) break;
      }
      expect(new Set(flat).size).toBe(10_000);

      // Down the chain from any node of it, the budget's worth at a time.
      const [first] = (await store().comments.tree(treeQuery(post, { limit: 1 }))).rows;
      let head = required(first).id;
      let depth = 0;
      for (;;) {
        const { rows: below } = await store().comments.tree(treeQuery(post, { parent: head, limit: 1 }));
        const chain = below.filter((row) => row.replies > 0);
        const last = chain.at(-1);
        if (!last) break;
        depth += chain.length;
        head = last.id;
        if (depth > 2000) break;
      }
      expect(depth).toBeGreaterThan(400);

      // From far down the chain, or among thousands of replies: still within the budget, and soon.
      const big = await readThread(store(), { ...thread, limit: 6000 });
      const byText = new Map(
        big.rows.map(({ id, json }) => [JSON.parse(json).comment.replace("Comment ", ""), id]),
      );
      for (const [text, isThere] of [
        ["300", true],
        ["1099", false],
        ["5500", true],
      ] as const) {
        const asked = required(byText.get(text));
        const began = performance.now();
        const page = await store().comments.tree(treeQuery(post, { at: asked, limit: 50 }));
        expect(performance.now() - began).toBeLessThan(250);
        expect(page.rows.length).toBe(500);
        expect([text, ids(page.rows).includes(asked)]).toEqual([text, isThere]);
        expect(new Set(ids(page.rows)).size).toBe(500);
      }
    }, 60_000);
  });
}
