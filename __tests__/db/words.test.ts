import { describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import fc from "fast-check";
import { INJECTIONS } from "@/__tests__/db/contract/search";
import { findWords, readTerms } from "@/db/words";

/** What SQLite's index makes of each text. */
function indexed(texts: string[]): string[][] {
  const database = new Database(":memory:");
  database.exec(`
    CREATE VIRTUAL TABLE texts USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2');
    CREATE VIRTUAL TABLE words USING fts5vocab (texts, 'instance')`);
  const add = database.prepare("INSERT INTO texts (rowid, text) VALUES (?, ?)");
  database.transaction(() => {
    for (const [n, text] of texts.entries()) add.run(n, text);
  })();
  const words: string[][] = texts.map(() => []);
  const rows = database.prepare<[], { doc: number; term: string }>(
    "SELECT doc, term FROM words ORDER BY doc, offset",
  );
  for (const { doc, term } of rows.iterate()) words[doc]?.push(term);
  database.close();
  return words;
}
/** The letters in use, and what stands between them. */
const RANGES: [number, number][] = [
  [0x21, 0x24f], // Latin
  [0x300, 0x36f], // accents
  [0x386, 0x3ff], // Greek
  [0x400, 0x527], // Cyrillic
  [0x5be, 0x5f4], // Hebrew
  [0x620, 0x6ff], // Arabic
  [0x901, 0x97f], // Devanagari
  [0xe01, 0xe5b], // Thai
  [0x1e00, 0x1ef9], // Vietnamese
  [0x2010, 0x2027], // dashes, quotation marks, dots
  [0x3001, 0x30ff], // kana
  [0x4e00, 0x9fcb], // Han
  [0xac00, 0xd7a3], // Hangul
  [0xff01, 0xff5e], // of full width
  [0x1f300, 0x1f320], // pictures
];
/** The index has spellings of its own for these: ligatures with an accent, and variants of s, μ, and Greek letters. */
const OWN_WAY = /[\u00b5\u017f\u01e0-\u01e3\u01ee\u01ef\u01fc-\u01ff\u03d0-\u03f5\u1e9b]|\p{Cn}/u;

describe("words", () => {
  it("are to a snippet what they are to the index", () => {
    const letters = RANGES.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, n) => String.fromCodePoint(from + n)),
    ).filter((letter) => !OWN_WAY.test(letter));
    const texts = letters.map((letter) => `q${letter}Q ${letter}`);
    const ours = texts.map((text) => findWords(text).map(({ word }) => word));
    const theirs = indexed(texts);
    expect(letters.filter((_, n) => ours[n]?.join() !== theirs[n]?.join())).toEqual([]);
    expect(letters.length).toBeGreaterThan(30_000);
  });

  it("stand where they say", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        let end = 0;
        for (const { word, ...place } of findWords(text)) {
          expect(place.start).toBeGreaterThanOrEqual(end);
          expect(findWords(text.slice(place.start, place.end)).map((one) => one.word)).toEqual([word]);
          end = place.end;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe("what a person asks for", () => {
  const whole = (...words: string[]) => ({ text: words.join(" "), words, prefix: false });
  const begun = (...words: string[]) => ({ ...whole(...words), prefix: true });

  it.each([
    ["react", [begun("react")]],
    ["react hooks", [whole("react"), begun("hooks")]],
    ["  react \t\n hooks  ", [whole("react"), begun("hooks")]],
    ['"react hooks"', [whole("react", "hooks")]],
    ['"react hooks', [begun("react", "hooks")]],
    ["“react hooks” use", [whole("react", "hooks"), begun("use")]],
    ["„react hooks“", [whole("react", "hooks")]],
    ['react"use state"', [whole("react"), whole("use", "state")]],
    ['"react" ""', [whole("react")]],
    ["react !", [begun("react")]],
    ["vitamin c", [whole("vitamin"), whole("c")]],
    ["c", [whole("c")]],
    ["日", [begun("日")]],
    ["a a a", [whole("a")]],
    ["", []],
    ['" * "', []],
    ["\0", []],
  ])("%j", (q, terms) => {
    expect(readTerms(q)).toEqual(terms);
  });

  it("keeps a word with signs in it together, and what it was typed as", () => {
    expect(readTerms("C++/CLI Don't")).toEqual([
      { text: "C++/CLI", words: ["c", "cli"], prefix: false },
      { text: "Don't", words: ["don", "t"], prefix: false },
    ]);
  });

  it("is words and nothing else, whatever was typed", () => {
    const typed = fc.oneof(fc.constantFrom(...INJECTIONS), fc.string({ unit: "binary" }), fc.string());
    fc.assert(
      fc.property(fc.array(typed, { maxLength: 4 }), (parts) => {
        const terms = readTerms(parts.join(" "));
        for (const { text, words } of terms) {
          expect(text).not.toMatch(/["\p{Cc}]/u);
          expect(words.length).toBeGreaterThan(0);
          for (const word of words) expect(word).toMatch(/^[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{M}\p{Co}]*$/u);
        }
        expect(terms.slice(0, -1).filter(({ prefix }) => prefix)).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });
});
