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
  postRow,
  reportBy,
  required,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { NewRule } from "@/db/port/moderation";

const RULE: NewRule = {
  kind: "words",
  action: "hold",
  max: null,
  words: ["casino"],
  pattern: null,
  note: null,
  expiresAt: null,
};
const more = { note: null, base: BASE };

export function moderation(engine: Engine): void {
  describe("the queue", () => {
    const store = shared(engine);
    const queue = async () => (await store().moderation.queue({ limit: 100, base: BASE })).rows;

    it("holds what is pending and what is reported, oldest first, in pages", async () => {
      const { id: post } = await addPost(store());
      const pending = await add(store(), post, { status: "pending", createdAt: at(3) });
      const reported = await add(store(), post, { createdAt: at(2) });
      await add(store(), post, { createdAt: at(1) });
      await add(store(), post, { status: "spam", createdAt: at(0) });
      await store().comments.report(reported.id, reportBy("a", { note: "Look" }), 0);
      expect((await queue()).map(({ id }) => id)).toEqual([reported.id, pending.id]);
      expect(JSON.parse(required((await queue())[0]).json).reports).toEqual({
        count: 1,
        reasons: { spam: 1, abuse: 0, other: 0 },
        notes: ["Look"],
      });
      const { moderation } = store();
      const first = await moderation.queue({ limit: 1, base: BASE });
      expect([first.rows.length, first.more]).toEqual([1, true]);
      const last = required(first.rows[0]);
      const after = { value: last.createdAt, id: last.id };
      const next = await moderation.queue({ limit: 1, after, base: BASE });
      expect([next.rows.map(({ id }) => id), next.more]).toEqual([[pending.id], false]);
      expect(await store().site()).toMatchObject({ pending: 1, reported: 1 });
    });

    it("loses its counts with what an import takes away again, and with a post", async () => {
      const before = await store().site();
      await store().imports.run([postRow("gone")], { keepGoing: false, source: "gone" });
      const post = required(await store().posts.find({ slug: "gone" }));
      const { id } = await add(store(), post.id, { status: "pending" });
      expect((await store().site()).pending).toBe(before.pending + 1);
      await store().comments.delete(id, "author", at(2), asModerator);
      expect((await store().site()).pending).toBe(before.pending);
    });
  });

  describe("reports", () => {
    const store = shared(engine);
    const status = async (id: number) => required(await store().comments.find(id)).status;

    it("by as many as the threshold bring a comment back, and no one counts twice", async () => {
      const { id } = await add(store(), (await addPost(store())).id);
      for (const reporter of ["a", "a", "b"]) await store().comments.report(id, reportBy(reporter), 3);
      expect(await status(id)).toBe("approved");
      await store().comments.report(id, reportBy("c"), 3);
      expect(await store().comments.find(id)).toMatchObject({
        status: "pending",
        visible: false,
        held: [{ rule: "reported", reason: "reported by 3 readers" }],
      });
    });

    it("are settled by an approval: only others, or another text, make it wait again", async () => {
      const { id } = await add(store(), (await addPost(store())).id);
      const wave = async (minute: number, ...reporters: string[]) => {
        for (const one of reporters) await store().comments.report(id, reportBy(one, { at: at(minute) }), 2);
        return status(id);
      };
      expect(await wave(3, "a", "b")).toBe("pending");
      await store().comments.change(id, { status: "approved" }, ADMIN, at(4), asModerator);
      expect(await wave(5, "a", "b", "c")).toBe("approved");
      expect(await wave(5, "d")).toBe("pending");
      await store().comments.change(id, { status: "approved" }, ADMIN, at(6), asModerator);
      await store().comments.change(id, { text: written("Now abuse") }, "author", at(7), asModerator);
      expect(await wave(8, "a", "b")).toBe("pending");
    });

    it("never hide what a moderator wrote, and count a guest who signed in once", async () => {
      const { id: post } = await addPost(store());
      const staff = await add(store(), post, { role: "moderator" });
      for (const one of "abc") await store().comments.report(staff.id, reportBy(one), 1);
      expect(await status(staff.id)).toBe("approved");
      const { id } = await add(store(), post);
      const { report } = store().comments;
      await report(id, reportBy("network:home"), 2);
      await report(id, reportBy("user:1", { network: "home" }), 2);
      await report(id, reportBy("network:home"), 2);
      expect(await status(id)).toBe("approved");
      await report(id, reportBy("network:elsewhere"), 2);
      expect(await status(id)).toBe("pending");
    });
  });

  describe("decisions", () => {
    const store = shared(engine);

    it("are made on all or on none", async () => {
      const { id: post } = await addPost(store());
      const one = await add(store(), post, { status: "pending" });
      const gone = await add(store(), post);
      await store().comments.delete(gone.id, "author", at(2), asModerator);
      const decide = (ids: number[]) => store().moderation.decide(ids, "approve", ADMIN, at(3), more);
      const before = await store().audit.list({ limit: 100 });
      expect(await decide([one.id, 999_999])).toEqual({ refused: "absent", id: 999_999 });
      expect(await decide([one.id, gone.id])).toEqual({ refused: "not_restorable", id: gone.id });
      expect((await store().comments.find(one.id))?.status).toBe("pending");
      expect(await store().audit.list({ limit: 100 })).toEqual(before);
      const decided = await decide([one.id, one.id]);
      if (decided.refused !== null) throw new Error(decided.refused);
      expect(decided.comments.map((json) => JSON.parse(json).status)).toEqual(["approved", "approved"]);
    });

    it("leave an entry for each comment that they change, with before and after", async () => {
      const { id: post } = await addPost(store());
      const held = [{ rule: "links", reason: "has links" }];
      const one = await add(store(), post, { status: "pending", held });
      const two = await add(store(), post);
      await store().moderation.decide([one.id, two.id], "approve", ADMIN, at(3), {
        note: "Fine",
        base: BASE,
      });
      const { rows } = await store().audit.list({ type: "comment", limit: 2 });
      expect(rows.filter(({ subject }) => subject === two.id)).toEqual([]);
      expect(rows[0]).toMatchObject({
        at: at(3),
        by: ADMIN,
        action: "comment.approve",
        subject: one.id,
        before: { status: "pending", held },
        after: { status: "approved" },
        note: "Fine",
      });
    });

    it("restore what was deleted or spam as it was before", async () => {
      const { id: post } = await addPost(store());
      const held = [{ rule: "links", reason: "has links" }];
      const decide = (action: "spam" | "delete" | "restore", ...ids: number[]) =>
        store().moderation.decide(ids, action, ADMIN, at(3), more);
      const approved = await add(store(), post);
      const pending = await add(store(), post, { status: "pending", held });
      const caught = await add(store(), post, { status: "spam" });
      for (const action of ["spam", "delete"] as const) {
        await decide(action, approved.id, pending.id);
        await decide("restore", approved.id, pending.id);
        expect((await store().comments.find(approved.id))?.status).toBe("approved");
        expect(await store().comments.find(pending.id)).toMatchObject({ status: "pending", held });
      }
      await decide("restore", caught.id);
      expect((await store().comments.find(caught.id))?.status).toBe("pending");
    });
  });

  describe("undoing", () => {
    const store = shared(engine);
    const last = async () => required((await store().audit.list({ limit: 1 })).rows[0]);
    const undo = async (id: number, minute = 9) => store().audit.undo(id, ADMIN, at(minute), null);

    it("takes back a decision, says so in an entry of its own, and can't be done twice", async () => {
      const { id } = await add(store(), (await addPost(store())).id);
      for (const one of "ab") await store().comments.report(id, reportBy(one), 2);
      await store().moderation.decide([id], "approve", ADMIN, at(4), more);
      const entry = await last();
      expect(await undo(entry.id)).toMatchObject({
        refused: null,
        entry: { action: "comment.undo", undoes: entry.id, subject: id, before: { status: "approved" } },
      });
      expect(await store().comments.find(id)).toMatchObject({
        status: "pending",
        held: [{ rule: "reported" }],
      });
      expect(JSON.parse(required(await store().comments.json(id, "moderator", BASE))).reports.count).toBe(2);
      expect((await store().audit.find(entry.id))?.undoneBy).toBe((await last()).id);
      expect(await undo(entry.id)).toEqual({ refused: "not_undoable" });
      expect(await undo((await last()).id)).toEqual({ refused: "not_undoable" });
      expect(await undo(999_999)).toEqual({ refused: "absent" });
    });

    it("is refused where the comment was changed since, or after thirty days", async () => {
      const { id } = await add(store(), (await addPost(store())).id);
      await store().moderation.decide([id], "spam", ADMIN, at(4), more);
      const spam = await last();
      await store().moderation.decide([id], "approve", ADMIN, at(5), more);
      expect(await undo(spam.id)).toEqual({ refused: "not_undoable" });
      const approval = await last();
      expect(await undo(approval.id, 6 + 30 * 24 * 60)).toEqual({ refused: "not_undoable" });
      expect(await undo(approval.id, 4 + 30 * 24 * 60)).toMatchObject({ refused: null });
    });

    it("brings a deleted comment back, and deletes again what was brought back", async () => {
      const { id } = await add(store(), (await addPost(store())).id, written("Precious"));
      await store().comments.delete(id, ADMIN, at(3), asModerator);
      expect(await undo((await last()).id)).toMatchObject({ refused: null });
      expect(await store().comments.find(id)).toMatchObject({ status: "approved", comment: "Precious" });
      await store().comments.delete(id, ADMIN, at(3), asModerator);
      await store().moderation.decide([id], "restore", ADMIN, at(5), more);
      expect(await undo((await last()).id)).toMatchObject({ refused: null });
      expect(await store().comments.find(id)).toMatchObject({ status: "deleted", comment: "" });
    });

    it("puts back the text that the entry's edit kept", async () => {
      const { id } = await add(store(), (await addPost(store())).id, written("As it was"));
      await store().comments.change(id, { text: written("As I like it") }, ADMIN, at(3), asModerator);
      const entry = await last();
      expect(JSON.stringify(entry)).not.toMatch(/As it was|As I like/);
      const edit = required(await store().comments.edit(Number(entry.before?.edit)));
      const { author, authorKey, avatar } = draft(1);
      const former = { text: written(edit.comment), author: { author, authorKey, avatar, website: null } };
      expect(await store().audit.undo(entry.id, ADMIN, at(4), former)).toMatchObject({ refused: null });
      expect((await store().comments.find(id))?.comment).toBe("As it was");
      expect(await store().comments.history(id)).toHaveLength(2);
    });

    it("keeps whatever was written: no entry can be taken out", async () => {
      const { id } = await add(store(), (await addPost(store())).id, { status: "pending" });
      await store().moderation.decide([id], "approve", ADMIN, at(4), more);
      const { rows } = await store().audit.list({ type: "comment", subject: id, limit: 10 });
      expect(rows).toHaveLength(1);
      await store().comments.delete(id, "author", at(5), asModerator);
      expect((await store().audit.list({ type: "comment", subject: id, limit: 10 })).rows).toEqual(rows);
    });
  });

  describe("rules", () => {
    const store = shared(engine);
    const known = async () => (await store().moderation.facts(factsOf(null, "x"))).rules;

    it("hold from the next look on, are the same array until then, and are gone when deleted", async () => {
      expect(await known()).toEqual([]);
      const rule = await store().rules.create(RULE, ADMIN, at(1));
      expect(rule).toEqual({ ...RULE, id: rule.id, createdAt: at(1) });
      expect(await known()).toEqual([rule]);
      expect(await known()).toBe(await known());
      expect((await store().rules.list({ limit: 10 })).rows).toEqual([rule]);
      expect(await store().rules.delete(rule.id, ADMIN, at(2))).toEqual(rule);
      expect(await store().rules.delete(rule.id, ADMIN, at(2))).toBeNull();
      expect(await known()).toEqual([]);
    });

    it("that are over are forgotten 30 days later", async () => {
      const { id } = await store().rules.create({ ...RULE, expiresAt: at(5) }, ADMIN, at(1));
      const ids = async () => (await store().rules.list({ limit: 10 })).rows.map((rule) => rule.id);
      await store().sweep(Date.parse(at(5)) + 30 * 86_400_000, 0);
      expect(await ids()).toEqual([id]);
      await store().sweep(Date.parse(at(5)) + 30 * 86_400_000 + 1, 0);
      expect(await ids()).toEqual([]);
    });

    it("that were made or deleted can be undone, and leave nothing of what they look for in the log", async () => {
      const rule = await store().rules.create({ ...RULE, words: ["smith"] }, ADMIN, at(1));
      await store().rules.delete(rule.id, ADMIN, at(2));
      const { rows } = await store().audit.list({ type: "rule", subject: rule.id, limit: 10 });
      expect(rows.map(({ action }) => action)).toEqual(["rule.delete", "rule.create"]);
      expect(JSON.stringify(rows)).not.toContain("smith");
      const [deleted, made] = rows.map(({ id }) => id);
      expect(await store().audit.undo(required(made), ADMIN, at(3), null)).toEqual({
        refused: "not_undoable",
      });
      await store().audit.undo(required(deleted), ADMIN, at(3), null);
      expect(await known()).toEqual([rule]);
      await store().audit.undo(required(made), ADMIN, at(4), null);
      expect(await known()).toEqual([]);
    });
  });

  describe("what the store knows of an author", () => {
    const store = shared(engine);

    it("is an approved comment, until one counts as spam; a moderator's approval, or time, gives it standing", async () => {
      const { id: post } = await addPost(store());
      const facts = (more = {}) => store().moderation.facts(factsOf("author-net", "x", more));
      expect(await facts()).toMatchObject({ trusted: false, standing: false });
      const { id } = await add(store(), post, { network: "author-net", createdAt: at(5) });
      expect(await facts()).toMatchObject({ trusted: true, standing: false });
      expect(await facts({ except: id })).toMatchObject({ trusted: false });
      expect(await facts({ stoodSince: at(5) })).toMatchObject({ trusted: true, standing: true });
      await store().moderation.decide([id], "approve", ADMIN, at(6), more);
      expect((await store().comments.find(id))?.status).toBe("approved");
      const second = await add(store(), post, { network: "author-net", createdAt: at(7) });
      await store().moderation.decide([second.id], "spam", ADMIN, at(8), more);
      expect(await facts({ stoodSince: at(9) })).toMatchObject({ trusted: false, standing: false });
    });

    it("is of the account where there is one, and of no other guest's network", async () => {
      const { id: post } = await addPost(store());
      await add(store(), post, { network: "shared-net", user: null });
      const { facts } = store().moderation;
      expect(await facts(factsOf("shared-net", "x", { user: 7 }))).toMatchObject({ trusted: false });
      expect(await facts(factsOf("shared-net", "x"))).toMatchObject({ trusted: true });
    });
  });

  describe("the same said twice", () => {
    const store = shared(engine);

    it("from a form is one comment, unless somebody else or an Idempotency-Key says it", async () => {
      const { id: post } = await addPost(store());
      const asked = draft(post, { ...written("Twice"), network: "twin-net", onceSince: at(0) });
      const [first, again] = await Promise.all([
        store().comments.create(asked, null, BASE),
        store().comments.create(asked, null, BASE),
      ]);
      if (first.refused !== null || again.refused !== null) throw new Error("Refused");
      expect(again).toEqual({ ...first, replayed: true, twin: true });
      for (const other of [
        { network: "other-net" },
        { email: null },
        { authorKey: "eve" },
        { onceSince: at(1) },
        { onceSince: null },
        { parent: first.id },
      ]) {
        expect(await store().comments.create({ ...asked, ...other }, null, BASE)).toMatchObject({
          twin: false,
        });
      }
      const key = { key: "twin", request: "twin" };
      expect(await store().comments.create(asked, key, BASE)).toMatchObject({ twin: false, replayed: false });
    });
  });
}
