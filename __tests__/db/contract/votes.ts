import { describe, expect, it } from "@jest/globals";
import { add, addPost, asModerator, at, reportBy, required } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";

export function votes(engine: Engine): void {
  describe("votes and reports", () => {
    const store = shared(engine);

    it("are one for each voter: the last stands, 0 takes it back, twice is once", async () => {
      const { id } = await add(store(), (await addPost(store())).id);
      const vote = (voter: string, value: 1 | 0 | -1) => store().comments.vote(id, voter, value, at(2));
      expect(await vote("a", 1)).toMatchObject({ up: 1, down: 0 });
      expect(await vote("a", 1)).toMatchObject({ up: 1, down: 0 });
      expect(await vote("b", -1)).toMatchObject({ up: 1, down: 1 });
      expect(await vote("a", -1)).toMatchObject({ up: 0, down: 2 });
      expect(await vote("a", 0)).toMatchObject({ up: 0, down: 1 });
      expect(await vote("a", 0)).toMatchObject({ up: 0, down: 1 });
      expect(await vote("b", 0)).toMatchObject({ up: 0, down: 0 });
    });

    it("that change nothing raise no version, and others do", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id);
      const version = async () => required(await store().posts.find({ id: post.id })).version;
      const first = await version();
      await store().comments.vote(id, "a", 0, at(2));
      expect(await version()).toBe(first);
      await store().comments.vote(id, "a", 1, at(2));
      expect(await version()).toBeGreaterThan(first);
    });

    it("are all counted when they come at once", async () => {
      const { id } = await add(store(), (await addPost(store())).id);
      const value = (n: number) => (n % 3 === 0 ? -1 : 1);
      await Promise.all(
        Array.from({ length: 300 }, (_, n) =>
          store().comments.vote(id, `voter ${n % 100}`, value(n % 100), at(2)),
        ),
      );
      expect(await store().comments.vote(id, "voter 0", -1, at(3))).toMatchObject({ up: 66, down: 34 });
    });

    it("of a guest and of a user are two, wherever they come from", async () => {
      const { id } = await add(store(), (await addPost(store())).id);
      const { vote } = store().comments;
      expect(await vote(id, "network:home", 1, at(2))).toEqual({ up: 1, down: 0 });
      expect(await vote(id, "user:1", 1, at(3))).toEqual({ up: 2, down: 0 });
      expect(await vote(id, "user:2", -1, at(4))).toEqual({ up: 2, down: 1 });
      expect(await vote(id, "network:home", 0, at(5))).toEqual({ up: 1, down: 1 });
    });

    it("go to approved comments only", async () => {
      const post = await addPost(store());
      const held = await add(store(), post.id, { status: "pending" });
      const gone = await add(store(), post.id);
      await store().comments.delete(gone.id, "author", at(2), asModerator);
      for (const id of [held.id, gone.id, 999_999]) {
        expect(await store().comments.vote(id, "a", 1, at(3))).toBeNull();
        expect(await store().comments.report(id, reportBy("a"), 3)).toBe(false);
      }
      const { id } = await add(store(), post.id);
      expect(await store().comments.report(id, reportBy("a"), 3)).toBe(true);
      expect(
        await store().comments.report(id, reportBy("a", { reason: "abuse", note: "Look", at: at(4) }), 3),
      ).toBe(true);
    });
  });
}
