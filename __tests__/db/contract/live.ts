import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  add,
  addPost,
  asModerator,
  at,
  BASE,
  by,
  commentRow,
  newPage,
  readThread,
  reportBy,
  required,
  threadQuery,
  unique,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { Post } from "@/db/port/posts";
import type { Store } from "@/db/store";

const FAR = "2100-01-01T00:00:00.000Z";

/** Somebody who read a thread once and follows what is told of it: knows it as it is, or has a hole in it. */
class Follower {
  comments = new Map<number, string>();
  rereads = 0;
  readonly #store: Store;
  readonly #post: Pick<Post, "id">;
  #position: number;

  private constructor(store: Store, post: Pick<Post, "id">, position: number) {
    this.#store = store;
    this.#post = post;
    this.#position = position;
  }

  static async of(store: Store, post: Pick<Post, "id">): Promise<Follower> {
    const { id } = await store.live.watch(new Date().toISOString(), FAR);
    const follower = new Follower(store, post, id);
    follower.comments = await readApproved(store, post);
    return follower;
  }

  async catchUp(): Promise<string[]> {
    const { live } = this.#store;
    const { last } = await live.since(this.#position, 1000);
    const events = await live.missed(this.#post.id, this.#position, last?.id ?? 0, 1000);
    for (const { type, comment } of events) {
      if (comment === null) {
        this.comments = await readApproved(this.#store, this.#post);
        this.rereads++;
        continue;
      }
      const json = (await live.shown(this.#post.id, [comment], BASE)).get(comment);
      if (type === "comment.deleted") this.comments.delete(comment);
      else if (json !== undefined) this.comments.set(comment, json);
    }
    this.#position = last?.id ?? this.#position;
    return events.map(({ type }) => type);
  }
}

/** The approved comments of a thread as the public sees them, but for what is counted in it. */
async function readApproved(store: Store, { id }: Pick<Post, "id">): Promise<Map<number, string>> {
  const post = await store.posts.find({ id });
  if (post?.id !== id) return new Map();
  const { rows } = await readThread(store, threadQuery(post));
  const approved = rows.filter(({ json }) => JSON.parse(json).status === "approved");
  return new Map(approved.map(({ id, json }) => [id, json]));
}

/** Without what changes and is not told: votes and the number of replies. */
function told(comments: Map<number, string>): unknown[] {
  const bare = ({ votes: _votes, replies: _replies, ...rest }: Record<string, unknown>) => rest;
  return [...comments].sort(([a], [b]) => a - b).map(([, json]) => bare(JSON.parse(json)));
}

async function addPerson(store: Store): Promise<number> {
  const name = unique("Person");
  const email = `${name}@example.org`;
  const made = await store.users.create(
    {
      ...{ name, nameKey: name.toLowerCase(), email, profession: null, website: null, role: "member" },
      ...{ password: null, createdAt: at(0) },
    },
    { namesakes: true, by: null },
  );
  if (made.refused !== null) throw new Error(made.refused);
  return made.person.id;
}

export function live(engine: Engine): void {
  describe("events for readers who watch", () => {
    const store = shared(engine);
    const approve = { note: null, base: BASE };

    it("are not written while nobody watches", async () => {
      const post = await addPost(store());
      await add(store(), post.id);
      expect(await store().live.since(0, 10)).toEqual({ events: [], last: null });
    });

    it("begin with watching, and name no more than they must", async () => {
      const post = await addPost(store());
      const before = await store().live.watch(at(0), at(60));
      const { id } = await add(store(), post.id, { createdAt: at(2) });
      const { events, last } = await store().live.since(before.id, 10);
      expect(events).toEqual([
        { id: before.id + 1, at: at(2), type: "comment.created", post: post.id, comment: id },
      ]);
      expect(last).toEqual({ id: before.id + 1, at: at(2) });
      expect(await store().live.find(before.id)).toEqual(before);
      expect(await store().live.find(before.id + 2)).toBeNull();
    });

    it("cost nothing to be watched again, until half of the time is over", async () => {
      const first = await store().live.watch(at(0), at(60));
      expect(await store().live.watch(at(20), at(80))).toEqual(first);
      const renewed = await store().live.watch(at(31), at(91));
      expect(renewed.id).toBeGreaterThan(first.id);
      expect(await store().live.find(first.id)).toEqual(first);
    });

    it("end some time after the last one has gone, and who comes back then is told so", async () => {
      const post = await addPost(store());
      const before = await store().live.watch(at(100), at(200));
      await store().sweep(Date.parse(at(199)), 0);
      await add(store(), post.id, { createdAt: at(199) });
      expect((await store().live.since(before.id, 9)).events).toHaveLength(1);
      await store().sweep(Date.parse(at(201)), 0);
      await store().sweep(Date.parse(at(202)), 0);
      expect(await store().live.find(before.id)).toBeNull();
      await add(store(), post.id, { createdAt: at(203) });
      expect((await store().live.since(before.id, 9)).events).toHaveLength(1);
      const after = await store().live.watch(at(300), at(400));
      expect(await store().live.find(before.id)).toBeNull();
      expect(await store().live.find(after.id)).toEqual(after);
      await add(store(), post.id, { createdAt: at(301) });
      expect((await store().live.since(after.id, 9)).events).toHaveLength(1);
    });

    it("are no news, and neither is watching", async () => {
      const before = store().news();
      await store().live.watch(at(1000), at(2000));
      expect(store().news()).toBe(before);
    });

    it("are read in parts, of one post or of all", async () => {
      const [post, other] = [await addPost(store()), await addPost(store())];
      const { id: start } = await store().live.watch(new Date().toISOString(), FAR);
      for (const { id } of [post, other, post]) await add(store(), id);
      const first = await store().live.since(start, 2);
      expect(first.events.map((event) => event.post)).toEqual([post.id, other.id]);
      const rest = await store().live.since(required(first.last).id, 2);
      expect(rest.events.map((event) => event.post)).toEqual([post.id]);
      const end = required(rest.last).id;
      expect(await store().live.missed(post.id, start, end, 9)).toHaveLength(2);
      expect(await store().live.missed(post.id, start, end, 1)).toHaveLength(1);
      expect(await store().live.missed(post.id, start, end - 1, 9)).toHaveLength(1);
      expect(await store().live.missed(post.id, end, end, 9)).toEqual([]);
    });

    it("come without what nobody may see, and a comment is shown to the public of its own post alone", async () => {
      const [post, other] = [await addPost(store()), await addPost(store())];
      const follower = await Follower.of(store(), post);
      const { id: pending } = await add(store(), post.id, { status: "pending" });
      const { id: spam } = await add(store(), post.id, { status: "spam" });
      await store().comments.change(pending, { text: written("Other") }, "author", at(3), asModerator);
      const { id: shown } = await add(store(), post.id);
      await store().comments.report(shown, reportBy("user:1"), 0);
      expect(await follower.catchUp()).toEqual(["comment.created"]);
      const found = await store().live.shown(post.id, [pending, spam, shown, 10 ** 9], BASE);
      expect([...found.keys()]).toEqual([shown]);
      expect(found.get(shown)).toBe(await store().comments.json(shown, "public", BASE));
      expect(found.get(shown)).not.toMatch(/email|address|reasons/);
      expect((await store().live.shown(other.id, [shown], BASE)).size).toBe(0);
    });

    const changes: Record<string, (post: Post) => Promise<unknown>> = {
      "a comment, a reply and one that waits": async ({ id }) => {
        const { id: parent } = await add(store(), id);
        await add(store(), id, { parent });
        await add(store(), id, { status: "pending" });
      },
      "an edit, a pin and a vote": async ({ id }) => {
        const { id: comment } = await add(store(), id);
        await store().comments.change(comment, { text: written("New") }, "author", at(3), asModerator);
        await store().comments.change(comment, { pinned: true }, ADMIN, at(4), asModerator);
        await store().comments.vote(comment, "user:1", 1, at(5));
      },
      "what moderators decide on many at once, and take back": async ({ id }) => {
        const { id: held } = await add(store(), id, { status: "pending" });
        const { id: shown } = await add(store(), id);
        const { id: reply } = await add(store(), id, { parent: shown });
        const { moderation } = store();
        await moderation.decide([held, shown], "approve", ADMIN, at(5), approve);
        await moderation.decide([held, shown, reply], "spam", ADMIN, at(5), approve);
        await moderation.decide([shown, reply], "restore", ADMIN, at(6), approve);
        await moderation.decide([held, shown], "delete", ADMIN, at(7), approve);
        const { rows } = await store().audit.list({ type: "comment", subject: shown, limit: 1 });
        await store().audit.undo(required(rows[0]).id, ADMIN, at(8), null);
      },
      "reports that hide it": async ({ id }) => {
        const { id: comment } = await add(store(), id);
        await store().comments.report(comment, reportBy("user:2"), 1);
      },
      "people who leave, change their name, or are erased": async ({ id }) => {
        const nobody = { ...by("Nobody"), avatar: "seed" };
        const terms = { namesakes: true, by: null, at: at(9), version: null };
        for (const kind of ["leave", "erase", "rename"]) {
          const user = await addPerson(store());
          const { id: parent } = await add(store(), id, { user, ...by("Somebody") });
          await add(store(), id, { user, parent, ...by("Somebody") });
          await add(store(), id, { user, status: "pending" });
          if (kind === "rename") await store().users.change(user, { author: by(unique("New")) }, terms);
          else await store().users.remove(user, { erase: kind === "erase", nobody }, terms);
          while (await store().users.work());
        }
      },
      "an import": async ({ slug }) => {
        const rows = [1, 2, 3].map((n) => commentRow(unique(`row ${n}`), { post: slug }));
        await store().imports.run(rows, { keepGoing: false, source: slug });
      },
      "an import that is taken out again": async ({ slug }) => {
        const rows = [1, 2].map((n) => commentRow(unique(`row ${n}`), { post: slug }));
        await store().imports.run(rows, { keepGoing: false, source: slug });
        await store().imports.remove(slug);
      },
      "another post's comments": async ({ id }) => {
        const other = await addPost(store());
        await add(store(), other.id);
        await store().posts.merge(other.id, id, ADMIN, at(5));
      },
      "another post that takes it in": async ({ id }) => {
        const other = await addPost(store());
        await store().posts.merge(id, other.id, ADMIN, at(5));
      },
      "its deletion": ({ id }) => store().posts.delete(id, ADMIN, at(5), null),
      "its deletion, taken back": async ({ id }) => {
        const gone = await store().posts.delete(id, ADMIN, at(5), null);
        if (gone.refused === null) await store().posts.undo(gone.audit, ADMIN, at(6));
      },
    };

    it.each(Object.keys(changes))("tell all of %s", async (name) => {
      const post = await addPost(store());
      for (let n = 0; n < 3; n++) await add(store(), post.id);
      const follower = await Follower.of(store(), post);
      await changes[name]?.(post);
      expect((await follower.catchUp()).length).toBeGreaterThan(0);
      expect(told(follower.comments)).toEqual(told(await readApproved(store(), post)));
    });

    it("tell the end of a page that nobody could find yet", async () => {
      const { post } = await add(store(), newPage(), { status: "pending" });
      const follower = await Follower.of(store(), { id: post });
      await store().posts.delete(post, ADMIN, at(5), null);
      expect(await follower.catchUp()).toEqual(["thread.changed"]);
    });

    it("tell that a post is gone before that another one has its comments", async () => {
      const [from, into] = [await addPost(store()), await addPost(store())];
      const { id } = await store().live.watch(new Date().toISOString(), FAR);
      await store().posts.merge(from.id, into.id, ADMIN, at(5));
      const { events } = await store().live.since(id, 9);
      expect(events.map(({ type, post }) => [type, post])).toEqual([
        ["thread.changed", from.id],
        ["thread.changed", into.id],
      ]);
    });
  });
}
