import { describe, expect, it } from "@jest/globals";
import { at } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";

export function tokens(engine: Engine): void {
  describe("tokens", () => {
    const store = shared(engine);

    it("have their first one made once, by exactly one of many who try", async () => {
      expect(await store().tokens.find("hash 0", at(1))).toBeNull();
      const tries = await Promise.all(
        Array.from({ length: 10 }, (_, n) => store().tokens.createFirst(`hash ${n}`, "admin", at(0))),
      );
      expect(tries).toEqual([true, ...Array.from({ length: 9 }, () => false)]);
      expect(await store().tokens.createFirst("later", "admin", at(9))).toBe(false);
      expect(await store().tokens.find("hash 0", at(1))).toEqual({
        role: "admin",
        scope: "full",
        expiresAt: null,
        user: null,
      });
      expect(await store().tokens.find("hash 1", at(1))).toBeNull();
      expect(await store().tokens.find("", at(1))).toBeNull();
    });

    it("of nobody are made again when they are lost, beside the former ones or in their place", async () => {
      const alive = async () =>
        Promise.all(
          ["hash 0", "second", "third"].map(
            async (one) => (await store().tokens.find(one, at(1)))?.role ?? null,
          ),
        );
      expect(await store().tokens.createAnother("second", "admin", at(2), false)).toBe(0);
      expect(await alive()).toEqual(["admin", "admin", null]);
      expect(await store().tokens.createAnother("third", "admin", at(3), true)).toBe(2);
      expect(await alive()).toEqual([null, null, "admin"]);
    });
  });
}
