import { describe, expect, it } from "@jest/globals";
import { addAccount } from "@/__tests__/db/contract/accounts";
import { ADMIN, add, addPost, at, BASE, listQuery, required, unique } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { GuestPart } from "@/db/port/guests";
import type { Store } from "@/db/store";

async function read(store: Store, email: string, part: GuestPart) {
  const { rows } = await store.guests.personal(email, part, 0, 100);
  return rows.map(({ json }) => JSON.parse(json));
}

async function finish(store: Store): Promise<number> {
  let parts = 0;
  while (await store.guests.work()) parts++;
  return parts;
}

const answer = { version: null, view: "moderator", base: BASE } as const;

export function guests(engine: Engine): void {
  describe("a guest", () => {
    const store = shared(engine);
    const newEmail = () => `${unique("guest")}@example.org`;

    it("is known by the e-mail address, in any case; what an account wrote is not theirs", async () => {
      const { id: post } = await addPost(store());
      const email = newEmail();
      expect(await store().guests.holds(email)).toBe(false);
      const user = await addAccount(store());
      await add(store(), post, { email, user, role: "member" });
      expect(await store().guests.holds(email)).toBe(false);
      const { id } = await add(store(), post, { email: email.toUpperCase() });
      await add(store(), post, { email: newEmail() });
      expect(await store().guests.holds(email)).toBe(true);
      expect(await read(store(), email, "comments")).toMatchObject([{ id, email: email.toUpperCase() }]);
    });

    it("is given what is held part by part, in order, also what a moderator deleted", async () => {
      const { id: post } = await addPost(store());
      const email = newEmail();
      const ids: number[] = [];
      for (const status of ["approved", "pending", "spam", "approved"] as const)
        ids.push((await add(store(), post, { email, status })).id);
      const [, , , last = 0] = ids;
      await store().comments.delete(last, ADMIN, at(5), answer);
      const first = await store().guests.personal(email, "comments", 0, 2);
      expect([first.rows.map(({ key }) => key), first.more]).toEqual([ids.slice(0, 2), true]);
      const second = await store().guests.personal(email, "comments", ids[1] ?? 0, 2);
      expect([second.rows.map(({ key }) => key), second.more]).toEqual([[ids[2]], false]);
      expect(await read(store(), email, "deletedComments")).toMatchObject([{ id: last, deletedAt: at(5) }]);
    });

    it("is sent mail where something is held, and else a row is written, too, without the address", async () => {
      const { id: post } = await addPost(store());
      const email = newEmail();
      await add(store(), post, { email });
      await store().mails.turn(true);
      await store().guests.askData(email, at(1));
      const unknown = newEmail();
      await store().guests.askData(unknown, at(1));
      const claimed = await store().mails.claim(9, at(2), at(9));
      expect(claimed).toMatchObject([
        { kind: "guest.data", user: null, address: email, facts: {} },
        { kind: "guest.data", user: null, address: expect.stringMatching(/@nobody\.invalid$/) },
      ]);
      expect(await read(store(), email, "mails")).toMatchObject([{ kind: "guest.data", queuedAt: at(1) }]);
    });
  });

  describe("a guest's erasure", () => {
    const store = shared(engine);

    it("of nothing is none", async () => {
      const before = await store().site();
      expect(await store().guests.erase("nobody@example.org")).toBe(false);
      expect(await store().site()).toEqual(before);
      expect(await finish(store())).toBe(0);
    });

    it("leaves tombstones under answers, nothing elsewhere, and all others alone", async () => {
      const { id: post } = await addPost(store());
      const email = "Leaves@example.org";
      const [above, alone] = [await add(store(), post, { email }), await add(store(), post, { email })];
      const binned = await add(store(), post, { email });
      const below = await add(store(), post, { parent: above.id, email: "stays@example.org" });
      await store().comments.delete(binned.id, ADMIN, at(5), answer);
      await store().mails.turn(true);
      await store().mails.queue({ kind: "mail.test", to: { address: email }, facts: {}, at: at(1) });
      const before = await store().site();
      expect(await store().guests.erase("leaves@EXAMPLE.org")).toBe(true);
      await finish(store());
      expect(await store().guests.holds(email)).toBe(false);
      const after = await store().site();
      expect(after.comments).toBe(before.comments - 2);
      expect(after.version).toBeGreaterThan(before.version);
      expect(after.moderation).toBeGreaterThan(before.moderation);
      expect(after.mails).toBe(0);
      const json = async (id: number) =>
        JSON.parse(required(await store().comments.json(id, "moderator", BASE)));
      expect(await json(above.id)).toMatchObject({ status: "deleted", author: "", comment: "", email: null });
      expect(await json(below.id)).toMatchObject({ status: "approved", email: "stays@example.org" });
      expect(await json(alone.id)).toMatchObject({ status: "deleted", comment: "" });
      expect(await store().comments.change(binned.id, { status: "approved" }, ADMIN, at(6), answer)).toEqual({
        refused: "not_restorable",
      });
      const { rows } = await store().comments.list(listQuery({ status: "approved", posts: [post] }));
      expect(rows.map(({ id }) => id)).toEqual([below.id]);
      expect(await store().guests.erase(email)).toBe(false);
    });

    it("is worked off in parts, however much it is, and with what comes meanwhile", async () => {
      const { id: post } = await addPost(store());
      const email = "much@example.org";
      for (let n = 0; n < 120; n++) await add(store(), post, { email });
      const binned = await add(store(), post, { email });
      await store().comments.delete(binned.id, ADMIN, at(5), answer);
      expect(await store().guests.erase(email)).toBe(true);
      expect(await store().guests.holds(email)).toBe(true);
      await add(store(), post, { email });
      await store().comments.change(binned.id, { status: "approved" }, ADMIN, at(6), answer);
      expect(await finish(store())).toBe(2);
      expect(await store().guests.holds(email)).toBe(false);
      const { rows } = await store().comments.list(listQuery({ status: "approved", posts: [post] }));
      expect(rows).toEqual([]);
    });
  });
}
