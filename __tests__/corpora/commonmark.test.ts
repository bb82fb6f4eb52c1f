import { expect, it } from "@jest/globals";
import { parseFragment, serialize } from "parse5";
import { z } from "zod";
import { describeCorpus, readCorpus } from "@/__tests__/support/corpora";
import { render } from "@/lib/markdown";

const examples = z.array(
  z.object({ example: z.int(), section: z.string(), markdown: z.string(), html: z.string() }),
);

/**
 * Two sources that make the same page: both through a browser's parser and out again (entities, quotes, `<br />`), without
 * the `rel` that every link here gets, `<del>` for the `<s>` of markdown-it, and an empty quote without its line break.
 */
function normal(html: string): string {
  const page = serialize(parseFragment(html.replaceAll(' rel="nofollow ugc noopener"', "")));
  return page
    .replace(/<(\/?)del>/g, "<$1s>")
    .replace(/<blockquote>\n<\/blockquote>/g, "<blockquote></blockquote>")
    .trimEnd();
}

/** The numbers from `first` to `last`. */
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, n) => first + n);

const COMMONMARK: Record<string, number[]> = {
  "raw HTML is text": [
    ...[21, 31, 203, 310, 311, 346, 477, 478, 479, 493, 496, 526, 538, 645, 646],
    ...[...range(148, 193), ...range(615, 619), 625, ...range(627, 633)],
  ],
  "an image is a link to it": [522, ...range(574, 591), 593],
  "an image in a link is the words of that link": [519, 533],
  "a link that leads nowhere has no href": [202, 487, 488, 489, 569],
  "a link of another scheme than http, https and mailto has no href": [598, 600, 601, 603],
  "a bare address is a link": [604, 610, 613, 614],
};

const GFM: Record<string, number[]> = {
  "raw HTML is text": [12, 22],
  "strikethrough takes two tildes, not one": [17, 18],
  "linkify ends an address elsewhere, wants a known top-level domain, and writes hosts in Punycode; an image is a link":
    [19],
  "linkify takes tildes into an address": [24],
  "the corpus has no expectation but that it ends": [20],
  "no footnotes: not in GFM's specification, and their ids would clash on a page of many comments": [23],
  "no task lists: a comment has no form controls": [26, 27, 28],
};

describeCorpus("CommonMark and GFM", () => {
  it.each([
    ["CommonMark 0.31.2", "commonmark-spec.json", COMMONMARK],
    ["GFM's extensions", "gfm-extensions.json", GFM],
  ])("%s: what differs is what is named here, no more and no less", (_name, file, named) => {
    const differ = examples
      .parse(JSON.parse(readCorpus(file)))
      .filter(({ markdown, html }) => normal(render(markdown)) !== normal(html));
    const expected = Object.values(named)
      .flat()
      .sort((a, b) => a - b);
    expect(differ.map(({ example }) => example).sort((a, b) => a - b)).toEqual(expected);
  });
});
