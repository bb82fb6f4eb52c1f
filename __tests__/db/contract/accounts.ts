import { describe, expect, it } from "@jest/globals";
import { at, required, unique, userRow } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { NewAccount } from "@/db/port/accounts";
import type { Store } from "@/db/store";

export function accountDraft(more: Partial<NewAccount> = {}): NewAccount {
  const email = `${unique("ada")}@example.org`;
  return { name: "Ada", nameKey: "ada", email, password: "hash", role: "member", at: at(0), ...more };
}

/** A person who can sign in; their id. */
export async function addAccount(store: Store, more: Partial<NewAccount> = {}): Promise<number> {
  const { at: createdAt, ...draft } = accountDraft(more);
  const person = { ...draft, profession: null, website: null, createdAt };
  const made = await store.users.create(person, { namesakes: true, by: null });
  if (made.refused !== null) throw new Error(made.refused);
  return made.person.id;
}

export function accounts(engine: Engine): void {
  describe("an account", () => {
    const store = shared(engine);

    it("is found by its e-mail address in any case, and by its id", async () => {
      const email = "Grace@Example.org";
      const id = await addAccount(store(), { email, name: "Grace", role: "author" });
      const found = required(await store().accounts.find("gRACE@eXAMPLE.ORG"));
      expect(found).toEqual({ email, password: "hash", user: { id, name: "Grace", role: "author" } });
      expect(await store().accounts.findById(found.user.id)).toEqual(found);
      expect(await store().accounts.find("grace@example.com")).toBeNull();
      expect(await store().accounts.findById(found.user.id + 1000)).toBeNull();
    });

    it("has no password while nobody set one", async () => {
      const bob = userRow("Bob", { email: "bob@example.org" });
      await store().imports.run([bob], { keepGoing: false, source: "test" });
      expect(required(await store().accounts.find("bob@example.org")).password).toBeNull();
    });
  });

  describe("a password that is set", () => {
    const store = shared(engine);

    it("takes the place of the former one and ends the person's sessions, all but the one to keep", async () => {
      const [ada, lin] = [await addAccount(store()), await addAccount(store())];
      const signIn = async (user: number, hash: string) => {
        const session = { hash, user, userAgent: "", at: at(1), expiresAt: at(60) };
        return required(await store().sessions.create(session, "hash", null)).id;
      };
      const kept = await signIn(ada, "ada 1");
      await signIn(ada, "ada 2");
      await signIn(ada, "ada 3");
      await signIn(lin, "lin 1");
      expect(await store().accounts.setPassword(ada, "another", kept)).toBe(2);
      expect(required(await store().accounts.findById(ada)).password).toBe("another");
      const alive = await Promise.all(
        ["ada 1", "ada 2", "ada 3", "lin 1"].map((hash) => store().sessions.find(hash, at(2), at(0))),
      );
      expect(alive.map((one) => one !== null)).toEqual([true, false, false, true]);
      expect(await store().accounts.setPassword(ada, "a third", null)).toBe(1);
      expect(await store().accounts.setPassword(ada, "a fourth", null)).toBe(0);
    });

    it("of nobody is nothing", async () => {
      expect(await store().accounts.setPassword(4711, "hash", null)).toBeNull();
    });
  });

  describe("a password that is reset", () => {
    const store = shared(engine);

    it("replaces that of an account which is still as it was read, one of many who try, and is in the audit log", async () => {
      const id = await addAccount(store(), { role: "author" });
      const was = required(await store().accounts.findById(id));
      const session = { hash: "one", user: id, userAgent: "", at: at(1), expiresAt: at(60) };
      await store().sessions.create(session, "hash", null);
      const all = await Promise.all(
        ["a", "b", "c"].map((one) => store().accounts.resetPassword(was, one, at(2))),
      );
      expect(all).toEqual([1, null, null]);
      expect(required(await store().accounts.findById(id)).password).toBe("a");
      const { rows } = await store().audit.list({ type: "user", subject: id, limit: 10 });
      const by = { user: id, name: "Ada", role: "author" };
      expect(rows).toMatchObject([{ action: "user.password", at: at(2), by, before: null, after: null }]);
      const moved = { ...was, password: "a", email: "elsewhere@example.org" };
      expect(await store().accounts.resetPassword(moved, "d", at(3))).toBeNull();
    });

    it("is asked for by mail to the account alone, and asking for nobody's writes a row, too", async () => {
      const id = await addAccount(store(), { email: "Asks@Example.org" });
      await store().mails.turn(true);
      await store().accounts.askReset("asks@example.org", at(1));
      await store().accounts.askReset("nobody@example.org", at(1));
      const claimed = await store().mails.claim(9, at(2), at(9));
      expect(claimed).toMatchObject([
        { kind: "password.reset", user: id, address: "Asks@Example.org", facts: {} },
        { kind: "password.reset", user: null, address: expect.stringMatching(/@nobody\.invalid$/) },
      ]);
    });
  });
}
