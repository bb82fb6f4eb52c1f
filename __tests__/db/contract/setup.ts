import { describe, expect, it } from "@jest/globals";
import { accountDraft, addAccount } from "@/__tests__/db/contract/accounts";
import { at, required } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";

export function setup(engine: Engine): void {
  const admin = () => accountDraft({ role: "admin", at: at(1) });

  describe("the first setup link", () => {
    const store = shared(engine);

    it("is offered once, makes one account, and is dead from then on", async () => {
      const offers = await Promise.all(["a", "b", "c"].map((hash) => store().setup.offerFirst(hash, at(10))));
      expect(offers).toEqual([true, false, false]);
      expect(await store().setup.isOpen("a", at(1))).toBe(true);
      for (const [hash, when] of [
        ["b", at(1)],
        ["", at(1)],
        ["a", at(10)],
      ] as const)
        expect(await store().setup.isOpen(hash, when)).toBe(false);

      expect((await store().setup.use("b", admin())).refused).toBe("setup_done");
      const race = await Promise.all(Array.from({ length: 5 }, () => store().setup.use("a", admin())));
      expect(race.map(({ refused }) => refused).sort()).toEqual(
        [null, ...Array(4).fill("setup_done")].sort(),
      );
      expect(await store().setup.isOpen("a", at(1))).toBe(false);
      expect((await store().setup.use("", admin())).refused).toBe("setup_done");
      expect(await store().setup.offerFirst("d", at(10))).toBe(false);
      const { rows } = await store().audit.list({ limit: 10 });
      expect(rows).toMatchObject([{ action: "user.create", type: "user", after: { role: "admin" } }]);
    });

    it("can be had again, and again in place of that one", async () => {
      await store().setup.offer("e", at(10));
      await store().setup.offer("f", at(10));
      expect((await store().setup.use("e", admin())).refused).toBe("setup_done");
      const draft = admin();
      expect(await store().setup.use("f", draft)).toMatchObject({ refused: null, user: { role: "admin" } });
      expect(required(await store().accounts.find(draft.email)).user.role).toBe("admin");
    });

    it("stays open where the e-mail address is taken, and is too old at its end", async () => {
      await store().setup.offer("g", at(10));
      await addAccount(store(), { email: "taken@example.org" });
      expect((await store().setup.use("g", { ...admin(), email: "TAKEN@example.org" })).refused).toBe(
        "email_taken",
      );
      expect((await store().setup.use("g", { ...admin(), at: at(10) })).refused).toBe("setup_done");
      expect((await store().setup.use("g", admin())).refused).toBeNull();
    });
  });

  describe("no first setup link", () => {
    const store = shared(engine);

    it("is offered where somebody can sign in already", async () => {
      await addAccount(store());
      expect(await store().setup.offerFirst("a", at(10))).toBe(false);
    });
  });
}
