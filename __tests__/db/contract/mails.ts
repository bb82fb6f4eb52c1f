import { describe, expect, it } from "@jest/globals";
import { add, addPost, at, by, required, unique } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { Addressee, NewMail } from "@/db/port/mails";
import type { Store } from "@/db/store";

const LATER = "2100-01-01T00:00:00.000Z";
const LEASE = "2100-01-01T00:01:00.000Z";
const SENT = { state: "sent", dueAt: null, error: null } as const;

const mailTo = (to: Addressee, more: Partial<NewMail> = {}): NewMail => ({
  ...{ kind: "test", to, facts: {}, at: at(0) },
  ...more,
});
const somebody = (): Addressee => ({ address: `${unique("reader")}@example.org` });

async function addPerson(store: Store, email = `${unique("person")}@example.org`) {
  const draft = { name: "A", nameKey: unique("a"), email, profession: null, website: null } as const;
  const terms = { namesakes: true, by: null };
  const made = await store.users.create(
    { ...draft, role: "moderator", password: null, createdAt: at(0) },
    terms,
  );
  if (made.refused !== null) throw new Error(made.refused);
  return { id: made.person.id, email };
}

/** Confirms that mail to this address reaches them. */
async function prove(store: Store, user: number, email: string): Promise<void> {
  const { id: post } = await addPost(store);
  await add(store, post, { user, email: null, notify: { to: { user }, scope: "thread" } });
  const { id } = required(await store.subscriptions.readerOf(user));
  await store.subscriptions.confirm(id, [], email, at(0));
}

async function remove(store: Store, user: number, erase: boolean): Promise<void> {
  const nobody = { ...by("Anonymous"), avatar: "seed-nobody" };
  await store.users.remove(user, { erase, nobody }, { by: null, at: at(9), version: null });
}

