import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { unique } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";

const quota = { limit: 5, window: 60_000 };
const NOON = Date.UTC(2026, 5, 1, 12);
const YEARS = 2 * 365 * 86_400_000;

export function limits(engine: Engine): void {
  describe("a quota", () => {
    const store = shared(engine);
    const taker = () => {
      const key = unique("key");
      return (now: number, of = quota) => store().limits.take(key, of, now);
    };
    const exhaust = async (take: ReturnType<typeof taker>, now: number) => {
      let allowed = 0;
      while ((await take(now)).allowed) allowed++;
      return allowed;
    };

    it("is for so many takes, then refused until one is refilled", async () => {
      const take = taker();
      for (let n = 1; n <= 5; n++) {
        expect(await take(NOON)).toEqual({
          allowed: true,
          remaining: 5 - n,
          reset: n * 12_000,
          retryAfter: 0,
        });
      }
      expect(await take(NOON)).toEqual({ allowed: false, remaining: 0, reset: 60_000, retryAfter: 12_000 });
      expect(await take(NOON + 11_999)).toMatchObject({ allowed: false, retryAfter: 1 });
      expect(await take(NOON + 12_000)).toMatchObject({ allowed: true, remaining: 0 });
      expect(await take(NOON + 12_000)).toMatchObject({ allowed: false });
      expect(await exhaust(take, NOON + 12_000 + 60_000)).toBe(5);
    });

    it("is refilled evenly and never beyond its size", async () => {
      const take = taker();
      await exhaust(take, NOON);
      expect(await exhaust(take, NOON + 30_000)).toBe(2);
      expect(await exhaust(take, NOON + 86_400_000)).toBe(5);
    });

    it("is each key's own", async () => {
      const [one, two] = [taker(), taker()];
      await exhaust(one, NOON);
      expect(await two(NOON)).toMatchObject({ allowed: true, remaining: 4 });
    });

    it("says when to come back, and means it", async () => {
      const anyQuota = fc.record({
        limit: fc.integer({ min: 1, max: 100 }),
        window: fc.integer({ min: 1, max: 10_000_000 }),
      });
      await fc.assert(
        fc.asyncProperty(anyQuota, async (of) => {
          const take = taker();
          for (let n = 0; n < of.limit; n++) expect((await take(NOON, of)).allowed).toBe(true);
          const refused = await take(NOON, of);
          expect(refused.allowed).toBe(false);
          expect(refused.retryAfter).toBeGreaterThan(0);
          expect((await take(NOON + refused.retryAfter - 1, of)).allowed).toBe(false);
          expect((await take(NOON + refused.retryAfter, of)).allowed).toBe(true);
        }),
        { numRuns: 20 },
      );
    });

    it("recovers within a window from a clock that jumps two years ahead and back", async () => {
      const take = taker();
      await exhaust(take, NOON);
      expect(await exhaust(take, NOON + YEARS)).toBe(5);
      expect((await take(NOON)).retryAfter).toBeLessThanOrEqual(quota.window);
      expect(await exhaust(take, NOON + quota.window)).toBe(5);
    });

    it("recovers even where nobody asked while the clock was right again but later", async () => {
      const take = taker();
      await take(NOON + YEARS);
      for (const now of [NOON, NOON + 1, NOON + 12_000, NOON + 24_000]) await take(now);
      expect((await take(NOON + 2 * quota.window)).allowed).toBe(true);
    });

    it("is whole after two years, and gives no more for a clock that went back", async () => {
      const take = taker();
      await exhaust(take, NOON);
      await take(NOON - YEARS);
      expect(await exhaust(take, NOON - YEARS + quota.window)).toBe(5);
    });

    it("gives exactly its size to many who take at once", async () => {
      const take = taker();
      const takes = await Promise.all(Array.from({ length: 200 }, () => take(NOON)));
      expect(takes.filter(({ allowed }) => allowed)).toHaveLength(5);
    });

    it("that was made smaller holds at once", async () => {
      const take = taker();
      await exhaust(take, NOON);
      expect((await take(NOON, { limit: 2, window: 1000 })).retryAfter).toBeLessThanOrEqual(500);
    });

    it("gives back what was taken, and no more than that", async () => {
      const key = unique("key");
      const take = () => store().limits.take(key, quota, NOON);
      const giveBack = () => store().limits.giveBack(key, quota, NOON);
      await giveBack();
      for (let n = 0; n < 5; n++) await take();
      expect((await take()).allowed).toBe(false);
      await giveBack();
      expect(await take()).toMatchObject({ allowed: true, remaining: 0 });
      for (let n = 0; n < 9; n++) await giveBack();
      expect(await take()).toMatchObject({ allowed: true, remaining: 4 });
    });

    it("says whether any of it is taken, until all is refilled", async () => {
      const key = unique("key");
      expect(await store().limits.isTaken(key, NOON)).toBe(false);
      await store().limits.take(key, quota, NOON);
      expect(await store().limits.isTaken(key, NOON + 11_999)).toBe(true);
      expect(await store().limits.isTaken(key, NOON + 12_000)).toBe(false);
    });
  });
}
