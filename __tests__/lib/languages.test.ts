import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, test } from "@jest/globals";
import { readText } from "@/__tests__/support/markdown";
import { readSaid } from "@/__tests__/support/texts";
import { readConfig } from "@/lib/config";
import { directionOf, LANGUAGES, readLanguage, withLanguage } from "@/lib/languages";
import type { Messages } from "@/lib/translator";

const codes = LANGUAGES.map(({ code }) => code);
const folders = ["lib/languages", "public/languages"];

const read = (folder: string, code: string): Messages => JSON.parse(readText(`${folder}/${code}.json`));

/** All that a message may say. */
const textsOf = (message: Messages[string] = "") =>
  typeof message === "string" ? [message] : Object.values(message);

/** The places that a message has in any of its plurals. */
const placesOf = (message: Messages[string] | undefined) =>
  [...new Set(textsOf(message).flatMap((text) => text.match(/\{\w+\}/g) ?? []))].sort();

describe.each(folders)("in %s", (folder) => {
  const english = read(folder, "en");

  it("every language has a file, and no other", () => {
    const files = readdirSync(join(__dirname, "..", "..", folder));
    expect(files.sort()).toEqual(codes.map((code) => `${code}.json`).sort());
  });

  test.each(codes)("%s lacks no key and has none too many, in the same order", (code) => {
    expect(Object.keys(read(folder, code))).toEqual(Object.keys(english));
  });

  test.each(codes)("%s has the same places in every text, and no others", (code) => {
    const messages = read(folder, code);
    for (const [key, message] of Object.entries(english))
      expect([key, placesOf(messages[key])]).toEqual([key, placesOf(message)]);
  });

  test.each(codes)("%s has the plurals that the language has, wherever English has some", (code) => {
    const messages = read(folder, code);
    const plurals = new Intl.PluralRules(code).resolvedOptions().pluralCategories.sort();
    for (const [key, message] of Object.entries(english)) {
      const said = messages[key];
      const categories = typeof said === "object" ? Object.keys(said).sort() : null;
      expect([key, categories]).toEqual([key, typeof message === "object" ? plurals : null]);
    }
  });

  test.each(codes)("%s says something everywhere, as text, without marks of direction of its own", (code) => {
    for (const [key, message] of Object.entries(read(folder, code)))
      for (const text of textsOf(message)) {
        expect([key, text.trim()]).toEqual([key, text]);
        expect([key, text.length > 0]).toEqual([key, true]);
        // A mark behind an address keeps its end in place; those that open something would have to be closed.
        expect([key, text]).not.toEqual([key, expect.stringMatching(/[<>\u202a-\u202e\u2066-\u2069]/)]);
      }
  });

  test.each(codes.filter((code) => code !== "en"))("%s is translated", (code) => {
    const messages = read(folder, code);
    const long = Object.entries(english).filter(([, message]) => /\w \w/.test(textsOf(message)[0] ?? ""));
    const same = long.filter(([key, message]) => JSON.stringify(messages[key]) === JSON.stringify(message));
    expect(same.map(([key]) => key)).toEqual([]);
  });
});

describe("the texts", () => {
  const sources = ["components", "embed", "pages", "lib"];
  const pages = Object.keys(read("lib/languages", "en"));
  const threads = Object.keys(read("public/languages", "en"));
  const isThread = (file: string) => /^(components\/thread|embed)\//.test(file);
  const has = (keys: string[], asked: string | RegExp) =>
    typeof asked === "string" ? keys.includes(asked) : keys.some((key) => asked.test(key));

  it("that the sources ask for are all there", () => {
    const missing = readSaid(sources).flatMap(({ file, keys }) => {
      const known = isThread(file) ? threads : [...pages, ...threads];
      return keys.filter((key) => !has(known, key)).map((key) => `${file}: ${key}`);
    });
    expect(missing).toEqual([]);
  });

  it("are all asked for somewhere", () => {
    const said = readSaid(sources).flatMap(({ words }) => words);
    const words = new Set(said.filter((one) => typeof one === "string"));
    const patterns = said.filter((one) => typeof one !== "string");
    const idle = (keys: string[]) =>
      keys.filter((key) => !words.has(key) && !patterns.some((pattern) => pattern.test(key)));
    expect([...idle(pages), ...idle(threads)]).toEqual([]);
  });
});

describe("a language", () => {
  it("is known by its code, as it is written, and by nothing else", () => {
    for (const code of codes) expect(readLanguage(code)).toBe(code);
    for (const text of ["EN", "en-GB", "xx", "", "constructor", "__proto__", undefined, null, ["en"], 1])
      expect(readLanguage(text)).toBeNull();
  });

  it("begins its lines where its script does", () => {
    for (const code of codes) {
      const rtl = /\p{Script=Arabic}|\p{Script=Hebrew}/u.test(
        read("lib/languages", code).signIn?.toString() ?? "",
      );
      expect([code, directionOf(code)]).toEqual([code, rtl ? "rtl" : "ltr"]);
    }
    expect(directionOf("xx")).toBe("ltr");
  });

  it("can be set for all readers; another code is refused with those that there are", () => {
    expect(readConfig({}).language).toBe("auto");
    expect(readConfig({ LANGUAGE: "fa" }).language).toBe("fa");
    expect(() => readConfig({ LANGUAGE: "tlh" })).toThrow(/LANGUAGE must be auto or one of de, en, es/);
  });

  it("is kept by an address that says none yet, before its anchor", () => {
    expect(withLanguage("/posts/1?at=2#comment-2", "de")).toBe("/posts/1?at=2&lang=de#comment-2");
    expect(withLanguage("/people", "de")).toBe("/people?lang=de");
    expect(withLanguage("/people?lang=fr", "de")).toBe("/people?lang=fr");
    expect(withLanguage("/people", null)).toBe("/people");
  });
});
