import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  ADMIN,
  add,
  addPost,
  asModerator,
  at,
  BASE,
  commentRow,
  newPage,
  postRow,
  required,
  unique,
  written,
} from "@/__tests__/db/contract/drafts";
import { type Engine, shared } from "@/__tests__/db/contract/engine";
import { RANKED, type SearchQuery, SHOWN } from "@/db/port/search";
import { findWords, readTerms, type Term } from "@/db/words";

/** What people type who want to know what is behind the box. */
export const INJECTIONS = [
  ...[
    '"',
    '""',
    '"""',
    '"open',
    'close"',
    "“curly",
    "«»",
    "'",
    "''",
    "`",
    "\\",
    "\\\\",
    "\\'",
    "%",
    "_",
    "*",
    "**",
  ],
  ...[
    "a*",
    "*a",
    "^a",
    "-a",
    "+a",
    "a AND",
    "AND",
    "a OR b",
    "NOT a",
    "a NOT b",
    "NEAR",
    "NEAR(",
    "NEAR(a b, 2)",
  ],
  ...[
    "title:a",
    "text:a",
    "{title text}:a",
    "- title : a",
    "rowid:1",
    "(",
    ")",
    "((((",
    "a)",
    "(a",
    "a + b",
    "a . b",
  ],
  ...[
    "search",
    "searchable",
    "rank",
    "bm25(search)",
    "?",
    "?1",
    ":match",
    "$1",
    "@a",
    ";",
    "--",
    "/*",
    "#",
    "\t\n",
  ],
  ...["' OR 1=1 --", "'; DROP TABLE comments; --", '" OR "a"="a', "1; SELECT secret FROM site", "a\0b", "\0"],
  ...[
    "%' UNION SELECT hash FROM tokens --",
    "😀",
    "Ⅷ",
    "٣",
    "\u0301",
    "\u202e",
    "\ud800",
    "ﷺ",
    "ß",
    "İ",
    "日本語",
  ],
  ...[
    Array.from({ length: 100 }, (_, n) => n % 10).join(" "),
    '"a" '.repeat(50),
    '"'.repeat(200),
    "(".repeat(200),
  ],
  ...["a".repeat(200), "é".repeat(200), "a-".repeat(100), "a b ".repeat(50), '"'.concat("a ".repeat(99))],
];

