import { beforeAll, describe, expect, it } from "@jest/globals";
import {
  add,
  at,
  BASE,
  ids,
  listQuery,
  postRow,
  readThread,
  required,
  threadQuery,
  treeQuery,
  userRow,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { Key, Page } from "@/db/port/base";
import type { Post } from "@/db/port/posts";
import type { Sort } from "@/db/store";

const THEN = at(0);
const MANY = 23;
const SORTS: Sort[] = ["oldest", "newest", "top"];

/** The ids on all pages of one list, of 5 rows each. */
async function walk(
  fetch: (more: { after: Key | undefined; limit: number }) => Promise<Page<{ id: number }>>,
  value: string | number = THEN,
): Promise<number[]> {
  const seen: number[] = [];
  for (let after: Key | undefined; ; ) {
    const { rows, more } = await fetch({ after, limit: 5 });
    seen.push(...ids(rows));
    expect(rows.length).toBe(more ? 5 : MANY % 5);
    if (!more) return seen;
    after = { value, id: required(seen.at(-1)) };
  }
}

export function instants(engine: Engine): void {
  describe("where all came in one instant, as from an import without dates, pages miss nothing and repeat nothing", () => {
    const store = shared(engine);
    const comments: number[] = [];
    const heldBack: number[] = [];
    const replies: number[] = [];
    let posts: Post[] = [];
    let post: Post;

    beforeAll(async () => {
      const rows = Array.from({ length: MANY }, (_, n) => postRow(`one-of-many-${n}`, { createdAt: THEN }));
      const people = rows.map((_, n) => userRow(`One of many ${n}`, { createdAt: THEN }));
      await store().imports.run([...rows, ...people], { keepGoing: false, source: "instants" });
      posts = (await store().posts.list({ limit: 100 })).rows;
      post = required(posts[7]);
      for (let n = 0; n < MANY; n++) {
        comments.push((await add(store(), post.id, { createdAt: THEN })).id);
        heldBack.push((await add(store(), post.id, { createdAt: THEN, status: "pending" })).id);
      }
      const other = required(posts[8]).id;
      const parent = (await add(store(), other, { createdAt: THEN })).id;
      for (let n = 0; n < MANY; n++)
        replies.push((await add(store(), other, { createdAt: THEN, parent })).id);
    });

    const inOrder = (all: number[], sort: Sort) => (sort === "oldest" ? all : all.toReversed());

    it.each(SORTS)("of comments, sorted by %s", async (sort) => {
      const value = sort === "top" ? 0 : THEN;
      const only = { posts: [post.id], sort };
      const list = await walk((page) => store().comments.list(listQuery({ ...only, ...page })), value);
      expect(list).toEqual(inOrder(comments, sort));
      const several = { posts: [post.id, 4711], sort };
      const merged = await walk((page) => store().comments.list(listQuery({ ...several, ...page })), value);
      expect(merged).toEqual(inOrder(comments, sort));
    });

    it.each(SORTS)("of the heads of a tree and of the replies to one, sorted by %s", async (sort) => {
      const value = sort === "top" ? 0 : THEN;
      const heads = await walk((page) => store().comments.tree(treeQuery(post, { sort, ...page })), value);
      expect(heads).toEqual(inOrder(comments, sort));
      const other = required(posts[8]);
      const parent = required(replies[0]) - 1;
      const below = await walk(
        (page) => store().comments.tree(treeQuery(other, { sort, parent, ...page })),
        value,
      );
      expect(below).toEqual(inOrder(replies, sort));
    });

    it("of a thread", async () => {
      expect(await walk((page) => readThread(store(), threadQuery(post, page)))).toEqual(comments);
    });

    it("of posts, newest first", async () => {
      const seen = await walk((page) => store().posts.list(page));
      expect(seen).toEqual(ids(posts));
      expect(seen).toEqual([...seen].sort((a, b) => b - a));
    });

    it("of people", async () => {
      const seen = await walk((page) => store().users.list(page));
      expect(seen).toEqual(ids((await store().users.list({ limit: 100 })).rows));
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
    });

    it("of a person's tokens", async () => {
      const user = required((await store().users.list({ limit: 1 })).rows[0]).id;
      const made: number[] = [];
      for (let n = 0; n < MANY; n++) {
        const token = {
          hash: `of many ${n}`,
          user,
          name: "",
          scope: "read",
          role: "member",
          createdAt: THEN,
          expiresAt: null,
        } as const;
        made.push(required(await store().tokens.create(token, null)).id);
      }
      expect(await walk((page) => store().tokens.list({ user, ...page }))).toEqual(made);
    });

    it("of the moderators' queue", async () => {
      expect(await walk((page) => store().moderation.queue({ base: BASE, ...page }))).toEqual(heldBack);
    });
  });
}
