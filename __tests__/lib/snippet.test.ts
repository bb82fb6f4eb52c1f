import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { INJECTIONS } from "@/__tests__/db/contract/search";
import { findWords, readTerms } from "@/db/words";
import { render } from "@/lib/markdown";
import { toPlainText } from "@/lib/plainText";
import { snippet } from "@/lib/snippet";

const of = (text: string, q: string) => snippet(text, readTerms(q));
const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `w${from + n}`).join(" ");

/** What the HTML of a snippet says, and which parts of it are marked. */
function read(html: string): { text: string; marks: string[] } {
  const plain = (part: string) =>
    part
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&amp;", "&");
  const marks = [...html.matchAll(/<mark>(.*?)<\/mark>/gs)].map(([, part = ""]) => plain(part));
  return { text: plain(html.replace(/<\/?mark>/g, "")), marks };
}

describe("a snippet", () => {
  it.each([
    ["Use React hooks", "react", "Use <mark>React</mark> hooks"],
    ["Use React hooks", "react hook", "Use <mark>React</mark> <mark>hooks</mark>"],
    ["Use React hooks, React!", '"react hooks"', "Use <mark>React hooks</mark>, React!"],
    ["Use react-hooks here", '"react hooks', "Use <mark>react-hooks</mark> here"],
    ["Reactive, re-act", "react", "<mark>Reactive</mark>, re-act"],
    ["Reactive", '"react"', "Reactive"],
    ["react again react", '"react again" "again react"', "<mark>react again react</mark>"],
    [
      "Crème brûlée, bru\u0302le\u0301e",
      "BRULEE",
      "Crème <mark>brûlée</mark>, <mark>bru\u0302le\u0301e</mark>",
    ],
    ["Ёлка, елка", "елка", "Ёлка, <mark>елка</mark>"],
    ["हिन्दी में", "हिन्दी", "<mark>हिन्दी</mark> में"],
    ["日本語のコメント", "日本", "<mark>日本語のコメント</mark>"],
    ["nothing of it", "else", "nothing of it"],
    ["", "else", ""],
    ["", "", ""],
    ["!!!", "else", "!!!"],
    ['<b>&amp; "it\'s"', "b", "&lt;<mark>b</mark>&gt;&amp;amp; &quot;it&#39;s&quot;"],
    [
      "a<script>alert(1)</script>",
      "script",
      "a&lt;<mark>script</mark>&gt;alert(1)&lt;/<mark>script</mark>&gt;",
    ],
    ["</mark><mark>", "mark", "&lt;/<mark>mark</mark>&gt;&lt;<mark>mark</mark>&gt;"],
  ])("of %j for %j", (text, q, html) => {
    expect(of(text, q)).toBe(html);
  });

  it("is the beginning of a text in which nothing is marked", () => {
    expect(of(numbers(1, 100), "else")).toBe(`${numbers(1, 30)}…`);
    expect(of(numbers(1, 30), "else")).toBe(numbers(1, 30));
  });

  it("shows about thirty words around the match, and says where it was cut", () => {
    const words = `${numbers(1, 60)} here, ${numbers(61, 120)}`;
    expect(of(words, "here")).toBe(`…${numbers(47, 60)} <mark>here</mark>, ${numbers(61, 75)}…`);
    expect(of(words, "w120")).toBe(`…${numbers(91, 119)} <mark>w120</mark>`);
    expect(of(words, '"w2"')).toBe(`w1 <mark>w2</mark> ${numbers(3, 30)}…`);
  });

  it("shows where the most of what was sought stands, though it comes late", () => {
    const late = `one ${numbers(1, 60)} one ${numbers(61, 120)} one x two ${numbers(121, 160)}`;
    expect(read(of(late, "two one")).marks).toEqual(["one", "two"]);
    const often = `one ${numbers(1, 60)} one x one y one ${numbers(61, 120)}`;
    expect(read(of(often, "one")).marks).toEqual(["one", "one", "one"]);
  });

  it("keeps the signs that cling to its last word", () => {
    expect(of(`${numbers(1, 29)} end!) ${numbers(31, 60)}`, "w1 else")).toBe(
      `<mark>w1</mark> ${numbers(2, 29)} end!)…`,
    );
  });

  it("of endless words or signs is short, and no character is cut in two", () => {
    for (const text of [
      "a".repeat(9000),
      "𝒜".repeat(9000),
      `x${"😀".repeat(9000)}`,
      `${"!".repeat(9000)}a`,
    ]) {
      const { text: shown, marks } = read(
        of(text, text.startsWith("𝒜") ? "𝒜" : text.startsWith("x") ? "x" : "a".repeat(9)),
      );
      expect(shown.length).toBeLessThanOrEqual(302);
      expect(shown).not.toMatch(/\p{Cs}/u);
      expect([text.slice(0, 3), marks.length]).toEqual([text.slice(0, 3), text.startsWith("!") ? 0 : 1]);
    }
    expect(read(of(`${"!".repeat(9000)}ab`, "ab"))).toEqual({ text: "…ab", marks: ["ab"] });
  });

  const words = fc.constantFrom(
    "react",
    "Reactive",
    "hooks",
    "café",
    "cafe\u0301",
    "<b>",
    "&amp;",
    "日本",
    "x",
    "-",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary", maxLength: 500 }),
    fc.array(words, { maxLength: 200 }).map((parts) => parts.join(" ")),
    fc.array(fc.constantFrom(...INJECTIONS), { maxLength: 30 }).map((parts) => parts.join(" ")),
  );
  const sought = fc.oneof(
    fc.constantFrom("react", "cafe hook", '"react hooks"', '"hooks react', "日", "b amp", ...INJECTIONS),
    fc.string({ unit: "binary", maxLength: 20 }),
  );

  it("holds no markup but marks, and no text but the text's own, whatever it is of", () => {
    fc.assert(
      fc.property(texts, sought, (text, q) => {
        const html = of(text, q);
        const { text: shown } = read(html);
        expect(html.replace(/<mark>[^<>]*<\/mark>/g, "")).not.toMatch(/[<>"']|&(?!(?:amp|lt|gt|quot|#39);)/);
        expect(shown.length).toBeLessThanOrEqual(330);
        expect(text).toContain(
          shown
            .replace(/^…/, text.startsWith("…") ? "…" : "")
            .replace(/…$/, "")
            .trim(),
        );
      }),
      { numRuns: 3000 },
    );
  });

  it("marks what was sought and nothing else, and something of every text that has it", () => {
    fc.assert(
      fc.property(texts, sought, (text, q) => {
        const terms = readTerms(q);
        const { marks } = read(of(text, q));
        const fold = (part: string) => findWords(part).map(({ word }) => word);
        for (const marked of marks.filter((part) => part.length < 300)) {
          const found = fold(marked);
          const first = ({ words, prefix }: (typeof terms)[number]) =>
            words.every((word, n) =>
              prefix && n === words.length - 1 ? found[n]?.startsWith(word) : found[n] === word,
            );
          expect([marked, terms.some(first)]).toEqual([marked, true]);
        }
        const all = new Set(fold(text));
        const plain = terms.find(
          ({ words, prefix }) => words.length === 1 && !prefix && all.has(words[0] ?? ""),
        );
        if (plain) expect(marks.length).toBeGreaterThan(0);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("the plain text of HTML", () => {
  it.each([
    ["Nice *post*, **re***act*", "Nice post, react"],
    ["# Head\n\nText\nmore", "Head Text more"],
    ["- one\n- two\n\n> said", "one two said"],
    ["[a link](https://a.example 'title') b", "a link b"],
    ["`<b>` &amp; &lt;i&gt; 1 < 2", "<b> & <i> 1 < 2"],
    ["```html\n<mark>x</mark>\n```", "<mark>x</mark>"],
    ["&amp;lt; &constructor; &toString;", "&lt; &constructor; &toString;"],
    ["|a|b|\n|-|-|\n|c|d|", "a b c d"],
    ["<script>alert(1)</script>", "<script>alert(1)</script>"],
  ])("of the Markdown %j is %j", (markdown, text) => {
    expect(toPlainText(render(markdown))).toBe(text);
  });

  it("is made of the beginning of HTML, too, wherever that ends", () => {
    const html = render('One [two](https://a.example "x > y") & <three> *four*');
    for (let end = 0; end <= html.length; end++)
      expect(toPlainText(html.slice(0, end))).not.toMatch(/href|rel=|<a/);
  });
});
