import { describe, expect, it } from "@jest/globals";
import {
  ADMIN,
  add,
  addPost,
  asModerator,
  at,
  BASE,
  by,
  draft,
  reportBy,
  required,
  unique,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { Claimed, EventType, Outcome } from "@/db/port/outbox";
import type { NewWebhook, Webhook } from "@/db/port/webhooks";
import type { Store } from "@/db/store";

const ALL: EventType[] = [
  ...(["comment.created", "comment.approved", "comment.updated", "comment.deleted"] as const),
  ...(["comment.held", "comment.reported"] as const),
  ...(["post.created", "post.updated", "post.deleted", "post.restored"] as const),
];
/** Behind all that these tests do, some of which happens at the real time. */
const LATER = "2100-01-01T00:00:00.000Z";
const LEASE = "2100-01-01T00:01:00.000Z";
const DONE: Outcome = { state: "delivered", dueAt: null, status: 200, error: null, disable: null };
const FAILED: Outcome = { ...DONE, state: "waiting", dueAt: LATER, status: 500, error: "status" };

function hookDraft(more: Partial<NewWebhook> = {}): NewWebhook {
  const base = { url: "https://hooks.example/", format: "standard", salt: unique("salt") };
  return { ...base, events: ALL, active: true, createdAt: at(0), ...more };
}

async function addHook(store: Store, more: Partial<NewWebhook> = {}): Promise<Webhook> {
  return required(await store.webhooks.create(hookDraft(more), 1000, ADMIN));
}

/** What a webhook is told, and nobody else after: it is deleted. */
async function toldDuring(
  store: Store,
  work: () => Promise<unknown>,
  more: Partial<NewWebhook> = {},
): Promise<Claimed["event"][]> {
  const hook = await addHook(store, more);
  await work();
  const claimed = await store.outbox.claim(hook.id, 1000, LATER, LEASE);
  await store.webhooks.delete(hook.id, ADMIN, at(9));
  return claimed.map(({ event }) => event);
}

const typesOf = (events: Claimed["event"][]) => events.map(({ type }) => type);

export function outbox(engine: Engine): void {
  describe("the outbox", () => {
    const store = shared(engine);

    it("holds an event for each change that it tells of, in order, without a word of its text", async () => {
      const post = await addPost(store());
      const { comments, moderation } = store();
      let id = 0;
      const events = await toldDuring(store(), async () => {
        ({ id } = await add(store(), post.id, { createdAt: at(2) }));
        await comments.change(id, { pinned: true }, ADMIN, at(3), asModerator);
        await comments.change(id, { pinned: true }, ADMIN, at(3), asModerator);
        await comments.vote(id, "user:1", 1, at(3));
        await comments.report(id, reportBy("user:1"), 0);
        await moderation.decide([id], "spam", ADMIN, at(4), { note: null, base: BASE });
        await comments.change(id, { status: "pending" }, ADMIN, at(5), asModerator);
        await comments.change(id, { author: by("Held") }, ADMIN, at(5), asModerator);
        await moderation.decide([id], "approve", ADMIN, at(6), { note: null, base: BASE });
        await comments.delete(id, "author", at(7), asModerator);
      });
      expect(typesOf(events)).toEqual([
        ...["comment.created", "comment.updated", "comment.reported", "comment.deleted"],
        ...["comment.held", "comment.approved", "comment.deleted"],
      ]);
      expect(events[0]).toEqual({
        id: expect.any(Number),
        type: "comment.created",
        at: at(2),
        post: post.id,
        comment: id,
        detail: null,
      });
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
    });

    it("tells of what is held those alone who want to hear of that, and of spam nobody", async () => {
      const post = await addPost(store());
      const work = async () => {
        await add(store(), post.id, { status: "pending" });
        await add(store(), post.id, { status: "spam" });
      };
      expect(typesOf(await toldDuring(store(), work))).toEqual(["comment.held"]);
      expect(await toldDuring(store(), work, { events: ["comment.created"] })).toEqual([]);
    });

    it("holds nothing of what was refused, answered again or undone with its transaction", async () => {
      const post = await addPost(store());
      const key = { key: unique("key"), request: "request" };
      const same = draft(post.id);
      const events = await toldDuring(store(), async () => {
        await store().comments.create(same, key, BASE);
        await store().comments.create(same, key, BASE);
        await store().comments.create(same, { ...key, request: "other" }, BASE);
        await store().comments.create(draft(post.id + 1000), null, BASE);
      });
      expect(typesOf(events)).toEqual(["comment.created"]);
    });

    it("tells that what an erased person wrote is gone, and what one who left is by somebody else", async () => {
      const nobody = { ...by("Anonymous"), avatar: "seed-nobody" };
      const terms = { namesakes: true, by: null, at: at(9), version: null };
      const post = await addPost(store());
      for (const [erase, type] of [
        [true, "comment.deleted"],
        [false, "comment.updated"],
      ] as const) {
        const made = await store().users.create(
          {
            ...{
              name: "A",
              nameKey: "a",
              email: `${unique("left")}@example.org`,
              profession: null,
              website: null,
              role: "member",
            },
            ...{ password: null, createdAt: at(0) },
          },
          { namesakes: true, by: null },
        );
        if (made.refused !== null) throw new Error(made.refused);
        const user = made.person.id;
        const { id } = await add(store(), post.id, { user });
        await add(store(), post.id, { user, status: "pending" });
        const events = await toldDuring(store(), async () => {
          await store().users.remove(user, { erase, nobody }, terms);
          while (await store().users.work());
        });
        expect(events).toMatchObject([{ type, comment: id, post: post.id }]);
      }
    });

    it("gives each delivery to one of all who ask, oldest first, and no more than were asked for", async () => {
      const post = await addPost(store());
      const hook = await addHook(store());
      for (let n = 0; n < 6; n++) await add(store(), post.id, { createdAt: at(n) });
      expect(await store().outbox.due(at(2))).toEqual([hook.id]);
      expect(await store().outbox.due(at(-1))).toEqual([]);
      const asked = [2, 2, 5].map((most) => store().outbox.claim(hook.id, most, LATER, LEASE));
      const claimed = await Promise.all(asked);
      expect(claimed.map((some) => some.map(({ event }) => event.at))).toEqual([
        [at(0), at(1)],
        [at(2), at(3)],
        [at(4), at(5)],
      ]);
      expect(claimed[0]?.[0]).toMatchObject({
        attempts: 1,
        tries: 1,
        webhook: { id: hook.id, url: hook.url },
      });
      expect(await store().outbox.due(LATER)).toEqual([]);
      await store().webhooks.delete(hook.id, ADMIN, at(9));
      expect(await store().outbox.finish(required(claimed[0]?.[0]), DONE, LATER)).toBe(false);
    });

    it("gives it to another once the claim is over, whose word then counts and the first one's does not", async () => {
      const post = await addPost(store());
      const hook = await addHook(store());
      await add(store(), post.id);
      const [first] = await store().outbox.claim(hook.id, 1, at(5), at(6));
      expect(await store().outbox.claim(hook.id, 1, at(5), at(6))).toEqual([]);
      const [second] = await store().outbox.claim(hook.id, 1, at(6), at(7));
      expect([first?.id, second?.attempts]).toEqual([second?.id, 2]);
      expect(await store().outbox.finish(required(first), DONE, at(6))).toBe(false);
      expect(await store().outbox.finish(required(second), DONE, at(6))).toBe(true);
      expect(await store().outbox.finish(required(second), FAILED, at(6))).toBe(false);
      const page = required(await store().webhooks.deliveries(hook.id, { limit: 9 }));
      expect(page.rows).toMatchObject([{ state: "delivered", attempts: 2, dueAt: null, triedAt: at(6) }]);
      await store().webhooks.delete(hook.id, ADMIN, at(9));
    });

    it("counts since when a webhook fails, forgets that with a success, and turns it off where that is said", async () => {
      const post = await addPost(store());
      const hook = await addHook(store());
      await add(store(), post.id);
      const attempt = async (minute: number, outcome: Outcome) => {
        const [claim] = await store().outbox.claim(hook.id, 1, LATER, LEASE);
        await store().outbox.finish(
          required(claim),
          { ...outcome, dueAt: outcome.dueAt && at(minute) },
          at(minute),
        );
        return required(await store().webhooks.find(hook.id));
      };
      expect(await attempt(2, FAILED)).toMatchObject({ failingSince: at(2), active: true });
      expect(await attempt(3, FAILED)).toMatchObject({ failingSince: at(2), active: true });
      expect(await attempt(4, { ...FAILED, status: null, error: null })).toMatchObject({
        failingSince: at(2),
      });
      expect(await attempt(5, { ...FAILED, disable: "failing" })).toMatchObject({
        ...{ failingSince: at(2), active: false, disabled: "failing" },
      });
      expect(await store().outbox.due(LATER)).toEqual([]);
      expect(await store().webhooks.change(hook.id, { active: true }, ADMIN, at(6))).toMatchObject({
        ...{ failingSince: null, active: true, disabled: null },
      });
      expect(await store().outbox.due(LATER)).toEqual([hook.id]);
      await attempt(7, FAILED);
      expect(await attempt(8, DONE)).toMatchObject({ failingSince: null, active: true });
      await store().webhooks.delete(hook.id, ADMIN, at(9));
    });

    it("sends again what somebody asks for, with its tries from the first on", async () => {
      const hook = await addHook(store());
      const made = required(await store().webhooks.test(hook.id, at(1)));
      expect(made).toMatchObject({ type: "webhook.test", state: "waiting", attempts: 0, dueAt: at(1) });
      const [first] = await store().outbox.claim(hook.id, 1, at(1), at(2));
      await store().outbox.finish(required(first), { ...FAILED, state: "failed", dueAt: null }, at(1));
      expect(await store().webhooks.resend(hook.id, made.id, at(3))).toMatchObject({
        state: "waiting",
        dueAt: at(3),
      });
      const [again] = await store().outbox.claim(hook.id, 1, at(3), at(4));
      expect(again).toMatchObject({ attempts: 2, tries: 1, event: { id: made.event } });
      expect(await store().webhooks.resend(hook.id + 1, made.id, at(3))).toBeNull();
      expect(await store().webhooks.resend(hook.id, made.id + 1, at(3))).toBeNull();
      expect(await store().webhooks.test(hook.id + 1, at(3))).toBeNull();
      await store().webhooks.delete(hook.id, ADMIN, at(9));
    });

    it("wakes its listeners after a commit that tells of something, and only then", async () => {
      const post = await addPost(store());
      const woken = [0, 0];
      const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
      const listen = (n: 0 | 1) =>
        store().outbox.listen(() => {
          woken[n] = (woken[n] ?? 0) + 1;
        });
      const [endFirst, endSecond] = [listen(0), listen(1)];
      await add(store(), post.id);
      await turn();
      expect(woken).toEqual([0, 0]);
      const hook = await addHook(store());
      await Promise.all([add(store(), post.id), add(store(), post.id)]);
      await turn();
      expect(woken).toEqual([1, 1]);
      endFirst();
      await add(store(), post.id);
      await turn();
      expect(woken).toEqual([1, 2]);
      endSecond();
      await add(store(), post.id);
      await turn();
      expect(woken).toEqual([1, 2]);
      await store().webhooks.delete(hook.id, ADMIN, at(9));
    });

    it("forgets events after thirty days, sent or not", async () => {
      const hook = await addHook(store());
      await store().webhooks.test(hook.id, at(0));
      await store().webhooks.test(hook.id, at(1));
      await store().sweep(Date.parse(at(30 * 24 * 60)) + 1, 0);
      const page = required(await store().webhooks.deliveries(hook.id, { limit: 9 }));
      expect(page.rows).toMatchObject([{ at: at(1) }]);
      await store().webhooks.delete(hook.id, ADMIN, at(9));
    });

    it("is no news to readers, nor are webhooks", async () => {
      const post = await addPost(store());
      const before = store().news();
      const hook = await addHook(store());
      await store().webhooks.change(hook.id, { events: ["post.created"] }, ADMIN, at(1));
      const test = required(await store().webhooks.test(hook.id, at(1)));
      const [claim] = await store().outbox.claim(hook.id, 1, LATER, LEASE);
      await store().outbox.finish(required(claim), DONE, LATER);
      await store().webhooks.resend(hook.id, test.id, at(2));
      await store().webhooks.delete(hook.id, ADMIN, at(9));
      expect([store().news(), store().newsOf(post)?.version]).toEqual([before, post.version]);
    });
  });

  describe("webhooks", () => {
    const store = shared(engine);

    it("are kept as made, changed where named, and listed in the order they were made", async () => {
      const hook = await addHook(store(), { salt: "first" });
      const other = await addHook(store(), { active: false });
      expect(hook).toEqual({
        ...hookDraft({ salt: "first" }),
        id: hook.id,
        ...{ formerSalt: null, formerUntil: null, disabled: null, failingSince: null },
      });
      const rotation = { salt: "second", formerUntil: at(60) };
      const changed = await store().webhooks.change(hook.id, { format: "slack", rotation }, ADMIN, at(1));
      expect(changed).toEqual({
        ...hook,
        ...{ format: "slack", salt: "second", formerSalt: "first", formerUntil: at(60) },
      });
      expect(await store().webhooks.find(hook.id)).toEqual(changed);
      expect(await store().webhooks.list({ limit: 1 })).toEqual({ rows: [changed], more: true });
      expect(await store().webhooks.list({ after: hook.id, limit: 1 })).toEqual({
        rows: [other],
        more: false,
      });
      expect(await store().webhooks.delete(other.id, ADMIN, at(2))).toEqual(other);
      for (const none of [
        store().webhooks.find(other.id),
        store().webhooks.delete(other.id, ADMIN, at(2)),
        store().webhooks.change(other.id, {}, ADMIN, at(2)),
        store().webhooks.deliveries(other.id, { limit: 1 }),
      ])
        expect(await none).toBeNull();
    });

    it("and all deliveries are counted by how they stand, and since when the oldest is due", async () => {
      // Those of other tests would be told as well.
      const { rows } = await store().webhooks.list({ limit: 100 });
      for (const { id } of rows) await store().webhooks.delete(id, ADMIN, at(0));
      const before = await store().outbox.state(LATER);
      expect(before.overdueSince).toBeNull();
      const hook = await addHook(store());
      const post = await addPost(store());
      for (let n = 0; n < 4; n++) await add(store(), post.id);
      const risen = async (now = LATER) => {
        const { deliveries, webhooks, overdueSince } = await store().outbox.state(now);
        const less = (after: Record<string, number>, former: Record<string, number>) =>
          Object.fromEntries(
            Object.entries(after).flatMap(([name, n]) =>
              n === former[name] ? [] : [[name, n - (former[name] ?? 0)]],
            ),
          );
        return {
          ...less(deliveries, before.deliveries),
          ...less(webhooks, before.webhooks),
          overdue: overdueSince !== null,
        };
      };
      expect(await risen()).toMatchObject({ waiting: 4, active: 1, overdue: true });
      const [one, two, three] = await store().outbox.claim(hook.id, 3, LATER, LEASE);
      await store().outbox.finish(required(one), DONE, at(2));
      await store().outbox.finish(required(two), { ...DONE, state: "dropped" }, at(2));
      await store().outbox.finish(required(three), { ...FAILED, state: "failed", dueAt: null }, at(2));
      expect(await risen()).toMatchObject({ waiting: 1, delivered: 1, dropped: 1, failed: 1, failing: 1 });
      await store().webhooks.change(hook.id, { active: false }, ADMIN, at(3));
      expect(await risen()).toMatchObject({ waiting: 1, off: 1 });
      await store().webhooks.delete(hook.id, ADMIN, at(4));
      expect(await risen()).toEqual({ overdue: false });
      expect((await store().outbox.state(at(-1))).overdueSince).toBeNull();
    });

    it("are no more than so many", async () => {
      const { rows } = await store().webhooks.list({ limit: 100 });
      const tries = Array.from({ length: 5 }, () =>
        store().webhooks.create(hookDraft(), rows.length + 2, ADMIN),
      );
      const made = await Promise.all(tries);
      expect(made.filter((one) => one !== null)).toHaveLength(2);
    });

    it("are in the audit log, without address and salt", async () => {
      const hook = await addHook(store(), { url: "https://hooks.example/zsecret", salt: "zsalt" });
      const change = {
        url: "https://hooks.example/zother",
        rotation: { salt: "zsalt2", formerUntil: at(9) },
      };
      await store().webhooks.change(hook.id, change, ADMIN, at(1));
      await store().webhooks.delete(hook.id, ADMIN, at(2));
      const { rows } = await store().audit.list({ type: "webhook", subject: hook.id, limit: 9 });
      expect(rows.map(({ action }) => action)).toEqual(["webhook.delete", "webhook.edit", "webhook.create"]);
      expect(rows[1]?.after).toMatchObject({ moved: true, rotated: true });
      expect(JSON.stringify(rows)).not.toMatch(/zsecret|zother|zsalt/);
    });
  });
}