export function search(engine: Engine): void {
  describe("a search", () => {
    const store = shared(engine);
    const find = (q: string, more: Partial<SearchQuery> = {}) =>
      store().search({ q, limit: 10, base: BASE, ...more });
    const found = async (q: string, more: Partial<SearchQuery> = {}) =>
      (await find(q, more)).hits.map(({ type, id }) => `${type} ${id}`);

    it("finds posts and comments, and says where they are", async () => {
      const post = await addPost(store(), {
        title: "Gulls & terns",
        content: "A gull.",
        html: "<p>A gull.</p>",
      });
      const { id } = await add(store(), post.id, written("That gull is a tern"));
      expect(await find("gull")).toEqual({
        total: 2,
        hits: [
          {
            type: "post",
            id: post.id,
            post: post.id,
            title: "Gulls & terns",
            html: "<p>A gull.</p>",
            url: `${BASE}/posts/${post.slug}`,
          },
          {
            type: "comment",
            id,
            post: post.id,
            title: "Gulls & terns",
            html: "<p>That gull is a tern</p>",
            url: `${BASE}/posts/${post.slug}#comment-${id}`,
          },
        ],
      });
      expect(await found("gull", { type: "post" })).toEqual([`post ${post.id}`]);
      expect(await found("gull", { type: "comment" })).toEqual([`comment ${id}`]);
      expect(await find("gull", { limit: 1 })).toMatchObject({ total: 2, hits: [{ type: "post" }] });
      expect(await find("gull", { type: "comment", limit: 1 })).toMatchObject({ total: 1 });
    });

    it("leads to the page that a post stands for", async () => {
      const page = newPage();
      const { id, post } = await add(store(), page, written("Pelican"));
      expect((await find("pelican")).hits).toMatchObject([
        { type: "comment", id, post, title: page.title, url: `${page.url}#comment-${id}` },
      ]);
      expect((await find(`"${page.title}"`)).hits).toMatchObject([{ type: "post", url: page.url, html: "" }]);
    });

    it("wants every word, phrases as they stand, and the last word by its beginning unless it is quoted", async () => {
      const post = await addPost(store());
      const both = await add(store(), post.id, written("a heron stands in the reeds"));
      const heron = await add(store(), post.id, written("heron, standing: the"));
      const one = `comment ${both.id}`;
      const two = [`comment ${heron.id}`, one];
      for (const [q, wanted] of [
        ["heron", two],
        ["heron stand", two],
        ["heron stands", [one]],
        ['heron "stand"', []],
        ['heron "stand', two],
        ["stand heron", []],
        ['"heron stands"', [one]],
        ['"stands heron"', []],
        ['"in the" heron', [one]],
        ["“in the” heron", [one]],
        ["heron-stands", [one]],
        ["heron!stand", two],
        ["HERON   Stand  ", two],
        ["heron reeds nothing", []],
        ["heron t", []],
        ["heron a", [one]],
        ["heron re !", [one]],
      ] as const) {
        expect([q, new Set(await found(q))]).toEqual([q, new Set(wanted)]);
      }
    });

    it("finds words whatever their case and Latin accents, in either writing of these", async () => {
      const post = await addPost(store());
      const wanted = [`comment ${(await add(store(), post.id, written("Crème brûlée, ЁЛКА, ΟΔΟΣ"))).id}`];
      for (const q of [
        "creme",
        "CRÈME",
        "cre\u0300me bru\u0302lee",
        "елка ёлка",
        "ёлка",
        "οδος",
        '"creme brulee"',
      ]) {
        expect([q, await found(q)]).toEqual([q, q.startsWith("елка") ? [] : wanted]);
      }
    });

    it("finds text without spaces by the beginning of a run of it", async () => {
      const post = await addPost(store());
      const { id } = await add(store(), post.id, written("日本語のコメント、返信"));
      for (const q of ["日", "日本", "返信"]) expect(await found(q)).toEqual([`comment ${id}`]);
    });

    it("puts a word in a title before all, then where it makes up more of the text", async () => {
      const word = unique("puffin").replace("-", "");
      const filler = "and much else that has little to do with it ".repeat(40);
      const title = await addPost(store(), { title: `About the ${word}`, content: filler.repeat(20) });
      const text = await addPost(store(), { title: "Birds", content: `${filler} ${word}` });
      const long = await add(store(), text.id, written(`${filler.slice(0, 400)} ${word}`));
      const twice = await add(store(), text.id, written(`${word}, oh ${word}!`));
      const once = await add(store(), text.id, written(`one ${word} here`));
      expect(await found(word)).toEqual([
        `post ${title.id}`,
        ...[twice, once, long].map(({ id }) => `comment ${id}`),
        `post ${text.id}`,
      ]);
    });

    it("gives the newest first where all else is equal, and the same order each time", async () => {
      const post = await addPost(store());
      const made: string[] = [];
      for (let n = 0; n < 5; n++)
        made.unshift(`comment ${(await add(store(), post.id, written("stork"))).id}`);
      expect(await found("stork")).toEqual(made);
      expect(await found("stork", { limit: 2 })).toEqual(made.slice(0, 2));
    });

    it("finds what is approved, as it is now, and counts nothing else", async () => {
      const post = await addPost(store());
      const held = await add(store(), post.id, { ...written("osprey one"), status: "pending" });
      const spam = await add(store(), post.id, { ...written("osprey two"), status: "spam" });
      const shown = await add(store(), post.id, written("osprey three"));
      const only = async (...wanted: { id: number }[]) => {
        const { total, hits } = await find("osprey");
        expect([total, hits.map(({ id }) => id).sort()]).toEqual([
          wanted.length,
          wanted.map(({ id }) => id).sort(),
        ]);
      };
      const change = (id: number, how: Parameters<ReturnType<typeof store>["comments"]["change"]>[1]) =>
        store().comments.change(id, how, ADMIN, at(2), asModerator);
      await only(shown);
      await change(held.id, { status: "approved" });
      await change(spam.id, { text: written("osprey still spam") });
      await only(shown, held);
      await change(shown.id, { status: "spam" });
      await only(held);
      await change(held.id, { text: written("kestrel") });
      await only();
      expect(await found("kestrel")).toEqual([`comment ${held.id}`]);
      await change(held.id, { text: written("osprey again"), status: "pending" });
      await only();
      await change(held.id, { status: "approved" });
      await only(held);
      await store().comments.delete(held.id, ADMIN, at(3), asModerator);
      await only();
      await change(held.id, { status: "approved" });
      await only(held);
      await store().comments.delete(held.id, "author", at(3), asModerator);
      await only();
    });

    it("finds a page once somebody may read of it, and no more when nobody may", async () => {
      const page = newPage();
      const { id } = await add(store(), page, { ...written("Grebe"), status: "pending" });
      const q = `"${page.title}"`;
      expect(await find(q)).toEqual({ total: 0, hits: [] });
      await store().comments.change(id, { status: "approved" }, ADMIN, at(2), asModerator);
      expect(await find(q)).toMatchObject({ total: 1 });
      await store().comments.delete(id, ADMIN, at(3), asModerator);
      expect(await find(q)).toEqual({ total: 0, hits: [] });
    });

    it("knows what an import brings and takes away, large or small", async () => {
      for (const size of [3, RANKED + 100]) {
        const source = unique("flock").replace("-", "");
        const rows = Array.from({ length: size }, (_, n) =>
          commentRow(`${source} ${n}`, { post: source, createdAt: at(n) }),
        );
        await store().imports.run([postRow(source), ...rows], { keepGoing: false, source });
        const { total, hits } = await find(source);
        // At the cap, what is counted is what was weighed.
        expect(total).toBe(Math.min(size + 1, RANKED));
        expect(hits[0]).toMatchObject({ type: "post", title: source });
        expect(await find(`${source} 1099`)).toMatchObject({ total: size > 1099 ? 1 : 0 });
        expect(await find(source, { type: "post" })).toMatchObject({ total: 1 });
        await store().imports.remove(source);
        expect(await find(source)).toEqual({ total: 0, hits: [] });
      }
    });

    it("gives no more of a text than a snippet is looked for in", async () => {
      await addPost(store(), { title: "Long", content: "albatross", html: "<p>é</p>".repeat(10_000) });
      expect(required((await find("albatross")).hits[0]).html).toHaveLength(SHOWN);
    });

    it("finds what a naive reading of the same words gives, for any query", async () => {
      const post = await addPost(store());
      const pieces =
        "owl Owls öwl owl-light o'wl “owl” (the) THE Thé then, 2nd 22 c++ ёж еж 東京 東 हिन्दी *owl* a".split(
          " ",
        );
      const [texts] = fc.sample(
        fc.array(fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 6 }), {
          minLength: 60,
          maxLength: 60,
        }),
        { numRuns: 1, seed: 8 },
      );
      const kept: { id: number; words: string[] }[] = [];
      for (const text of (texts ?? []).map((words) => `naive ${words.join(" ")}`)) {
        const { id } = await add(store(), post.id, written(text));
        kept.push({ id, words: findWords(text).map(({ word }) => word) });
      }
      const occurs = (all: string[], { words, prefix }: Term) =>
        all.some((_, at) =>
          words.every((word, n) =>
            prefix && n === words.length - 1 ? all[at + n]?.startsWith(word) : all[at + n] === word,
          ),
        );
      const parts = fc.array(fc.constantFrom(...pieces, "ow", "t", "ду", "東京都", '"', '"'), {
        maxLength: 5,
      });
      await fc.assert(
        fc.asyncProperty(parts, async (asked) => {
          const q = `naive ${asked.join(" ")}`;
          const terms = readTerms(q);
          const wanted = kept.filter(({ words }) => terms.every((term) => occurs(words, term)));
          const { total, hits } = await find(q, { limit: 100 });
          expect([q, hits.map(({ id }) => id).sort()]).toEqual([q, wanted.map(({ id }) => id).sort()]);
          expect(total).toBe(wanted.length);
        }),
        { numRuns: 500 },
      );
    });

    it("takes whatever comes for words, never for operators", async () => {
      const post = await addPost(store());
      await add(store(), post.id, written("a b 1 search title text rowid NEAR AND OR NOT"));
      const anything = fc.oneof(fc.constantFrom(...INJECTIONS), fc.string({ unit: "binary" }), fc.string());
      await fc.assert(
        fc.asyncProperty(fc.array(anything, { maxLength: 3 }), async (parts) => {
          const { total, hits } = await find(parts.join(" "));
          expect(total).toBeGreaterThanOrEqual(hits.length);
        }),
        { numRuns: 500 },
      );
      for (const q of INJECTIONS) await find(q);
      for (const q of ["a OR nothing", "NOT heron", "title:a", "NEAR(a 1, 1)", "a -b nothing", "^b nothing"])
        expect(await found(q, { type: "comment" })).not.toContain(`post ${post.id}`);
      expect(await find("a OR nosuchword")).toMatchObject({ total: 0 });
      expect(await find("(a NEAR 1)")).toMatchObject({ total: 1 });
      for (const q of ["", " ", '"', "*", "!?", "\0"]) expect(await find(q)).toEqual({ total: 0, hits: [] });
    });
  });
}
