import { expect, it } from "@jest/globals";
import { createTranslator } from "@/lib/translator";

const NOW = Date.parse("2026-06-15T12:00:00.000Z");
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** Without the marks around what was put in. */
const plain = (text: string) => text.replace(/[\u2068\u2069]/g, "");

it("words come into their places set apart from their surroundings", () => {
  const t = createTranslator("en", { replyTo: "Reply to {author}, {author}!" });
  expect(t("replyTo", { author: "עדה" })).toBe("Reply to \u2068עדה\u2069, \u2068עדה\u2069!");
});

it("what is put in is put in once, whatever it looks like", () => {
  const t = createTranslator("en", { both: "{author}: {text}" });
  expect(plain(t("both", { author: "{text} $& $1", text: "<b>{author}</b>" }))).toBe(
    "{text} $& $1: <b>{author}</b>",
  );
});

it("numbers are written as the language writes them", () => {
  const messages = { all: "{count}" };
  expect(createTranslator("en", messages)("all", { count: 12345 })).toBe("12,345");
  expect(createTranslator("de", messages)("all", { count: 12345 })).toBe("12.345");
  expect(createTranslator("fa", messages)("all", { count: 12345 })).toBe("۱۲٬۳۴۵");
  expect(createTranslator("fr", messages).number(0.5)).toBe("0,5");
});

it("a count chooses the plural of its language", () => {
  const forms = { one: "{count} one", few: "{count} few", many: "{count} many", other: "{count} other" };
  const say = (language: string, count: number) => createTranslator(language, { forms })("forms", { count });
  expect([1, 2, 5].map((count) => say("en", count))).toEqual(["1 one", "2 other", "5 other"]);
  expect([1, 2, 5, 21, 22, 25, 11].map((count) => say("ru", count))).toEqual([
    "1 one",
    "2 few",
    "5 many",
    "21 one",
    "22 few",
    "25 many",
    "11 many",
  ]);
  expect(say("ja", 1)).toBe("1 other");
});

it("a language that lacks a plural falls back to the other", () => {
  const t = createTranslator("pl", { forms: { other: "{count} other" } });
  expect(t("forms", { count: 2 })).toBe("2 other");
});

it("an unknown key is its own text, and a place that nothing is put into stays", () => {
  const t = createTranslator("en", { hello: "Hello {name}" });
  expect(t("nowhere")).toBe("nowhere");
  expect(plain(t("hello"))).toBe("Hello {name}");
});

it("an instant is said in UTC, which is named, or by the clock of a zone, which is not", () => {
  const at = "2026-11-21T17:05:00.000Z";
  expect(createTranslator("en", {}).date(at)).toMatch(/^November 21, 2026.* 5:05\sPM UTC$/);
  expect(createTranslator("de", {}).date(at)).toMatch(/^21\. November 2026.* 17:05 UTC$/);
  expect(createTranslator("en", {}, "Asia/Tokyo").date(at)).toMatch(/^November 22, 2026.* 2:05\sAM$/);
  expect(createTranslator("ja", {}).date(at)).toContain("2026年11月21日");
});

it("how long ago something was is said in the largest unit that it fills", () => {
  const ago = (milliseconds: number, language = "en") =>
    createTranslator(language, {}).ago(new Date(NOW - milliseconds).toISOString(), NOW);
  expect(ago(59_999)).toBe("now");
  expect(ago(MINUTE)).toBe("1 minute ago");
  expect(ago(60 * MINUTE - 1)).toBe("59 minutes ago");
  expect(ago(60 * MINUTE)).toBe("1 hour ago");
  expect(ago(2 * DAY - 1)).toBe("1 day ago");
  expect(ago(29 * DAY)).toBe("29 days ago");
  expect(ago(65 * DAY)).toBe("2 months ago");
  expect(ago(800 * DAY)).toBe("2 years ago");
  expect(ago(3 * DAY, "ar")).toBe("قبل 3 أيام");
});

it("a clock that is slow makes nothing come from the future", () => {
  expect(createTranslator("en", {}).ago(new Date(NOW + 10 * MINUTE).toISOString(), NOW)).toBe("now");
});

it("it says which language it speaks", () => {
  expect(createTranslator("he", {}).language).toBe("he");
});
