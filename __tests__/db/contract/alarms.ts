import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  add,
  addPost,
  asModerator,
  at,
  reportBy,
  required,
  unique,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, fresh, shared } from "@/__tests__/db/contract/engine";
import type { Notify } from "@/db/port/mails";
import type { NewPerson } from "@/db/port/users";
import type { NewComment, Store } from "@/db/store";

const LEASE = "2199-01-01T00:00:00.000Z";
const SENT = { state: "sent", dueAt: null, error: null } as const;
const pending: Pick<NewComment, "status" | "held"> = {
  status: "pending",
  held: [{ rule: "links", reason: "has links" }],
};

interface Listening {
  role?: NewPerson["role"];
  notify?: Notify;
}

async function addListener(store: Store, { role = "moderator", notify = "each" }: Listening = {}) {
  const email = `${unique("listener")}@example.org`;
  const draft = { name: "A", nameKey: unique("a"), email, profession: null, website: null };
  const made = await store.users.create(
    { ...draft, role, password: null, createdAt: at(0) },
    { namesakes: true, by: null },
  );
  if (made.refused !== null) throw new Error(made.refused);
  if (notify !== "each") await store.mails.setNotify(made.person.id, notify);
  return made.person.id;
}

export function alarms(engine: Engine): void {
  describe("a comment that begins to wait", () => {
    const store = fresh(engine);
    const hold = async (minutes: number, more: Partial<NewComment> = {}) =>
      (await add(store(), (await addPost(store())).id, { ...pending, ...more, createdAt: at(minutes) })).id;
    const claim = (now: string) => store().mails.claim(100, now, LEASE);
    const heard = async (user: number, mail = 0, now = at(1)) =>
      (await store().mails.alarms(user, mail, now, 100))?.comments ?? null;

    it("is told to each moderator and admin who has an address and wants to hear", async () => {
      const moderator = await addListener(store());
      const admin = await addListener(store(), { role: "admin" });
      const silent = await addListener(store(), { notify: "off" });
      const author = await addListener(store(), { role: "author" });
      const comment = await hold(1);
      const claimed = await claim(at(1));
      expect(claimed.map(({ user }) => user)).toEqual([moderator, admin]);
      expect(claimed[0]).toMatchObject({ kind: "comments.waiting", facts: {}, queuedAt: at(1) });
      expect(await heard(moderator)).toEqual([comment]);
      for (const nobody of [silent, author, 4711]) expect(await heard(nobody)).toBeNull();
    });

    it("is told to nobody where it is approved, or spam, or there is no mail", async () => {
      const user = await addListener(store());
      const { id: post } = await addPost(store());
      await add(store(), post);
      await add(store(), post, { status: "spam" });
      await store().mails.turn(false);
      await hold(1);
      await store().mails.turn(true);
      expect(await claim(at(9))).toEqual([]);
      expect(await heard(user)).toEqual([]);
    });

    it("goes into the message that waits already, and that comes ten minutes behind the one before", async () => {
      const user = await addListener(store());
      const first = [await hold(1), await hold(2)];
      const [mail, ...none] = await claim(at(2));
      expect(none).toEqual([]);
      const found = required(await store().mails.alarms(user, required(mail).id, at(2), 100));
      expect(found).toMatchObject({ comments: first, more: false });
      const later = [await hold(3), await hold(4)];
      await store().mails.finish(required(mail), SENT);
      await store().mails.told(user, found.last);
      expect(await store().mails.isDue(at(11))).toBe(false);
      const next = await claim(at(12));
      expect(next).toHaveLength(1);
      expect(await heard(user, required(next[0]).id)).toEqual(later);
    });

    it("is told in the later one of two messages that are on their way, however often the first was tried", async () => {
      const user = await addListener(store());
      const first = await hold(1);
      const [tried] = await claim(at(1));
      const second = await hold(2);
      expect(await heard(user, required(tried).id, at(10))).toEqual([first, second]);
      expect(await heard(user, required(tried).id, at(11))).toBeNull();
      const [later] = await claim(at(12));
      expect(await heard(user, required(tried).id)).toBeNull();
      expect(await heard(user, required(later).id)).toEqual([first, second]);
      await store().mails.finish(required(later), { state: "failed", dueAt: null, error: "x" });
      expect(await heard(user, required(tried).id)).toEqual([first, second]);
    });

    it("is told on the next morning at seven to whoever wants one message a day", async () => {
      const user = await addListener(store(), { notify: "digest" });
      const night = new Date(2026, 5, 1, 6, 59, 59);
      const { id: post } = await addPost(store());
      const first = await add(store(), post, { ...pending, createdAt: night.toISOString() });
      const morning = new Date(2026, 5, 1, 7);
      const second = await add(store(), post, { ...pending, createdAt: morning.toISOString() });
      expect(await claim(night.toISOString())).toEqual([]);
      const [mail] = await claim(morning.toISOString());
      expect(await heard(user, required(mail).id)).toEqual([first.id, second.id]);
      const third = await add(store(), post, { ...pending, createdAt: morning.toISOString() });
      expect(await claim(new Date(2026, 5, 2, 6, 59, 59).toISOString())).toEqual([]);
      const [next] = await claim(new Date(2026, 5, 2, 7).toISOString());
      expect(await heard(user, required(next).id)).toContain(third.id);
    });

    it("is told no more once it is decided, or gone, and anew where it begins to wait anew", async () => {
      const user = await addListener(store());
      const [approved, erased, left, spam] = [await hold(1), await hold(1), await hold(1), await hold(1)];
      await store().comments.change(required(approved), { status: "approved" }, ADMIN, at(2), asModerator);
      await store().comments.change(required(spam), { status: "spam" }, ADMIN, at(2), asModerator);
      await store().comments.delete(required(erased), "author", at(2), asModerator);
      const gone = await add(store(), (await addPost(store())).id, pending);
      await store().posts.delete(gone.post, ADMIN, at(2), null);
      const found = required(await store().mails.alarms(user, 0, at(1), 100));
      expect(found.comments).toEqual([left]);
      await store().mails.told(user, found.last);
      expect(await heard(user)).toEqual([]);
      await store().mails.told(user, 0);
      expect(await heard(user)).toEqual([]);
      const text = { text: written(unique("again")), status: "pending" } as const;
      await store().comments.change(required(approved), text, "author", at(3), asModerator);
      expect(await heard(user)).toEqual([approved]);
    });

    it("is told in parts where very many wait", async () => {
      const user = await addListener(store());
      const all = [await hold(1), await hold(2), await hold(3)];
      expect(await store().mails.alarms(user, 0, at(1), 2)).toMatchObject({
        comments: all.slice(0, 2),
        more: true,
      });
      expect(await store().mails.alarms(user, 0, at(1), 3)).toMatchObject({ comments: all, more: false });
    });

    it("is told nobody where a moderator set it aside", async () => {
      const user = await addListener(store());
      const { id } = await add(store(), (await addPost(store())).id);
      await store().comments.change(id, { status: "pending" }, ADMIN, at(2), asModerator);
      expect(await claim(at(9))).toEqual([]);
      expect(await heard(user)).toEqual([]);
    });

    it("is told when it is reported first, and when reports bring it back, and in between to nobody", async () => {
      const user = await addListener(store());
      const { id } = await add(store(), (await addPost(store())).id);
      const told = async () => {
        const found = required(await store().mails.alarms(user, 0, at(1), 100));
        await store().mails.told(user, found.last);
        return found.comments;
      };
      for (const [reporter, expected] of [
        ["a", [id]],
        ["a", []],
        ["b", []],
        ["c", [id]],
      ] as const) {
        await store().comments.report(id, reportBy(reporter), 3);
        expect(await told()).toEqual(expected);
      }
    });

    it("is forgotten after a week", async () => {
      const user = await addListener(store());
      const old = await hold(1);
      const young = await hold(2);
      const week = 7 * 24 * 60;
      await store().sweep(Date.parse(at(week + 1)), 0);
      expect(await heard(user)).toEqual([old, young]);
      await store().sweep(Date.parse(at(week + 2)), 0);
      expect(await heard(user)).toEqual([young]);
    });

    it("is no news to readers, and being told of it changes no version of the moderator", async () => {
      const user = await addListener(store());
      const before = required(await store().users.find(user)).version;
      await hold(1);
      const { version } = await store().site();
      await store().mails.told(user, 1_000_000);
      expect((await store().site()).version).toBe(version);
      expect(required(await store().users.find(user)).version).toBe(before);
      expect(await store().mails.setNotify(user, "off")).toBe(true);
      expect(required(await store().users.find(user)).version).toBeGreaterThan(before);
      expect((await store().site()).version).toBe(version);
    });
  });

  describe("a comment that waits, decided by right of a user", () => {
    const store = shared(engine);
    const decide = (
      user: number,
      comment: number,
      decision: "approve" | "spam" | "delete",
      editedAt: string | null = null,
    ) => store().moderation.decideWaiting({ comment, user, decision, editedAt }, at(5), "by mail");
    const held = async () => (await add(store(), (await addPost(store())).id, pending)).id;
    const status = async (id: number) => required(await store().comments.find(id)).status;

    it.each([
      ["approve", "approved"],
      ["spam", "spam"],
      ["delete", "deleted"],
    ] as const)("%s: is done once, in their name, and can be undone", async (decision, after) => {
      const user = await addListener(store());
      const id = await held();
      const all = await Promise.all([decide(user, id, decision), decide(user, id, decision)]);
      expect(all).toEqual([true, false]);
      expect(await status(id)).toBe(after);
      const { rows } = await store().audit.list({ type: "comment", subject: id, limit: 9 });
      expect(rows).toEqual([
        expect.objectContaining({
          action: `comment.${decision}`,
          by: { user, name: "A", role: "moderator" },
          at: at(5),
          note: "by mail",
        }),
      ]);
      expect((await store().audit.undo(required(rows[0]).id, ADMIN, at(6), null)).refused).toBeNull();
      expect(await status(id)).toBe("pending");
    });

    it("that is approved but reported waits, too", async () => {
      const user = await addListener(store());
      const { id } = await add(store(), (await addPost(store())).id);
      expect(await decide(user, id, "spam")).toBe(false);
      await store().comments.report(id, reportBy("a"), 0);
      expect(await decide(user, id, "approve")).toBe(true);
      expect((await store().site()).reported).toBe(0);
      expect(await decide(user, id, "spam")).toBe(false);
      expect(await status(id)).toBe("approved");
    });

    it("stays as it is for who is no moderator, or is gone, and where it was edited since", async () => {
      const id = await held();
      const author = await addListener(store(), { role: "author" });
      const user = await addListener(store());
      expect(await decide(author, id, "approve")).toBe(false);
      expect(await decide(4711, id, "approve")).toBe(false);
      expect(await decide(user, 4711, "approve")).toBe(false);
      await store().comments.change(id, { text: written("Other") }, "author", at(3), asModerator);
      expect(await decide(user, id, "approve")).toBe(false);
      expect(await decide(user, id, "approve", at(2))).toBe(false);
      expect(await status(id)).toBe("pending");
      expect(await decide(user, id, "approve", at(3))).toBe(true);
    });
  });
}
