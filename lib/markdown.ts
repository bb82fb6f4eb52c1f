import markdownIt, { type MarkdownIt, type Options, type Token } from "markdown-it";
import sanitize from "sanitize-html";
import { config } from "@/lib/config";
import { invalid, type Problem } from "@/lib/problems";

/** How deep quotes and lists may stand in each other. */
const MAX_NESTING = 20;

/** Columns times lines: every short row of a table is filled up with empty cells. */
const MAX_CELLS = 3000;

/** A rendering may be this many times as long as its text, so that a small table can't fill a disk. */
const MAX_GROWTH = 10;

/** Finding where a bare address ends may look at all that follows it. A text with more of them keeps them as text. */
const MAX_BARE_LINKS = 100;

const [plainParser, linkingParser] = [makeParser(false), makeParser(true)];

/** `linkify`: whether bare addresses become links. */
function makeParser(linkify: boolean): MarkdownIt {
  // The types do not know maxNesting.
  const options: Options & { maxNesting: number } = { html: false, linkify, maxNesting: MAX_NESTING };
  const parser = markdownIt(options);
  const { image: asImage, ...rules } = parser.renderer.rules;
  parser.renderer.rules = { ...rules, th_open: openCell, td_open: openCell };
  // An image, where they are shown; else a link to it, so that no reader is told to its host unasked.
  parser.renderer.rules.image = (tokens, index, options, env, self) =>
    (config().images ? asImage : toLink)?.(tokens, index, options, env, self) ?? "";
  return parser;
}

type Rule = NonNullable<MarkdownIt["renderer"]["rules"][string]>;

/** markdown-it aligns cells by a style attribute, which a strict Content-Security-Policy forbids. */
function openCell(...[tokens, index, options, , self]: Parameters<Rule>): string {
  const token = tokens[index];
  const align = /text-align:(left|center|right)/.exec(token?.attrGet("style") ?? "")?.[1];
  if (token) token.attrs = align ? [["align", align]] : null;
  return self.renderToken(tokens, index, options);
}

function toLink(...[tokens, index, options, env, self]: Parameters<Rule>): string {
  const token = tokens[index];
  const { escapeHtml } = plainParser.utils;
  const address = token?.attrGet("src") ?? "";
  const title = token?.attrGet("title");
  const text = escapeHtml(self.renderInlineAsText(token?.children ?? [], options, env) || address);
  // A link in a link is no HTML; the outer one is where the author wants to lead.
  if (isInLink(tokens, index)) return text;
  return `<a href="${escapeHtml(address)}"${title ? ` title="${escapeHtml(title)}"` : ""}>${text}</a>`;
}

/** Links don't nest in Markdown, so the last end or beginning of one before a token tells whether it is inside. */
function isInLink(tokens: Token[], index: number): boolean {
  return tokens.slice(0, index).findLast(({ type }) => type.startsWith("link_"))?.type === "link_open";
}

const TAGS =
  "p br hr h1 h2 h3 h4 h5 h6 blockquote ul ol li pre code em strong s a table thead tbody tr th td".split(
    " ",
  );

/** The allow-list. Never svg, math, style, textarea, xmp, option: each was a way around it once (CVE-2026-44990). */
const policy: sanitize.IOptions = {
  allowedTags: TAGS,
  allowedAttributes: { a: ["href", "title", "rel"], ol: ["start"], th: ["align"], td: ["align"] },
  allowedClasses: { code: ["language-*"] },
  allowedSchemes: ["http", "https", "mailto"],
  allowProtocolRelative: false,
  nonTextTags:
    "script style textarea option xmp noembed noframes noscript listing plaintext iframe title".split(" "),
};

const policyWithImages: sanitize.IOptions = {
  ...policy,
  allowedTags: [...TAGS, "img"],
  allowedAttributes: {
    ...policy.allowedAttributes,
    img: ["src", "alt", "title", "loading", "referrerpolicy"],
  },
  allowedSchemesByTag: { img: ["https"] },
  transformTags: { img: sanitize.simpleTransform("img", { loading: "lazy", referrerpolicy: "no-referrer" }) },
};

/** No tag that is allowed: what becomes this goes, and what stands in it stays. */
const NONE = "none";

/**
 * The policy for one text, in which no link stands in another: browsers end the first one at the second, but not where
 * a table comes between them.
 */
function forOne(allowed: sanitize.IOptions): sanitize.IOptions {
  let open = 0;
  const count = (by: number) => (name: string) => {
    if (name === "a") open += by;
  };
  const asLink: sanitize.Transformer = (tagName, attribs) =>
    open > 1
      ? { tagName: NONE, attribs: {} }
      : { tagName, attribs: { ...attribs, rel: "nofollow ugc noopener" } };
  return {
    ...allowed,
    onOpenTag: count(1),
    onCloseTag: count(-1),
    transformTags: { ...allowed.transformTags, a: asLink },
  };
}

/**
 * A person's Markdown (CommonMark with tables, strikethrough, bare links) as HTML that is safe to show anywhere.
 * The only renderer and the only sanitiser, on every way in. Throws `Problem` for a text that nests or grows too much;
 * `member`: what the text is called in the body that it came with.
 */
export function render(markdown: string, member = "comment"): string {
  if (nesting(markdown) > MAX_NESTING)
    throw tooComplex(member, `Quotes and lists may stand at most ${MAX_NESTING} deep in each other`);
  if (cells(markdown) > MAX_CELLS) throw tooComplex(member, "This table has too many cells");
  const bareLinks = markdown.match(/:\/\/|www\.|@/gi)?.length ?? 0;
  const html = clean((bareLinks <= MAX_BARE_LINKS ? linkingParser : plainParser).render(markdown));
  if (html.length > MAX_GROWTH * markdown.length + 1000)
    throw tooComplex(member, "This makes a page many times its own length");
  return html;
}

/** The sanitiser alone: whatever HTML comes in, only what the allow-list has comes out. */
export function clean(html: string): string {
  return sanitize(html, forOne(config().images ? policyWithImages : policy));
}

function tooComplex(member: string, message: string): Problem {
  return invalid(member, message, "too_complex");
}

/** The most markers of quotes and lists at the beginning of one line. */
function nesting(markdown: string): number {
  let most = 0;
  for (const [start] of markdown.matchAll(/^(?:[ \t]*(?:>|[-+*](?=[ \t])|\d{1,9}[.)](?=[ \t])))+/gm)) {
    most = Math.max(most, start.match(/[>*+-]|\d+[.)]/g)?.length ?? 0);
  }
  return most;
}

/** The most cells that a table can have in this text: the columns of its widest delimiter row, times the lines. */
function cells(markdown: string): number {
  const lines = markdown.split("\n");
  const delimiters = lines.filter((line) => /^[ \t>|:-]+$/.test(line) && line.includes("|"));
  return lines.length * Math.max(0, ...delimiters.map((line) => line.split("|").length));
}
