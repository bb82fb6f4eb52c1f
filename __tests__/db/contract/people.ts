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
  listQuery,
  postRow,
  readThread,
  reportBy,
  required,
  threadQuery,
  unique,
  userRow,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { NewPerson, Part, Person } from "@/db/port/users";
import type { Store } from "@/db/store";

const own = { namesakes: false, by: null };
const terms = { ...own, at: at(9), version: null };
const admin = { user: null, name: "Token", role: "admin" } as const;
const nobody = { ...by("Anonymous"), avatar: "seed-nobody" };
const PARTS: Part[] = [
  "comments",
  "deletedComments",
  "votes",
  "reports",
  "posts",
  "sessions",
  "tokens",
  "subscriptions",
  "mails",
  "audit",
];

function personDraft(name = unique("Ada"), more: Partial<NewPerson> = {}): NewPerson {
  return {
    name,
    nameKey: name.toLowerCase(),
    email: `${unique("person")}@example.org`,
    profession: "Mathematician",
    website: "https://ada.example/",
    role: "member",
    password: "hash",
    createdAt: at(0),
    ...more,
  };
}

async function addPerson(store: Store, more: Partial<NewPerson> = {}): Promise<Person> {
  const made = await store.users.create(personDraft(more.name, more), own);
  if (made.refused !== null) throw new Error(made.refused);
  return made.person;
}

async function finish(store: Store): Promise<number> {
  let parts = 0;
  while (await store.users.work()) parts++;
  return parts;
}

