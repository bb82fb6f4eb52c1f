import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  add,
  addPost,
  asModerator,
  at,
  BASE,
  draft,
  factsOf,
  required,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";

const DAY = 24 * 60;
const RETENTION = 7 * DAY * 60_000;

export function sweeping(engine: Engine): void {
  describe("sweeping", () => {
    const store = shared(engine);
    const sweep = (minutes: number) => store().sweep(Date.parse(at(minutes)), RETENTION);
    const find = async (id: number) => required(await store().comments.find(id));

    it("keeps a network for as long as it may, and not a moment longer", async () => {
      const { id } = await add(store(), (await addPost(store())).id, { network: "swept", createdAt: at(0) });
      await sweep(7 * DAY);
      expect((await find(id)).network).toBe("swept");
      await sweep(7 * DAY + 1);
      expect((await find(id)).network).toBeNull();
      const json = await store().comments.json(id, "moderator", BASE);
      expect(JSON.parse(required(json))).toMatchObject({
        address: null,
        author: "Ada",
        email: "ada@example.org",
      });
      expect((await store().moderation.facts(factsOf("swept", "x"))).trusted).toBe(false);
    });

    it("forgets the network of a deleted comment as soon as that of any other", async () => {
      const { id } = await add(store(), (await addPost(store())).id, {
        network: "trashed",
        createdAt: at(0),
      });
      await store().comments.delete(id, ADMIN, at(6 * DAY), asModerator);
      await sweep(7 * DAY + 1);
      await store().comments.change(id, { status: "approved" }, ADMIN, at(8 * DAY), asModerator);
      expect(await find(id)).toMatchObject({ network: null, author: "Ada", status: "approved" });
    });

    it("keeps a guest's vote but not whose it was, and a user's with both", async () => {
      const { id } = await add(store(), (await addPost(store())).id, { createdAt: at(0) });
      const vote = (voter: string, minute: number) => store().comments.vote(id, voter, 1, at(minute));
      await vote("network:x", 0);
      await vote("user:1", 0);
      await vote("network:y", 3 * DAY);
      await sweep(7 * DAY + 1);
      expect(await vote("user:1", 8 * DAY)).toMatchObject({ up: 3, down: 0 });
      expect(await vote("network:y", 8 * DAY)).toMatchObject({ up: 3, down: 0 });
      expect(await vote("network:x", 8 * DAY)).toMatchObject({ up: 4, down: 0 });
    });

    it("lets a moderator's deletion be undone for thirty days", async () => {
      const post = await addPost(store());
      const early = await add(store(), post.id, { createdAt: at(0) });
      const late = await add(store(), post.id, { createdAt: at(0) });
      for (const { id } of [early, late]) {
        await store().comments.change(id, { text: written("Edited") }, "author", at(1), asModerator);
        await store().comments.delete(id, ADMIN, at(2), asModerator);
      }
      await sweep(2 + 30 * DAY);
      const restore = (id: number) =>
        store().comments.change(id, { status: "approved" }, ADMIN, at(3), asModerator);
      expect(await restore(early.id)).toMatchObject({ refused: null });
      await sweep(3 + 30 * DAY);
      expect(await restore(late.id)).toEqual({ refused: "not_restorable" });
      expect(await store().comments.history(late.id)).toEqual([]);
      expect(await store().comments.history(early.id)).toHaveLength(1);
    });

    it("keeps an Idempotency-Key for a day", async () => {
      const post = await addPost(store());
      const asked = draft(post.id, { createdAt: at(0) });
      const key = { key: "swept key", request: "request" };
      const first = await store().comments.create(asked, key, BASE);
      await sweep(DAY);
      expect(await store().comments.create(asked, key, BASE)).toEqual({ ...first, replayed: true });
      await sweep(DAY + 1);
      expect(await store().comments.create(asked, key, BASE)).toMatchObject({
        refused: null,
        replayed: false,
      });
    });

    it("changes no version: nothing of it is seen", async () => {
      const before = await store().site();
      await sweep(1000 * DAY);
      expect(await store().site()).toEqual(before);
    });

    it("leaves quotas alone that are not whole again", async () => {
      const now = Date.parse(at(0));
      const quota = { limit: 1, window: 60_000 };
      await store().limits.take("swept", quota, now);
      await store().sweep(now + 30_000, RETENTION);
      expect(await store().limits.take("swept", quota, now + 30_000)).toMatchObject({ allowed: false });
      await store().sweep(now + 60_001, RETENTION);
      expect(await store().limits.take("swept", quota, now + 60_001)).toMatchObject({ allowed: true });
    });
  });

  describe("readiness", () => {
    const store = shared(engine);
    it("is said of a store that can be read and written, and changes no version", async () => {
      const before = await store().site();
      await store().ready();
      expect(await store().site()).toEqual(before);
      expect(store().secret).toHaveLength(32);
    });
  });
}
