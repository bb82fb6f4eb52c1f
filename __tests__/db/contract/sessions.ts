import { describe, expect, it } from "@jest/globals";
import { addAccount } from "@/__tests__/db/contract/accounts";
import { at, required, unique } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import { MOST_SESSIONS, type NewSession } from "@/db/port/sessions";

const DAY = 24 * 60;

export function sessions(engine: Engine): void {
  describe("a session", () => {
    const store = shared(engine);
    const draft = (user: number, more: Partial<NewSession> = {}): NewSession => ({
      hash: unique("token"),
      user,
      userAgent: "curl/8",
      at: at(0),
      expiresAt: at(30 * DAY),
      ...more,
    });
    const find = (hash: string, minutes = 1) =>
      store().sessions.find(hash, at(minutes), at(minutes - 7 * DAY));

    it("is found by the hash of its token, with the person as they are now", async () => {
      const user = await addAccount(store(), { name: "Ada", role: "moderator" });
      const session = draft(user);
      const made = await store().sessions.create(session, "hash", null);
      expect(made).toEqual({
        id: expect.any(Number),
        user: { id: user, name: "Ada", role: "moderator" },
        createdAt: at(0),
        seenAt: at(0),
      });
      expect(await find(session.hash)).toEqual(made);
      expect(await find("another")).toBeNull();
      expect(await find("")).toBeNull();
    });

    it("begins only while the password that was checked still holds", async () => {
      const user = await addAccount(store(), { password: "new" });
      const session = draft(user);
      expect(await store().sessions.create(session, "old", null)).toBeNull();
      expect(await store().sessions.create(draft(4711), "new", null)).toBeNull();
      expect(await find(session.hash)).toBeNull();
    });

    it("takes the place of the one that came along, and only then", async () => {
      const user = await addAccount(store());
      const [former, later] = [draft(user), draft(user)];
      await store().sessions.create(former, "hash", null);
      expect(await store().sessions.create(draft(user), "wrong", former.hash)).toBeNull();
      expect(await find(former.hash)).not.toBeNull();
      await store().sessions.create(later, "hash", former.hash);
      expect(await find(former.hash)).toBeNull();
      expect(await find(later.hash)).not.toBeNull();
    });

    it("is over at its end, however it is used", async () => {
      const session = draft(await addAccount(store()), { expiresAt: at(60) });
      const { id } = required(await store().sessions.create(session, "hash", null));
      await store().sessions.touch(id, at(59));
      expect(await find(session.hash, 59)).not.toBeNull();
      expect(await find(session.hash, 60)).toBeNull();
    });

    it("is over when nobody used it for long, and each use counts from then on", async () => {
      const session = draft(await addAccount(store()));
      const { id } = required(await store().sessions.create(session, "hash", null));
      expect(await find(session.hash, 7 * DAY)).toBeNull();
      await store().sessions.touch(id, at(6 * DAY));
      expect(required(await find(session.hash, 7 * DAY)).seenAt).toBe(at(6 * DAY));
      await store().sessions.touch(id, at(5 * DAY));
      expect(required(await find(session.hash, 7 * DAY)).seenAt).toBe(at(6 * DAY));
      expect(await find(session.hash, 13 * DAY)).toBeNull();
    });

    it("stands in its owner's list, newest first, until it is over", async () => {
      const [ada, lin] = [await addAccount(store()), await addAccount(store())];
      const add = async (user: number, minute: number, more: Partial<NewSession> = {}) =>
        required(await store().sessions.create(draft(user, { at: at(minute), ...more }), "hash", null)).id;
      const first = await add(ada, 0, { userAgent: "Firefox" });
      const second = await add(ada, 1);
      await add(ada, 2, { expiresAt: at(3) });
      await add(lin, 2);
      const list = await store().sessions.list(ada, at(5), at(-1));
      expect(list).toEqual([
        { id: second, userAgent: "curl/8", createdAt: at(1), seenAt: at(1) },
        { id: first, userAgent: "Firefox", createdAt: at(0), seenAt: at(0) },
      ]);
      expect((await store().sessions.list(ada, at(5), at(0))).map(({ id }) => id)).toEqual([second]);
    });

    it("is ended alone or with the others, by its owner only", async () => {
      const [ada, lin] = [await addAccount(store()), await addAccount(store())];
      const hashes = ["one", "two", "three"].map(unique);
      const ids: number[] = [];
      for (const hash of hashes)
        ids.push(required(await store().sessions.create(draft(ada, { hash }), "hash", null)).id);
      const [one = 0, two = 0, three = 0] = ids;
      expect(await store().sessions.end(lin, { only: one })).toEqual([]);
      expect(await store().sessions.end(ada, { only: one })).toMatchObject([{ id: one }]);
      expect(await store().sessions.end(ada, { only: one })).toEqual([]);
      expect(await store().sessions.end(ada, { except: two })).toMatchObject([{ id: three }]);
      expect(await Promise.all(hashes.map(async (hash) => (await find(hash)) !== null))).toEqual([
        false,
        true,
        false,
      ]);
      expect(await store().sessions.end(ada, { except: null })).toMatchObject([{ id: two }]);
    });

    it(`beyond ${MOST_SESSIONS} of a person ends their oldest`, async () => {
      const user = await addAccount(store());
      const hashes = Array.from({ length: MOST_SESSIONS + 2 }, () => unique("many"));
      for (const [n, hash] of hashes.entries())
        await store().sessions.create(draft(user, { hash, at: at(n) }), "hash", null);
      const list = await store().sessions.list(user, at(100), at(-1));
      expect(list).toHaveLength(MOST_SESSIONS);
      expect(await find(hashes[1] ?? "")).toBeNull();
      expect(await find(hashes[2] ?? "")).not.toBeNull();
    });

    it("is swept once it is past its end", async () => {
      const user = await addAccount(store());
      await store().sessions.create(draft(user, { expiresAt: at(10) }), "hash", null);
      await store().sessions.create(draft(user, { expiresAt: at(12) }), "hash", null);
      await store().sweep(Date.parse(at(11)), 0);
      expect(await store().sessions.list(user, at(-5), at(-5))).toHaveLength(1);
    });
  });
}