export function people(engine: Engine): void {
  describe("a person", () => {
    const store = shared(engine);

    it("is kept as made, and found by id", async () => {
      const person = await addPerson(store(), { name: "Lin", email: "Lin@Example.org" });
      expect(person).toEqual({
        id: expect.any(Number),
        name: "Lin",
        email: "Lin@Example.org",
        profession: "Mathematician",
        website: "https://ada.example/",
        role: "member",
        hasPassword: true,
        notify: "each",
        version: expect.any(Number),
        createdAt: at(0),
      });
      expect(await store().users.find(person.id)).toEqual(person);
      expect(await store().users.find(person.id + 1000)).toBeNull();
    });

    it("has an e-mail address that nobody else has, in any case; one of many who try gets it", async () => {
      const email = `${unique("same")}@example.org`;
      const made = await Promise.all(
        [email, email.toUpperCase(), email].map((one) =>
          store().users.create(personDraft(undefined, { email: one }), own),
        ),
      );
      expect(made.map(({ refused }) => refused)).toEqual([null, "email_taken", "email_taken"]);
      const other = await addPerson(store());
      expect(await store().users.change(other.id, { email: email.toUpperCase() }, terms)).toEqual({
        refused: "email_taken",
      });
      const same = required(other.email).toUpperCase();
      expect(await store().users.change(other.id, { email: same }, terms)).toMatchObject({
        person: { email: same },
      });
    });

    it("has a name of their own, unless namesakes are allowed", async () => {
      const { name } = await addPerson(store());
      const again = personDraft(name);
      expect(await store().users.create(again, own)).toEqual({ refused: "name_taken" });
      expect(await store().users.create(again, { ...own, namesakes: true })).toMatchObject({ refused: null });
      const other = await addPerson(store());
      const change = { author: by(name) };
      expect(await store().users.change(other.id, change, terms)).toEqual({ refused: "name_taken" });
      expect(await store().users.change(other.id, change, { ...terms, namesakes: true })).toMatchObject({
        refused: null,
      });
    });

    it("reserves name and e-mail address once they could sign in, and not before", async () => {
      const name = unique("Imported");
      await store().imports.run([userRow(name)], { keepGoing: false, source: unique("source") });
      const key = name.toLowerCase();
      expect(await store().users.isReserved(key, null)).toBe(false);
      const { email } = await addPerson(store(), { name });
      expect(await store().users.isReserved(key, null)).toBe(true);
      expect(await store().users.isReserved(null, required(email).toUpperCase())).toBe(true);
      expect(await store().users.isReserved(unique("other"), "nobody@example.org")).toBe(false);
      expect(await store().users.isReserved(null, null)).toBe(false);
    });

    it("is changed where named, as long as the version is the one that was read", async () => {
      const person = await addPerson(store());
      const change = { author: { ...by("Grace"), website: null }, profession: null, role: "author" } as const;
      const changed = await store().users.change(person.id, change, { ...terms, version: person.version });
      if (changed.refused !== null) throw new Error(changed.refused);
      expect(changed.person).toEqual({
        ...person,
        name: "Grace",
        website: null,
        profession: null,
        role: "author",
        version: expect.any(Number),
      });
      expect(changed.person.version).toBeGreaterThan(person.version);
      const late = { ...terms, version: person.version };
      expect(await store().users.change(person.id, { role: "member" }, late)).toEqual({ refused: "stale" });
      const gone = await store().users.remove(person.id, { erase: false, nobody }, late);
      expect(gone).toEqual({ refused: "stale" });
      expect(await store().users.change(4711, { role: "member" }, terms)).toEqual({ refused: "absent" });
      expect(await store().users.find(person.id)).toEqual(changed.person);
    });

    it("with another password is signed in nowhere but where it was set", async () => {
      const { id } = await addPerson(store());
      const signIn = async (hash: string) =>
        required(
          await store().sessions.create(
            { hash, user: id, userAgent: "", at: at(1), expiresAt: at(60) },
            "hash",
            null,
          ),
        ).id;
      const [here, there] = [unique("here"), unique("there")];
      const session = await signIn(here);
      await signIn(there);
      await store().users.change(id, { password: { hash: "new", session } }, terms);
      expect(required(await store().accounts.findById(id)).password).toBe("new");
      expect(await store().sessions.find(here, at(2), at(0))).not.toBeNull();
      expect(await store().sessions.find(there, at(2), at(0))).toBeNull();
    });

    it("stands in the list in the order in which they came, page by page", async () => {
      const fresh = await engine.open();
      for (const minute of [3, 1, 1, 2]) await addPerson(fresh, { createdAt: at(minute) });
      const all = (await fresh.users.list({ limit: 10 })).rows;
      expect(all.map(({ createdAt }) => createdAt)).toEqual([at(1), at(1), at(2), at(3)]);
      const seen: Person[] = [];
      for (let more = true; more; ) {
        const last = seen.at(-1);
        const after = last && { value: last.createdAt, id: last.id };
        const page = await fresh.users.list({ after, limit: 1 });
        seen.push(...page.rows);
        more = page.more;
      }
      expect(seen).toEqual(all);
      await fresh.close();
    });

    it("who is the last admin can neither leave nor be less; of two who try, one stays", async () => {
      const fresh = await engine.open();
      const ids = [
        (await addPerson(fresh, { role: "admin" })).id,
        (await addPerson(fresh, { role: "admin" })).id,
      ];
      const tries = await Promise.all([
        fresh.users.change(ids[0] ?? 0, { role: "member" }, terms),
        fresh.users.remove(ids[1] ?? 0, { erase: false, nobody }, terms),
      ]);
      expect(tries.map(({ refused }) => refused)).toEqual([null, "last_admin"]);
      expect(await fresh.users.change(ids[1] ?? 0, { role: "author" }, terms)).toEqual({
        refused: "last_admin",
      });
      expect(await fresh.users.change(ids[1] ?? 0, { profession: "Admin" }, terms)).toMatchObject({
        refused: null,
      });
      await fresh.close();
    });

    it("changed by right of a role is in the audit log, without e-mail address and password", async () => {
      const { id } = await addPerson(store());
      const change = { role: "moderator", email: "new@secret.example" } as const;
      await store().users.change(id, change, { ...terms, by: admin });
      const { rows } = await store().audit.list({ limit: 1 });
      expect(rows).toMatchObject([
        {
          action: "user.change",
          type: "user",
          subject: id,
          by: admin,
          before: { role: "member" },
          after: { role: "moderator" },
        },
      ]);
      expect(JSON.stringify(rows)).not.toMatch(/secret|hash/);
    });
  });

  describe("what a person wrote", () => {
    const store = shared(engine);
    const json = async (id: number) =>
      JSON.parse(required(await store().comments.json(id, "moderator", BASE)));
    const write = (post: number, person: Person, more = {}) =>
      add(store(), post, {
        ...by(person.name),
        user: person.id,
        role: person.role,
        email: null,
        ...more,
      });

    it("follows their name and website, what a moderator deleted, too", async () => {
      const post = await addPost(store());
      const person = await addPerson(store());
      const { id } = await write(post.id, person);
      const { id: deleted } = await write(post.id, person);
      const { id: guests } = await add(store(), post.id, by(person.name));
      await store().comments.change(id, { text: written("Edited") }, "author", at(3), asModerator);
      await store().comments.delete(deleted, ADMIN, at(4), asModerator);
      const before = required(await store().posts.find({ id: post.id })).version;
      const author = { ...by(unique("New")), website: "https://new.example/" };
      await store().users.change(person.id, { author }, terms);
      await finish(store());
      await store().comments.change(deleted, { status: "approved" }, ADMIN, at(5), asModerator);
      for (const one of [id, deleted])
        expect(await json(one)).toMatchObject({
          author: author.author,
          website: "https://new.example/",
          avatar: `/api/avatars/${author.avatar}.svg`,
          user: person.id,
        });
      expect(await json(guests)).toMatchObject({ author: person.name, user: null });
      expect((await store().comments.history(id)).map((edit) => edit.author)).toEqual([author.author]);
      expect(required(await store().posts.find({ id: post.id })).version).toBeGreaterThan(before);
      const list = await store().comments.list(listQuery({ author: author.authorKey }));
      expect(list.rows.map((row) => row.id)).toEqual([id, deleted]);
    });

    it("stays without them when they leave, and they are nobody at once", async () => {
      const person = await addPerson(store());
      await store().imports.run([postRow(unique("blog"), { author: person.name })], {
        keepGoing: false,
        source: unique("s"),
      });
      const post = await addPost(store());
      const { id } = await write(post.id, person, written("The wombat stays"));
      const { id: deleted } = await write(post.id, person);
      const { id: other } = await add(store(), post.id);
      const key = { key: unique("key"), request: "r" };
      await store().comments.create(
        draft(post.id, { ...by(person.name), user: person.id, parent: id }),
        key,
        BASE,
      );
      await store().comments.change(id, { text: written("The wombat stayed") }, "author", at(3), asModerator);
      await store().comments.delete(deleted, ADMIN, at(4), asModerator);
      await store().comments.vote(other, `user:${person.id}`, 1, at(4));
      await store().comments.report(
        other,
        reportBy(`user:${person.id}`, { reason: "spam", note: "A note", at: at(4) }),
        0,
      );
      const session = { hash: unique("h"), user: person.id, userAgent: "", at: at(1), expiresAt: at(60) };
      await store().sessions.create(session, "hash", null);
      const token = { user: person.id, name: "Bot", scope: "full", role: "member" } as const;
      await store().tokens.create({ ...token, createdAt: at(1), expiresAt: null, hash: session.hash }, null);
      const before = required(await store().posts.find({ id: post.id })).version;

      const left = await store().users.remove(person.id, { erase: false, nobody }, terms);
      expect(left).toEqual({ refused: null, person });
      expect(await store().users.find(person.id)).toBeNull();
      expect(await store().users.isReserved(person.name.toLowerCase(), person.email)).toBe(false);
      expect(await store().sessions.find(session.hash, at(2), at(0))).toBeNull();
      expect(await store().tokens.find(session.hash, at(2))).toBeNull();
      await finish(store());

      expect(await json(id)).toMatchObject({
        comment: "The wombat stayed",
        author: "Anonymous",
        website: null,
        avatar: "/api/avatars/seed-nobody.svg",
        user: null,
        role: null,
        email: null,
        address: null,
        votes: { up: 0 },
      });
      expect((await store().comments.list(listQuery({ q: "wombat" }))).rows.map((row) => row.id)).toEqual([
        id,
      ]);
      expect((await store().comments.history(id)).map((edit) => edit.author)).toEqual(["Anonymous"]);
      await store().comments.change(deleted, { status: "approved" }, ADMIN, at(5), asModerator);
      expect(await json(deleted)).toMatchObject({ author: "Anonymous", user: null, email: null });
      expect(await json(other)).toMatchObject({ votes: { up: 1 } });
      const replay = await store().comments.create(draft(post.id), key, BASE);
      expect(JSON.stringify(replay)).not.toContain(person.name);
      expect(required(await store().posts.find({ id: post.id })).version).toBeGreaterThan(before);
      for (const part of PARTS)
        expect([part, (await store().users.personal(person.id, part, 0, 10)).rows]).toEqual([part, []]);
      expect(await store().users.remove(person.id, { erase: false, nobody }, terms)).toEqual({
        refused: "absent",
      });
      // Their address is free again.
      expect(
        await store().users.create(personDraft(person.name, { email: required(person.email) }), own),
      ).toMatchObject({ refused: null });
    });

    it("goes with them where they want it erased: tombstones under answers, nothing elsewhere", async () => {
      const post = await addPost(store());
      const person = await addPerson(store());
      const { id: answered } = await write(post.id, person, written("The quokka was here"));
      const { id: alone } = await write(post.id, person, written("The quokka again"));
      const { id: trashed } = await write(post.id, person, written("A quokka in the bin"));
      const { id: answer } = await add(store(), post.id, { parent: answered, ...by("Lin") });
      await store().comments.change(alone, { text: written("No quokka") }, "author", at(3), asModerator);
      await store().comments.delete(trashed, ADMIN, at(4), asModerator);
      await store().users.remove(person.id, { erase: true, nobody }, terms);
      await finish(store());
      const { rows } = await readThread(
        store(),
        threadQuery(required(await store().posts.find({ id: post.id }))),
      );
      expect(rows.map((row) => JSON.parse(row.json))).toMatchObject([
        { id: answered, status: "deleted", author: "", comment: "", replies: 1 },
        { id: answer, status: "approved" },
      ]);
      expect(required(await store().posts.find({ id: post.id })).comments).toBe(1);
      expect((await store().comments.list(listQuery({ q: "quokka" }))).rows).toEqual([]);
      expect(await store().comments.history(alone)).toEqual([]);
      for (const one of [answered, alone, trashed])
        expect(await store().comments.change(one, { status: "approved" }, ADMIN, at(5), asModerator)).toEqual(
          { refused: "not_restorable" },
        );
    });

    it.each([true, false])("is worked off in parts, however much it is (erased: %s)", async (erase) => {
      const post = await addPost(store());
      const person = await addPerson(store());
      const before = await store().site();
      for (let n = 0; n < 450; n++) await write(post.id, person);
      await store().users.remove(person.id, { erase, nobody }, terms);
      expect(await finish(store())).toBeGreaterThan(1);
      expect(await finish(store())).toBe(0);
      const { rows } = await readThread(store(), threadQuery(post));
      expect(rows).toHaveLength(erase ? 0 : 450);
      expect(rows.every(({ json: text }) => JSON.parse(text).author === "Anonymous")).toBe(true);
      expect((await store().site()).comments).toBe(before.comments + (erase ? 0 : 450));
    });

    it.each([true, false])(
      "is without them, too, where a moderator brings it back meanwhile (erased: %s)",
      async (erase) => {
        const post = await addPost(store());
        const person = await addPerson(store());
        const { id } = await write(post.id, person, written("The numbat in the bin"));
        await store().comments.delete(id, ADMIN, at(4), asModerator);
        for (let n = 0; n < 250; n++) await write(post.id, person);
        await store().users.remove(person.id, { erase, nobody }, terms);
        await store().comments.change(id, { status: "approved" }, ADMIN, at(5), asModerator);
        await finish(store());
        expect(await json(id)).toMatchObject({ author: erase ? "" : "Anonymous", user: null, email: null });
        expect((await store().comments.list(listQuery({ author: person.name.toLowerCase() }))).rows).toEqual(
          [],
        );
      },
    );

    it("is all in what is held about them, part by part, and nobody else's", async () => {
      const post = await addPost(store());
      const [person, other] = [await addPerson(store()), await addPerson(store())];
      const ids = [];
      for (let n = 0; n < 3; n++) ids.push((await write(post.id, person, written(`Text ${n}`))).id);
      const theirs = await write(post.id, other);
      const [first = 0, second = 0, third = 0] = ids;
      await store().comments.change(first, { text: written("Mended") }, "author", at(3), asModerator);
      await store().comments.delete(third, ADMIN, at(4), asModerator);
      await store().comments.vote(theirs.id, `user:${person.id}`, -1, at(5));
      await store().comments.report(
        theirs.id,
        reportBy(`user:${person.id}`, { reason: "abuse", note: "Rude", at: at(6) }),
        0,
      );
      const part = async (name: Part) => {
        const page = await store().users.personal(person.id, name, 0, 100);
        return page.rows.map(({ json: text }) => JSON.parse(text));
      };
      expect(await part("comments")).toMatchObject([
        { id: first, comment: "Mended", edits: [{ comment: "Text 0" }], pinned: false },
        { id: second, comment: "Text 1", edits: [] },
      ]);
      expect(await part("deletedComments")).toMatchObject([
        { id: third, comment: "Text 2", deletedAt: at(4) },
      ]);
      expect(await part("votes")).toEqual([{ comment: theirs.id, value: -1, votedAt: at(5) }]);
      expect(await part("reports")).toEqual([
        { comment: theirs.id, reason: "abuse", note: "Rude", reportedAt: at(6) },
      ]);
      const page = await store().users.personal(person.id, "comments", 0, 1);
      expect(page).toMatchObject({ rows: [{ key: first }], more: true });
      expect((await store().users.personal(person.id, "comments", first, 1)).rows[0]?.key).toBe(second);
    });
  });

  describe("a person's tokens", () => {
    const store = shared(engine);
    const make = (user: number, more = {}) =>
      store().tokens.create(
        {
          hash: unique("hash"),
          user,
          name: "Bot",
          scope: "read",
          role: "member",
          createdAt: at(1),
          expiresAt: null,
          ...more,
        },
        null,
      );

    it("are found by hash until they are over, listed and deleted by their owner, or by an admin", async () => {
      const [person, other] = [await addPerson(store()), await addPerson(store())];
      const hash = unique("found");
      const first = required(await make(person.id, { hash, expiresAt: at(10) }));
      const second = required(await make(person.id, { scope: "full" }));
      expect(await store().tokens.find(hash, at(9))).toEqual({
        role: "member",
        scope: "read",
        expiresAt: at(10),
        user: { id: person.id, name: person.name, role: "member" },
      });
      expect(await store().tokens.find(hash, at(10))).toBeNull();
      const page = await store().tokens.list({ user: person.id, limit: 1 });
      expect(page).toEqual({ rows: [first], more: true });
      const after = { value: first.createdAt, id: first.id };
      expect(await store().tokens.list({ user: person.id, after, limit: 1 })).toEqual({
        rows: [second],
        more: false,
      });
      expect(JSON.stringify(page)).not.toContain(hash);
      expect(await store().tokens.delete(first.id, other.id)).toBeNull();
      expect(await store().tokens.delete(first.id, person.id)).toEqual(first);
      expect(await store().tokens.delete(first.id, person.id)).toBeNull();
      expect(await store().tokens.delete(second.id, null)).toEqual(second);
      expect(await make(4711)).toBeNull();
    });
  });
}
