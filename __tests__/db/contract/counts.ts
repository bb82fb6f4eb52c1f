import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  ADMIN,
  actorOf,
  add,
  addPost,
  asModerator,
  at,
  factsOf,
  readThread,
  reportBy,
  required,
  threadQuery,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import { Model, type Modelled } from "@/__tests__/db/contract/model";
import type { Post } from "@/db/port/posts";
import type { Store } from "@/db/store";

const which = fc.nat(30);
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant("create" as const),
      which,
      held: fc.boolean(),
      top: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("settle" as const),
      which,
      status: fc.constantFrom("approved", "pending", "spam"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("delete" as const),
      which,
      by: fc.constantFrom("author", "moderator"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("report" as const),
      which,
      reporter: fc.constantFrom("a", "b", "c"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("edit" as const), which, text: fc.string() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("vote" as const),
      which,
      voter: fc.constantFrom("a", "b", "c"),
      value: fc.constantFrom(1, 0, -1),
    }),
  },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Does the step in both worlds. What the model says can't be done, the store has to refuse. */
async function run(store: Store, model: Model, posts: Post[], todo: Step, minute: number): Promise<void> {
  const { comments } = store;
  const target = model.comments[todo.which % Math.max(1, model.comments.length)];
  if (todo.do === "create") {
    const parent = todo.top ? null : (target ?? null);
    const post = parent?.post ?? required(posts[todo.which % posts.length]).id;
    const status = todo.held ? "pending" : "approved";
    if (parent && parent.status !== "approved") {
      await expect(add(store, post, { parent: parent.id, status })).rejects.toThrow("Refused");
      return;
    }
    const text = `Text ${minute}`;
    const { id } = await add(store, post, {
      ...written(text),
      parent: parent?.id ?? null,
      status,
      createdAt: at(minute),
    });
    model.comments.push({
      id,
      post,
      parent,
      status,
      trashed: false,
      text,
      votes: new Map(),
      reports: new Map(),
      settled: new Set(),
      edited: -1,
    });
  } else if (target === undefined) return;
  else if (todo.do === "settle") {
    const { refused } = await comments.change(
      target.id,
      { status: todo.status },
      ADMIN,
      at(minute),
      asModerator,
    );
    const final = target.status === "deleted" && !target.trashed;
    expect(refused).toBe(final ? "not_restorable" : null);
    if (!final) Object.assign(target, { status: todo.status, trashed: false });
    if (!final && todo.status === "approved") target.settled = new Set(target.reports.keys());
  } else if (todo.do === "delete") {
    const { refused } = await comments.delete(target.id, actorOf(todo.by), at(minute), asModerator);
    expect(refused).toBe(target.status === "deleted" ? "absent" : null);
    if (target.status !== "deleted")
      Object.assign(target, { status: "deleted", trashed: todo.by === "moderator" });
    if (todo.by === "author" && refused === null) {
      target.reports.clear();
      target.settled.clear();
    }
  } else if (todo.do === "report") {
    const taken = await comments.report(target.id, reportBy(todo.reporter, { at: at(minute) }), 2);
    expect(taken).toBe(target.status === "approved");
    if (taken && model.report(target, todo.reporter, minute, 2)) target.status = "pending";
  } else if (todo.do === "edit") {
    const { refused } = await comments.change(
      target.id,
      { text: written(todo.text) },
      "author",
      at(minute),
      asModerator,
    );
    expect(refused).toBe(target.status === "deleted" ? "absent" : null);
    if (target.status !== "deleted") Object.assign(target, { text: todo.text, edited: minute });
  } else {
    const votes = await comments.vote(target.id, todo.voter, todo.value, at(minute));
    if (target.status !== "approved") expect(votes).toBeNull();
    else if (todo.value === 0) target.votes.delete(todo.voter);
    else target.votes.set(todo.voter, todo.value);
  }
}

/** What readers can tell apart, and the versions that answer for it. */
async function look(store: Store, posts: Post[], model: Model) {
  const site = await store.site();
  const threads = [];
  for (const { id } of posts) {
    const post = required(await store.posts.find({ id }));
    const { rows } = await readThread(store, threadQuery(post));
    const { version, comments } = post;
    threads.push({ version, comments, rows: rows.map(({ json }) => JSON.parse(json)) });
  }
  const versions = new Map<Modelled, number>();
  for (const comment of model.comments) {
    versions.set(comment, required(await store.comments.find(comment.id)).version);
  }
  return { site, threads, versions };
}

/** Those of the queue that the model knows: other runs leave theirs in it. */
async function idsOfQueue(store: Store, model: Model): Promise<number[]> {
  const known = new Set(model.comments.map(({ id }) => id));
  const { rows } = await store.moderation.queue({ limit: 100_000, base: "" });
  return rows
    .map(({ id }) => id)
    .filter((id) => known.has(id))
    .sort((a, b) => a - b);
}