export function mails(engine: Engine): void {
  describe("the queue of mail", () => {
    const store = shared(engine);
    const claimAll = () => store().mails.claim(1000, LATER, LEASE);
    /** Whoever has claimed it. */
    const clear = async () => {
      const all = await store().mails.claim(1000, "2200-01-01T00:00:00.000Z", "2200-01-01T00:01:00.000Z");
      for (const claim of all) await store().mails.finish(claim, SENT);
    };
    const on = async () => {
      await store().mails.turn(true);
      await clear();
    };

    it("takes nothing while this server sends no mail", async () => {
      await store().mails.turn(false);
      expect(await store().mails.queue(mailTo(somebody()))).toBe("off");
      await store().mails.turn(true);
      expect(await claimAll()).toEqual([]);
    });

    it("gives each message to one of all who ask, oldest first, once it is due, with its facts", async () => {
      await on();
      const to = somebody();
      const { mails } = store();
      await mails.queue(mailTo(to, { facts: { comment: 7 }, at: at(2), dueAt: at(5) }));
      await mails.queue(mailTo(to, { facts: { comment: 8 }, at: at(3) }));
      expect(await mails.isDue(at(2))).toBe(false);
      expect(await mails.isDue(at(3))).toBe(true);
      expect((await mails.claim(9, at(4), LEASE)).map(({ facts }) => facts)).toEqual([{ comment: 8 }]);
      const all = await Promise.all([mails.claim(1, at(5), LEASE), mails.claim(1, at(5), LEASE)]);
      expect(all.flat()).toEqual([
        {
          id: expect.any(Number),
          attempts: 1,
          kind: "test",
          user: null,
          ...to,
          facts: { comment: 7 },
          queuedAt: at(2),
          urgent: false,
        },
      ]);
      await clear();
    });

    it("gives it again once a claim is over, and hears then nothing from the former one", async () => {
      await on();
      const { mails } = store();
      await mails.queue(mailTo(somebody()));
      const [first] = await mails.claim(1, at(1), at(2));
      expect(await mails.claim(1, at(1), at(2))).toEqual([]);
      const [second] = await mails.claim(1, at(2), LEASE);
      expect(second).toEqual({ ...first, attempts: 2 });
      expect(await mails.finish(required(first ?? null), SENT)).toBe(false);
      expect(await mails.finish(required(second ?? null), SENT)).toBe(true);
      expect(await mails.finish(required(second ?? null), SENT)).toBe(false);
      expect(await claimAll()).toEqual([]);
    });

    it("does not count a try that was broken off here", async () => {
      await on();
      const { mails } = store();
      await mails.queue(mailTo(somebody()));
      const [first] = await mails.claim(1, at(1), LEASE);
      const off = { state: "waiting", dueAt: at(1), error: null, untried: true } as const;
      expect(await mails.finish(required(first ?? null), off)).toBe(true);
      expect(await mails.claim(1, at(1), LEASE)).toEqual([first]);
      await clear();
    });

    it("counts what waits", async () => {
      await on();
      const waiting = async () => (await store().site()).mails;
      expect(await waiting()).toBe(0);
      const to = somebody();
      await store().mails.queue(mailTo(to));
      await store().mails.queue(mailTo(to));
      await store().mails.queue(mailTo(somebody()));
      const [first] = await store().mails.claim(1, LATER, LEASE);
      expect(await waiting()).toBe(3);
      await store().mails.finish(required(first ?? null), SENT);
      expect(await waiting()).toBe(2);
      if ("address" in to) await store().mails.forget(to.address.toUpperCase());
      expect(await waiting()).toBe(1);
      await clear();
      expect(await waiting()).toBe(0);
    });

    it("keeps one of a key that was not tried yet, and a pause behind one that was", async () => {
      await on();
      const { mails } = store();
      const to = somebody();
      const keyed = (minutes: number) => mailTo(to, { key: unique("k"), at: at(minutes), spacing: 600_000 });
      const mail = keyed(0);
      expect(await mails.queue(mail)).toBe("queued");
      expect(await mails.queue({ ...mail, at: at(1) })).toBe("waiting");
      expect(await mails.queue(keyed(1))).toBe("queued");
      await mails.claim(2, at(1), LEASE);
      expect(await mails.queue({ ...mail, at: at(2) })).toBe("queued");
      expect(await mails.queue({ ...mail, at: at(3) })).toBe("waiting");
      expect(await mails.isDue(at(10))).toBe(false);
      expect(await mails.isDue(at(11))).toBe(true);
      await clear();
    });

    it("lets nobody have more than 20 within an hour, or fewer of a kind where the kind says so", async () => {
      await on();
      const { mails } = store();
      const to = somebody();
      for (let n = 0; n < 20; n++) expect(await mails.queue(mailTo(to, { at: at(n) }))).toBe("queued");
      expect(await mails.queue(mailTo(to, { at: at(20) }))).toBe("too_many");
      const urgent = { kind: "urgent", at: at(0), urgent: true, hourly: 2 } as const;
      for (const queued of ["queued", "queued", "too_many"])
        expect(await mails.queue(mailTo(to, urgent))).toBe(queued);
      if ("address" in to)
        expect(await mails.queue(mailTo({ address: to.address.toUpperCase() }, { at: at(20) }))).toBe(
          "too_many",
        );
      await clear();
      expect(await mails.queue(mailTo(to, { at: at(59) }))).toBe("too_many");
      expect(await mails.queue(mailTo(to, { at: at(62) }))).toBe("queued");
      const other = somebody();
      const once = { kind: "once", hourly: 1 };
      expect(await mails.queue(mailTo(other, once))).toBe("queued");
      expect(await mails.queue(mailTo(other, once))).toBe("too_many");
      expect(await mails.queue(mailTo(other))).toBe("queued");
      expect(await mails.queue(mailTo(other, { ...once, at: at(60) }))).toBe("queued");
      await clear();
    });

    it("gives what is urgent alone where that is asked for, before all that waits longer", async () => {
      await on();
      const { mails } = store();
      await mails.queue(mailTo(somebody(), { kind: "early" }));
      expect(await mails.isDue(at(9), "urgent")).toBe(false);
      await mails.queue(mailTo(somebody(), { kind: "pressing", at: at(2), urgent: true }));
      expect(await mails.isDue(at(1), "urgent")).toBe(false);
      expect(await mails.isDue(at(2), "urgent")).toBe(true);
      expect(await mails.claim(9, at(2), LEASE, "urgent")).toMatchObject([
        { kind: "pressing", urgent: true },
      ]);
      expect(await mails.claim(9, at(2), LEASE, "urgent")).toEqual([]);
      expect(await mails.claim(9, at(2), LEASE)).toMatchObject([{ kind: "early", urgent: false }]);
      await clear();
    });

    it("lets what has a key go later, where somebody had enough within the hour", async () => {
      await on();
      const { mails } = store();
      const to = somebody();
      for (let n = 0; n < 20; n++) await mails.queue(mailTo(to));
      await clear();
      const key = unique("k");
      expect(await mails.queue(mailTo(to, { key, at: at(1) }))).toBe("queued");
      expect(await mails.queue(mailTo(to, { key, at: at(2) }))).toBe("waiting");
      expect(await mails.isDue(at(60))).toBe(false);
      expect(await mails.isDue(at(61))).toBe(true);
      await clear();
    });

    it("does not hold against anybody what was dropped", async () => {
      await on();
      const { mails } = store();
      const to = somebody();
      for (let n = 0; n < 20; n++) await mails.queue(mailTo(to));
      for (const claim of await claimAll()) await mails.finish(claim, { ...SENT, state: "dropped" });
      expect(await mails.queue(mailTo(to))).toBe("queued");
      await clear();
    });

    it("goes to the address that somebody has by then, and with them when they leave", async () => {
      await on();
      const { mails } = store();
      for (const erase of [true, false]) {
        const { id, email } = await addPerson(store());
        await prove(store(), id, email);
        await clear();
        await mails.queue(mailTo({ user: id }));
        await mails.queue(mailTo({ address: email.toUpperCase() }));
        const [first, second] = await mails.claim(9, LATER, LATER);
        expect(first).toMatchObject({ user: id, address: email });
        expect(second).toMatchObject({ user: null, address: email.toUpperCase() });
        await remove(store(), id, erase);
        expect(await claimAll()).toEqual([]);
        expect((await store().site()).mails).toBe(0);
      }
    });

    it("stays with an address that whoever leaves only claimed", async () => {
      await on();
      const { id, email } = await addPerson(store());
      await store().mails.queue(mailTo({ user: id }));
      for (let n = 0; n < 20; n++) await store().mails.queue(mailTo({ address: email }));
      await remove(store(), id, true);
      expect(await claimAll()).toHaveLength(20);
      expect(await store().mails.queue(mailTo({ address: email }))).toBe("too_many");
      await clear();
    });

    it("knows what a moderator wants to hear of", async () => {
      const { id } = await addPerson(store());
      const { mails } = store();
      expect(await mails.notify(id)).toBe("each");
      expect(await mails.setNotify(id, "off")).toBe(true);
      expect(await mails.setNotify(id, "off")).toBe(false);
      expect(await mails.notify(id)).toBe("off");
      await remove(store(), id, false);
      expect(await mails.notify(id)).toBeNull();
      expect(await mails.setNotify(id, "each")).toBe(false);
    });

    it("forgets what was sent after a day, what failed after a week, and what nobody sends any more", async () => {
      await on();
      const { mails } = store();
      const day = 24 * 60;
      await mails.queue(mailTo(somebody(), { kind: "sent" }));
      await mails.queue(mailTo(somebody(), { kind: "failed" }));
      const claims = await mails.claim(2, at(0), at(1));
      for (const { id, attempts, kind } of claims)
        await mails.finish({ id, attempts }, { ...SENT, state: kind === "sent" ? "sent" : "failed" });
      await mails.queue(mailTo(somebody(), { kind: "left" }));
      await mails.queue(mailTo(somebody(), { kind: "planned", dueAt: at(30 * day) }));
      await store().sweep(Date.parse(at(7 * day)), 0);
      expect((await store().site()).mails).toBe(2);
      await store().sweep(Date.parse(at(7 * day + 1)), 0);
      expect((await store().site()).mails).toBe(1);
      expect((await claimAll()).map(({ kind }) => kind)).toEqual(["planned"]);
      await clear();
    });

    it("is no news to readers", async () => {
      await on();
      const before = await store().site();
      await store().mails.queue(mailTo(somebody()));
      await clear();
      expect(await store().site()).toMatchObject({ version: before.version, moderation: before.moderation });
    });
  });
}
