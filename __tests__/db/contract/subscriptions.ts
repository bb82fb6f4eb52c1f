import { describe, expect, it } from "@jest/globals";
import { add, addPost, asModerator, at, required, unique } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { Addressee } from "@/db/port/mails";
import type { Scope } from "@/db/port/subscriptions";
import type { Store } from "@/db/store";

const LATER = "2100-01-01T00:00:00.000Z";
const LEASE = "2100-01-01T00:01:00.000Z";

export function subscriptions(engine: Engine): void {
  describe("subscriptions", () => {
    const store = shared(engine);
    const somebody = () => `${unique("reader")}@example.org`;

    /** A comment that came with a wish; the id of whoever wished, off the question that they are asked. */
    const wish = async (post: number, address: string, scope: Scope = "replies", minute = 1) => {
      await store().mails.turn(true);
      const to: Addressee = { address };
      const { id } = await add(store(), post, {
        email: address,
        notify: { to, scope },
        createdAt: at(minute),
      });
      return id;
    };
    /** All messages that wait, of this kind; none waits then. */
    const claim = async (kind: string) => {
      const all = await store().mails.claim(1000, LATER, LEASE);
      for (const one of all) await store().mails.finish(one, { state: "sent", dueAt: null, error: null });
      return all.filter((one) => one.kind === kind);
    };
    /** What is to be sent to this reader, also behind a pause. */
    const claimOf = async (reader: number) =>
      (await store().mails.claim(1000, "2100-01-02T00:00:00.000Z", "2100-02-01T00:00:00.000Z")).filter(
        ({ facts }) => facts.reader === reader,
      );
    const readerOf = async () => {
      const [asked] = (await claim("replies.confirm")).slice(-1);
      return Number(asked?.facts.reader);
    };
    const subscribed = async (post: number, scope: Scope = "replies") => {
      const address = somebody();
      const comment = await wish(post, address, scope);
      const reader = await readerOf();
      const ids = (await store().subscriptions.waiting(reader)).map(({ id }) => id);
      expect(await store().subscriptions.confirm(reader, ids, address, at(2))).toBe(true);
      return { address, comment, reader, ids };
    };
    const spread = async () => {
      while (await store().subscriptions.spread(at(9)));
    };
    const told = async (reader: number, post: number | null, mail: number) =>
      (await store().subscriptions.take(reader, post, mail, at(9))).map(({ comment }) => comment);

    it("begin with a question, and are confirmed once, by whoever reads mail there", async () => {
      const { id: post, title } = await addPost(store());
      const address = somebody();
      const comment = await wish(post, address);
      const reader = await readerOf();
      const { subscriptions } = store();
      const [waiting] = await subscriptions.waiting(reader);
      expect(waiting).toEqual({
        ...{ id: expect.any(Number), post, title, comment, scope: "replies", pace: "soon" },
        ...{ confirmed: false, createdAt: at(1) },
      });
      const ids = [required(waiting).id];
      expect(await subscriptions.confirm(reader, ids, "other@example.org", at(2))).toBe(false);
      expect(await subscriptions.confirm(reader, [-1], address, at(2))).toBe(false);
      const all = await Promise.all([1, 2].map(() => subscriptions.confirm(reader, ids, address, at(2))));
      expect(all.sort()).toEqual([false, true]);
      expect(await subscriptions.waiting(reader)).toEqual([]);
      expect(await subscriptions.list(reader)).toMatchObject([{ confirmed: true }]);
    });

    it("are not begun while this server sends no mail", async () => {
      const { id: post } = await addPost(store());
      await spread();
      await store().mails.turn(false);
      const to = { address: somebody() };
      await add(store(), post, { notify: { to, scope: "thread" } });
      await store().mails.turn(true);
      await add(store(), post);
      expect(await store().subscriptions.isDue()).toBe(false);
    });

    it("tell of what is below a comment, or of a whole thread, and each of it once", async () => {
      const { id: post } = await addPost(store());
      const below = await subscribed(post);
      const whole = await subscribed(post, "thread");
      const { id: reply } = await add(store(), post, { parent: below.comment, createdAt: at(3) });
      const { id: deeper } = await add(store(), post, { parent: reply, createdAt: at(4) });
      const { id: beside } = await add(store(), post, { createdAt: at(5) });
      await add(store(), post, { parent: reply, email: whole.address.toUpperCase(), createdAt: at(6) });
      expect(await store().subscriptions.isDue()).toBe(true);
      await spread();
      expect(await store().subscriptions.isDue()).toBe(false);
      const mails = await claim("replies.new");
      const asked = mails.map(({ facts }) => facts.reader);
      expect(asked.sort()).toEqual([below.reader, whole.reader].sort());
      expect((await told(whole.reader, post, 1)).sort()).toEqual([reply, deeper, beside].sort());
      expect(await told(whole.reader, post, 2)).toEqual([]);
      // Tried again it says the same.
      expect(await told(whole.reader, post, 1)).toHaveLength(3);
      expect(await told(below.reader, post, 3)).toHaveLength(3);
    });

    it("tell of what appeared since, and nothing that is not to be seen", async () => {
      const { id: post } = await addPost(store());
      const before = await add(store(), post, { createdAt: at(0) });
      const address = somebody();
      const mine = await wish(post, address, "thread");
      const reader = await readerOf();
      const between = await add(store(), post, { createdAt: at(2) });
      const held = await add(store(), post, { createdAt: at(2), status: "pending" });
      await spread();
      expect(await claim("replies.new")).toEqual([]);
      const ids = (await store().subscriptions.waiting(reader)).map(({ id }) => id);
      await store().subscriptions.confirm(reader, ids, address, at(3));
      expect(await claim("replies.new")).toHaveLength(1);
      expect(await told(reader, post, 10)).toEqual([between.id]);
      expect(before.id).toBeLessThan(mine);
      await store().comments.change(held.id, { status: "approved" }, actor, at(4), asModerator);
      await spread();
      await store().comments.delete(between.id, actor, at(5), asModerator);
      expect(await told(reader, post, 11)).toEqual([held.id]);
      expect(await told(reader, post, 10)).toEqual([]);
      // Back again, it was told already.
      await store().comments.change(between.id, { status: "approved" }, actor, at(6), asModerator);
      await spread();
      expect(await told(reader, post, 12)).toEqual([]);
      expect(await told(reader, post, 10)).toEqual([between.id]);
    });

    it("tell 200 comments in one message, and the rest in the next", async () => {
      const { id: post } = await addPost(store());
      const { reader, comment } = await subscribed(post);
      for (let n = 0; n < 201; n++) await add(store(), post, { parent: comment, createdAt: at(3) });
      await spread();
      expect(await claim("replies.new")).toHaveLength(1);
      expect(await told(reader, post, 50)).toHaveLength(200);
      // The first was tried at `LATER`, and there is a pause between them.
      expect(await claimOf(reader)).toMatchObject([{ kind: "replies.new", facts: { reader, post } }]);
      expect(await told(reader, post, 51)).toHaveLength(1);
      expect(await claimOf(reader)).toEqual([]);
    });

    it.each(["dropped", "failed"] as const)(
      "tell in the next message what one took that %s",
      async (state) => {
        const { id: post } = await addPost(store());
        const { reader, comment } = await subscribed(post);
        const { id: reply } = await add(store(), post, { parent: comment, createdAt: at(3) });
        await spread();
        const [mail] = await claimOf(reader);
        const { id, attempts } = required(mail ?? null);
        expect(await told(reader, post, id)).toEqual([reply]);
        expect(await told(reader, post, id + 1000)).toEqual([]);
        await store().mails.finish({ id, attempts }, { state, dueAt: null, error: null });
        expect(await told(reader, post, id + 1000)).toEqual([reply]);
      },
    );

    it("go over from one pace to the other with what is untold", async () => {
      const { id: post } = await addPost(store());
      const { reader, ids } = await subscribed(post);
      const mine = (await store().subscriptions.list(reader))[0]?.comment ?? 0;
      const { id: reply } = await add(store(), post, { parent: mine, createdAt: at(3) });
      await spread();
      await claim("replies.new");
      const [id = 0] = ids;
      expect(await store().subscriptions.change(reader, { id }, { pace: "daily" }, at(4))).toBe(true);
      expect(await told(reader, post, 20)).toEqual([]);
      const [digest] = await claim("replies.digest");
      expect(digest?.facts).toEqual({ reader });
      expect(
        await store().subscriptions.change(reader, "all", { pace: "soon", scope: "thread" }, at(5)),
      ).toBe(true);
      expect(await told(reader, null, 21)).toEqual([]);
      expect(await told(reader, post, 22)).toEqual([reply]);
      expect(await store().subscriptions.list(reader)).toMatchObject([{ scope: "thread", pace: "soon" }]);
      expect(await store().subscriptions.change(reader + 1000, { id }, { pace: "daily" }, at(6))).toBe(false);
    });

    it("end one by one, by post, by pace, or all, and the address with the last", async () => {
      const [one, two] = [await addPost(store()), await addPost(store())];
      const { reader, address, ids } = await subscribed(one.id);
      const { subscriptions } = store();
      for (const post of [one.id, two.id, two.id]) await wish(post, address, "thread");
      await claim("replies.confirm");
      const waiting = await subscriptions.waiting(reader);
      await subscriptions.confirm(
        reader,
        waiting.map(({ id }) => id),
        address,
        at(3),
      );
      expect(await subscriptions.list(reader)).toHaveLength(4);
      expect(await subscriptions.has(reader, { post: two.id })).toBe(true);
      expect(await subscriptions.end(reader, { post: two.id })).toBe(true);
      expect(await subscriptions.end(reader, { post: two.id })).toBe(false);
      expect(await subscriptions.end(reader, { id: ids[0] ?? 0 })).toBe(true);
      expect(await subscriptions.end(reader, "waiting")).toBe(false);
      expect(await subscriptions.end(reader, { pace: "daily" })).toBe(false);
      expect(await subscriptions.reader(reader)).toMatchObject({ address, user: null });
      expect(await subscriptions.end(reader, "all")).toBe(true);
      expect(await subscriptions.reader(reader)).toBeNull();
    });

    it("end with their comment, their post, or the address", async () => {
      const { id: post } = await addPost(store());
      const gone: number[] = [];
      for (const how of ["comment", "address", "post"]) {
        const { reader, address, comment } = await subscribed(post);
        gone.push(reader);
        if (how === "comment") await store().comments.delete(comment, "author", at(3), asModerator);
        else if (how === "address") await store().subscriptions.forget(address.toUpperCase());
        else await store().posts.delete(post, actor, at(3), null);
        while (await store().posts.clear());
        expect(await store().subscriptions.reader(reader)).toBeNull();
      }
      expect(new Set(gone).size).toBe(3);
    });

    it("follow a post into another one", async () => {
      const [from, into] = [await addPost(store()), await addPost(store())];
      const { reader, comment } = await subscribed(from.id);
      const { id: reply } = await add(store(), from.id, { parent: comment, createdAt: at(3) });
      await spread();
      const [mail] = (await claim("replies.new")).slice(-1);
      expect(mail?.facts).toEqual({ reader, post: from.id });
      await store().posts.merge(from.id, into.id, actor, at(4));
      expect(await store().subscriptions.list(reader)).toMatchObject([{ post: into.id }]);
      expect(await told(reader, from.id, 30)).toEqual([reply]);
      expect(await store().subscriptions.end(reader, { post: from.id })).toBe(true);
    });

    it("of somebody with an account are confirmed once for each address of theirs, and end with it", async () => {
      const { id: post } = await addPost(store());
      const { id: user, email } = await addPerson(store());
      await store().mails.turn(true);
      const ask = () => add(store(), post, { user, email: null, notify: { to: { user }, scope: "thread" } });
      await ask();
      const reader = required(await store().subscriptions.readerOf(user));
      expect(reader).toEqual({ id: reader.id, user, address: email, proven: false });
      expect(await store().subscriptions.confirm(reader.id, [], email, at(2))).toBe(true);
      expect(await store().subscriptions.confirm(reader.id, [], email, at(2))).toBe(false);
      await ask();
      expect(await store().subscriptions.list(reader.id)).toMatchObject([
        { confirmed: true },
        { confirmed: true },
      ]);
      await store().users.change(
        user,
        { email: somebody() },
        { namesakes: true, by: null, at: at(3), version: null },
      );
      expect(await store().subscriptions.reader(reader.id)).toMatchObject({ proven: false });
      expect(await store().subscriptions.confirm(reader.id, [], email, at(4))).toBe(false);
      const { rows } = await store().users.personal(user, "subscriptions", 0, 10);
      expect(rows.map(({ json }) => JSON.parse(json))).toMatchObject([{ post }, { post }]);
      const nobody = { author: "Nobody", authorKey: "nobody", avatar: "x", website: null };
      await store().users.remove(user, { erase: false, nobody }, { by: null, at: at(5), version: null });
      expect(await store().subscriptions.reader(reader.id)).toBeNull();
    });

    it("of a guest go with an account of that address only where it confirmed the address", async () => {
      const { id: post } = await addPost(store());
      const nobody = { author: "Nobody", authorKey: "nobody", avatar: "x", website: null };
      const terms = { by: null, at: at(5), version: null };
      for (const isProven of [false, true]) {
        const { reader, address } = await subscribed(post);
        const { id: user } = await addPerson(store(), address);
        await add(store(), post, { user, email: null, notify: { to: { user }, scope: "thread" } });
        const own = required(await store().subscriptions.readerOf(user));
        if (isProven) await store().subscriptions.confirm(own.id, [], address, at(2));
        await store().users.remove(user, { erase: true, nobody }, terms);
        expect(await store().subscriptions.reader(own.id)).toBeNull();
        if (isProven) expect(await store().subscriptions.reader(reader)).toBeNull();
        else expect(await store().subscriptions.list(reader)).toMatchObject([{ confirmed: true }]);
      }
    });

    it("of a guest are among what is held under the address, and are erased with it", async () => {
      const { id: post } = await addPost(store());
      const { address, comment, reader } = await subscribed(post);
      const { rows } = await store().guests.personal(address.toUpperCase(), "subscriptions", 0, 10);
      expect(rows.map(({ json }) => JSON.parse(json))).toMatchObject([{ post, comment, notify: "replies" }]);
      expect(await store().guests.erase(address.toUpperCase())).toBe(true);
      expect(await store().subscriptions.reader(reader)).toBeNull();
    });

    it("are forgotten three days after a question that nobody answered", async () => {
      const { id: post } = await addPost(store());
      await wish(post, somebody(), "replies", 0);
      const reader = await readerOf();
      const confirmed = await subscribed(post);
      const days = 3 * 24 * 60;
      await store().sweep(Date.parse(at(days)), 0);
      expect(await store().subscriptions.reader(reader)).not.toBeNull();
      await store().sweep(Date.parse(at(days + 1)), 0);
      expect(await store().subscriptions.reader(reader)).toBeNull();
      expect(await store().subscriptions.reader(confirmed.reader)).not.toBeNull();
    });

    it("wait three at most of one address", async () => {
      const { id: post } = await addPost(store());
      const address = somebody();
      for (let n = 0; n < 5; n++) await wish(post, address, "replies", n);
      const reader = await readerOf();
      expect(await store().subscriptions.waiting(reader)).toHaveLength(3);
    });

    it("are no news to readers", async () => {
      const { id: post } = await addPost(store());
      const { reader, address } = await subscribed(post);
      const { comment } = required((await store().subscriptions.list(reader))[0]);
      await add(store(), post, { parent: comment });
      const before = await store().site();
      await spread();
      await told(reader, post, 40);
      await store().subscriptions.change(reader, "all", { pace: "daily" }, at(4));
      await store().subscriptions.forget(address);
      expect(await store().site()).toMatchObject({ version: before.version, moderation: before.moderation });
    });
  });
}

const actor = { user: null, name: "Token", role: "admin" } as const;

async function addPerson(store: Store, email = `${unique("person")}@example.org`) {
  const draft = { name: "A", nameKey: unique("a"), email, profession: null, website: null } as const;
  const made = await store.users.create(
    { ...draft, role: "member", password: null, createdAt: at(0) },
    { namesakes: true, by: null },
  );
  if (made.refused !== null) throw new Error(made.refused);
  return { id: made.person.id, email };
}