export function counts(engine: Engine): void {
  describe("counts, replies, tombstones and versions", () => {
    const store = shared(engine);

    it("are what a naive model says, whatever happens in whatever order", async () => {
      const scenario = fc.array(step, { minLength: 1, maxLength: 25, size: "max" });
      await fc.assert(
        fc.asyncProperty(scenario, async (steps) => {
          const posts = [await addPost(store()), await addPost(store())];
          const model = new Model();
          let before = await look(store(), posts, model);
          const others = before.site.comments;
          const elsewhere = before.site;
          for (const [minute, todo] of steps.entries()) {
            await run(store(), model, posts, todo, minute);
            const after = await look(store(), posts, model);
            let seen = false;
            for (const [n, { id }] of posts.entries()) {
              const now = required(after.threads[n]);
              const then = required(before.threads[n]);
              expect(now.rows).toMatchObject(model.thread(id));
              expect(now.rows).toHaveLength(model.thread(id).length);
              expect(now.comments).toBe(model.approved(id));
              const changed = JSON.stringify(now.rows) !== JSON.stringify(then.rows);
              seen ||= changed;
              if (changed) expect(now.version).toBeGreaterThan(then.version);
              else expect(now.version).toBeGreaterThanOrEqual(then.version);
              for (const row of now.rows) {
                const comment = required(model.comments.find((one) => one.id === row.id));
                const old = then.rows.find((one) => one.id === row.id);
                const last = before.versions.get(comment) ?? 0;
                if (old && JSON.stringify(old) !== JSON.stringify(row)) {
                  expect(required(after.versions.get(comment))).toBeGreaterThan(last);
                }
              }
            }
            for (const [comment, version] of before.versions) {
              expect(required(after.versions.get(comment))).toBeGreaterThanOrEqual(version);
            }
            if (seen) expect(after.site.version).toBeGreaterThan(before.site.version);
            const all = posts.reduce((sum, { id }) => sum + model.approved(id), 0);
            expect(after.site.comments).toBe(others + all);
            const queue = model.queue();
            const waiting = queue.filter(({ status }) => status === "pending").length;
            expect([after.site.pending, after.site.reported]).toEqual([
              elsewhere.pending + waiting,
              elsewhere.reported + queue.length - waiting,
            ]);
            expect(await idsOfQueue(store(), model)).toEqual(queue.map(({ id }) => id));
            before = after;
          }
        }),
        { numRuns: 80 },
      );
    }, 120_000);

    it("of post and site stay as they are while a comment that nobody sees comes, changes and goes", async () => {
      const post = await addPost(store());
      await add(store(), post.id);
      const versions = async () => [
        (await store().site()).version,
        (await store().posts.find({ id: post.id }))?.version,
      ];
      const before = await versions();
      const { id } = await add(store(), post.id, { status: "pending" });
      const { change, report } = store().comments;
      await change(id, { text: written("Still held") }, "author", at(2), asModerator);
      await change(
        id,
        { status: "spam", held: [{ rule: "links", reason: "has links" }] },
        ADMIN,
        at(3),
        asModerator,
      );
      await report(id, reportBy("network:x"), 1);
      await store().moderation.facts(factsOf("network-of-ada", "x"));
      await store().comments.delete(id, ADMIN, at(4), asModerator);
      await change(id, { status: "pending" }, ADMIN, at(5), asModerator);
      await store().comments.delete(id, "author", at(6), asModerator);
      expect(await versions()).toEqual(before);
    });

    it("hold down a chain of tombstones a thousand deep, which goes with its last reply", async () => {
      const post = await addPost(store());
      const chain: number[] = [];
      for (let n = 0; n < 1000; n++) {
        chain.push((await add(store(), post.id, { parent: chain.at(-1) ?? null, createdAt: at(n) })).id);
      }
      for (const id of chain.slice(0, -1)) await store().comments.delete(id, "author", at(2000), asModerator);
      const thread = async () => readThread(store(), threadQuery(post));
      expect((await thread()).rows.map(({ id }) => id)).toEqual(chain);
      expect((await store().posts.find({ id: post.id }))?.comments).toBe(1);
      await store().comments.delete(required(chain.at(-1)), "author", at(2001), asModerator);
      expect((await thread()).rows).toEqual([]);
      expect((await store().posts.find({ id: post.id }))?.comments).toBe(0);
    });

    it("begin above anything that a restored backup could have given out", async () => {
      const began = Date.now();
      const post = await addPost(store());
      const { id } = await add(store(), post.id, { status: "pending" });
      expect(post.version).toBeGreaterThanOrEqual(began);
      expect((await store().comments.find(id))?.version).toBeGreaterThanOrEqual(began);
      expect((await store().site()).version).toBeGreaterThanOrEqual(began);
    });
  });
}
