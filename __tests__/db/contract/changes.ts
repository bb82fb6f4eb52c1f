import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  actorOf,
  add,
  addPost,
  asModerator,
  at,
  BASE,
  by,
  listQuery,
  readThread,
  required,
  threadQuery,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";

export function changes(engine: Engine): void {
  describe("a change", () => {
    const store = shared(engine);
    const find = async (id: number) => required(await store().comments.find(id));
    const found = async (q: string) =>
      (await store().comments.list(listQuery({ q }))).rows.map(({ id }) => id);

    it("has it found by its words in the status that it has, and in no other", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id, { ...written("A rare okapi"), status: "pending" });
      const foundAs = async (q: string) => {
        const ids: string[] = [];
        for (const status of ["approved", "pending", "spam", "deleted"] as const)
          for (const row of (await store().comments.list(listQuery({ q, status }))).rows)
            ids.push(`${status} ${row.id}`);
        return ids;
      };
      expect(await foundAs("okapi")).toEqual([`pending ${id}`]);
      for (const status of ["approved", "spam", "pending", "approved"] as const) {
        await store().comments.change(id, { status }, ADMIN, at(1), asModerator);
        expect(await foundAs("rare oka")).toEqual([`${status} ${id}`]);
      }
      await store().comments.change(
        id,
        { status: "spam", text: written("A tapir") },
        ADMIN,
        at(2),
        asModerator,
      );
      expect([await foundAs("okapi"), await foundAs("tapir")]).toEqual([[], [`spam ${id}`]]);
      await store().comments.delete(id, ADMIN, at(3), asModerator);
      expect(await foundAs("tapir")).toEqual([]);
      await store().comments.change(id, { status: "pending" }, ADMIN, at(4), asModerator);
      expect(await foundAs("tapir")).toEqual([`pending ${id}`]);
    });

    it("keeps every former text, and who changed it when", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id, written("One"));
      const { change } = store().comments;
      await change(id, { text: written("Two") }, "author", at(2), asModerator);
      await change(
        id,
        { author: { ...by("Eve"), website: "https://eve.example" } },
        ADMIN,
        at(3),
        asModerator,
      );
      const last = await change(id, { pinned: true }, ADMIN, at(4), asModerator);
      if (last.refused !== null) throw new Error(last.refused);
      expect(JSON.parse(last.json)).toMatchObject({
        comment: "Two",
        html: "<p>Two</p>",
        author: "Eve",
        website: "https://eve.example",
        avatar: "/api/avatars/seed-Eve.svg",
        pinned: true,
        editedAt: at(3),
      });
      expect(await store().comments.history(id)).toEqual([
        {
          id: expect.any(Number),
          comment: "One",
          author: "Ada",
          website: null,
          by: "author",
          editedAt: at(2),
        },
        {
          id: expect.any(Number),
          comment: "Two",
          author: "Ada",
          website: null,
          by: "moderator",
          editedAt: at(3),
        },
      ]);
    });

    it("is found by its new text and no longer by the old one", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id, written("aardvark"));
      await store().comments.change(id, { text: written("buffalo") }, "author", at(2), asModerator);
      expect(await found("aardvark")).toEqual([]);
      expect(await found("buffalo")).toEqual([id]);
    });

    it("is refused as stale where the comment has another version, and changes nothing", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id);
      const { version } = await find(id);
      const stale = { ...asModerator, version };
      await store().comments.change(id, { text: written("New") }, "author", at(2), stale);
      const after = await find(id);
      expect(after.version).toBeGreaterThan(version);
      expect(await store().comments.change(id, { text: written("Newer") }, "author", at(3), stale)).toEqual({
        refused: "stale",
      });
      expect(await store().comments.delete(id, "author", at(3), stale)).toEqual({ refused: "stale" });
      expect(await find(id)).toEqual(after);
    });

    it("lets exactly one of many win that name the same version", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id);
      const { version } = await find(id);
      const results = await Promise.all(
        Array.from({ length: 20 }, (_, n) =>
          store().comments.change(id, { text: written(`Try ${n}`) }, "author", at(2), {
            ...asModerator,
            version,
          }),
        ),
      );
      expect(results.filter(({ refused }) => refused === null)).toHaveLength(1);
      expect(await store().comments.history(id)).toHaveLength(1);
    });

    it("by its author lifts nothing that a moderator decided after the author had last looked", async () => {
      const post = await addPost(store());
      const { change } = store().comments;
      const held = [{ rule: "links", reason: "has links" }];
      const { id: binned } = await add(store(), post.id);
      await store().comments.delete(binned, ADMIN, at(2), asModerator);
      const late = { text: written("Late"), status: "pending", held } as const;
      expect(await change(binned, late, "author", at(3), asModerator)).toEqual({ refused: "absent" });
      expect((await find(binned)).status).toBe("deleted");
      const { id: spam } = await add(store(), post.id, { status: "spam" });
      await change(spam, late, "author", at(3), asModerator);
      expect(await find(spam)).toMatchObject({ status: "spam", comment: "Late", held });
    });

    it("by its author that has to wait waits, though what it said before was approved meanwhile", async () => {
      const post = await addPost(store());
      const held = [{ rule: "links", reason: "has links" }];
      const { id } = await add(store(), post.id, { status: "pending", held });
      await store().comments.change(id, { status: "approved" }, ADMIN, at(2), asModerator);
      await store().comments.change(id, { text: written("Other"), held }, "author", at(3), asModerator);
      expect(await find(id)).toMatchObject({ status: "pending", comment: "Other", held });
      expect(required(await store().posts.find({ id: post.id })).comments).toBe(0);
    });

    it("of nothing is absent", async () => {
      const none = { refused: "absent" };
      expect(await store().comments.find(999_999)).toBeNull();
      expect(await store().comments.json(999_999, "moderator", BASE)).toBeNull();
      expect(await store().comments.change(999_999, { pinned: true }, ADMIN, at(2), asModerator)).toEqual(
        none,
      );
      expect(await store().comments.delete(999_999, "author", at(2), asModerator)).toEqual(none);
      expect(await store().comments.history(999_999)).toEqual([]);
    });
  });

  describe("a deletion", () => {
    const store = shared(engine);
    const find = async (id: number) => required(await store().comments.find(id));
    const found = async (q: string) =>
      (await store().comments.list(listQuery({ q }))).rows.map(({ id }) => id);

    it.each(["author", "moderator"] as const)(
      "by the %s takes out text and person, and answers what was",
      async (who) => {
        const post = await addPost(store());
        const { id, json } = await add(store(), post.id, {
          ...written(`secret${who}`),
          ...by("Secret Name"),
        });
        await add(store(), post.id, { parent: id });
        const deleted = await store().comments.delete(id, actorOf(who), at(2), {
          ...asModerator,
          view: "own",
        });
        if (deleted.refused !== null) throw new Error(deleted.refused);
        expect(JSON.parse(deleted.json)).toEqual({ ...JSON.parse(json), replies: 1 });
        expect(await find(id)).toMatchObject({
          comment: "",
          author: "",
          email: null,
          website: null,
          network: null,
          status: "deleted",
          visible: true,
          deletedBy: who,
        });
        for (const view of ["public", "own", "moderator"] as const) {
          expect(await store().comments.json(id, view, BASE)).not.toMatch(/secret|Secret|ada@|198\.51/);
        }
        expect(await found(`secret${who}`)).toEqual([]);
        expect(await store().comments.delete(id, actorOf(who), at(3), asModerator)).toEqual({
          refused: "absent",
        });
        expect(await store().comments.change(id, { pinned: true }, ADMIN, at(3), asModerator)).toEqual({
          refused: "absent",
        });
        const { rows } = await readThread(store(), threadQuery(post));
        expect(JSON.parse(required(rows[0]).json)).toMatchObject({
          id,
          comment: "",
          author: "",
          status: "deleted",
        });
      },
    );

    it("by the author is final, with its history", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id);
      await store().comments.change(id, { text: written("Edited") }, "author", at(2), asModerator);
      await store().comments.delete(id, "author", at(3), asModerator);
      const restored = await store().comments.change(id, { status: "approved" }, ADMIN, at(4), asModerator);
      expect(restored).toEqual({ refused: "not_restorable" });
      expect(await store().comments.history(id)).toEqual([]);
    });

    it("by a moderator can be undone, whole", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id, written("walrus"));
      await store().comments.change(
        id,
        { text: written("walrus two"), pinned: true },
        "author",
        at(2),
        asModerator,
      );
      const before = await find(id);
      const json = await store().comments.json(id, "moderator", BASE);
      await store().comments.delete(id, ADMIN, at(3), asModerator);
      await store().comments.change(id, { status: "approved" }, ADMIN, at(4), asModerator);
      const after = await find(id);
      expect(after).toEqual({ ...before, version: after.version });
      expect(await store().comments.json(id, "moderator", BASE)).toBe(json);
      expect(await found("walrus")).toEqual([id]);
      expect(await store().comments.history(id)).toHaveLength(1);
    });

    it("can be undone and edited in one go, and is found by the new text only", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id, written("penguin"));
      await store().comments.delete(id, ADMIN, at(2), asModerator);
      const change = { status: "approved", text: written("ostrich") } as const;
      expect(await store().comments.change(id, change, ADMIN, at(3), asModerator)).toMatchObject({
        refused: null,
      });
      expect(await found("penguin")).toEqual([]);
      expect(await found("ostrich")).toEqual([id]);
      await store().comments.delete(id, ADMIN, at(4), asModerator);
      expect(await found("ostrich")).toEqual([]);
    });
  });
}
