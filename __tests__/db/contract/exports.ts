import { beforeAll, describe, expect, it } from "@jest/globals";
import { ADMIN, add, addPost, at, BASE, reportBy, required, unique } from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import type { ExportKey, ExportPart, ExportRow } from "@/db/port/exports";
import type { Store } from "@/db/store";

const BEGINNING: ExportKey = { id: 0, name: "" };

/** A part, piece by piece; `between` happens after each. */
async function readPart(
  store: Store,
  part: ExportPart,
  until: number,
  between: () => Promise<unknown> = async () => {},
): Promise<ExportRow[][]> {
  const pieces: ExportRow[][] = [];
  for (let after = BEGINNING; ; ) {
    const rows = await store.exports.read({ part, after, until });
    const last = rows.at(-1);
    if (!last) return pieces;
    pieces.push(rows);
    after = last.key;
    await between();
  }
}

const parse = ({ json }: ExportRow) => JSON.parse(json);

export function exports(engine: Engine): void {
  describe("an export", () => {
    const store = shared(engine);

    it("of nothing has nothing", async () => {
      expect(await store().exports.lastComment()).toBe(0);
      expect(await store().exports.read({ part: "comments", after: BEGINNING, until: 0 })).toEqual([]);
    });

    describe("of many comments", () => {
      const ids: number[] = [];
      let post = 0;

      beforeAll(async () => {
        post = (await addPost(store())).id;
        const made = await Promise.all(Array.from({ length: 700 }, () => add(store(), post)));
        ids.push(...made.map(({ id }) => id).sort((a, b) => a - b));
      });

      it("has each once, in the order of their ids, in pieces that are small", async () => {
        const pieces = await readPart(store(), "comments", await store().exports.lastComment());
        expect(pieces.length).toBeGreaterThan(2);
        expect(pieces.flat().map((row) => parse(row).id)).toEqual(ids);
        expect(pieces.flat().every(({ place }) => place === null)).toBe(true);
      });

      it("is small also where the texts are long", async () => {
        const { id } = await addPost(store());
        const long = { comment: "x".repeat(100_000), html: "", textHash: "long" };
        for (let n = 0; n < 6; n++) await add(store(), id, long);
        const pieces = await readPart(store(), "comments", await store().exports.lastComment());
        const sizes = pieces.map((rows) => rows.reduce((sum, { json }) => sum + json.length, 0));
        expect(Math.max(...sizes)).toBeLessThan(400_000);
        expect(pieces.flat()).toHaveLength(706);
      });

      it("has those that were there when it began, whatever comes and goes meanwhile", async () => {
        const until = await store().exports.lastComment();
        const [first, last] = [required(ids.at(0)), required(ids.at(-1))];
        const pieces = await readPart(store(), "comments", until, async () => {
          await add(store(), post);
          await store().comments.change(last, { pinned: true }, ADMIN, at(9), {
            version: null,
            view: "moderator",
            base: BASE,
          });
          await store().comments.vote(first, "network:somewhere", 1, at(9));
        });
        const found = pieces.flat().map(parse);
        expect(found).toHaveLength(706);
        expect(new Set(found.map(({ id }) => id)).size).toBe(706);
        expect(found.filter(({ id }) => id > until)).toEqual([]);
      });
    });

    it("tells of votes and reports what they say, and never where a guest was", async () => {
      const { id: post } = await addPost(store());
      const { id } = await add(store(), post);
      await store().comments.vote(id, "user:7", 1, at(2));
      await store().comments.vote(id, "role:admin", -1, at(2));
      await store().comments.vote(id, "network:secret", 1, at(2));
      await store().comments.report(id, reportBy("network:secret", { note: "rude" }), 0);
      await store().comments.report(id, reportBy("user:8", { network: "secret too" }), 0);
      const until = await store().exports.lastComment();
      const [votes, reports] = await Promise.all(
        (["votes", "reports"] as const).map(async (part) =>
          (await readPart(store(), part, until))
            .flat()
            .map(parse)
            .filter(({ comment }) => comment === id),
        ),
      );
      expect(votes).toEqual([
        { type: "vote", comment: id, by: null, value: 1, votedAt: at(2) },
        { type: "vote", comment: id, by: "role:admin", value: -1, votedAt: at(2) },
        { type: "vote", comment: id, by: "user:7", value: 1, votedAt: at(2) },
      ]);
      expect(reports).toMatchObject([
        { type: "report", by: null, note: "rude", settled: null },
        { type: "report", by: "user:8", note: null },
      ]);
    });

    it("has nothing of a post that is gone, and its last ids rise all the same", async () => {
      const { id } = await addPost(store());
      const made = await add(store(), id, { author: "Gone with it" });
      const { id: other } = await addPost(store(), { slug: unique("stays") });
      await store().posts.delete(id, ADMIN, at(3), null);
      const until = await store().exports.lastComment();
      const comments = (await readPart(store(), "comments", until)).flat().map(parse);
      expect(comments.filter(({ post }) => post === id)).toEqual([]);
      const posts = (await readPart(store(), "posts", until)).flat().map(parse);
      expect(posts.map((post) => post.id)).toContain(other);
      expect(posts.map((post) => post.id)).not.toContain(id);
      const lastIds = await store().exports.lastIds();
      expect(lastIds.comments).toBeGreaterThanOrEqual(made.id);
      expect(lastIds.posts).toBeGreaterThanOrEqual(other);
      expect(Object.keys(lastIds)).not.toEqual(expect.arrayContaining(["tokens"]));
    });

    it("says of bytes where they are, and of nothing else", async () => {
      const sha256 = "a".repeat(64);
      const file = { filename: "a.txt", type: "text/plain", size: 1, sha256, place: "aa/place", user: null };
      await store().files.create({ ...file, paths: ["a.txt"], createdAt: at(1) }, 10);
      const [blob] = (await readPart(store(), "blobs", 0)).flat();
      expect(blob).toMatchObject({ key: { name: sha256 }, place: "aa/place" });
      expect(parse(required(blob))).toEqual({ type: "blob", sha256, mediaType: "text/plain", size: 1 });
    });
  });
}
