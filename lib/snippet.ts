import { findWords, type Term, type Word } from "@/db/words";
import { escapeHtml } from "@/lib/escapeHtml";

/** How much of a text is shown. */
const MAX_WORDS = 30;
const MAX_LENGTH = 300;
/** No more matches are looked at, so that no text and no query can keep the server busy. */
const MAX_MATCHES = 300;
/** How many signs may stand before its first word. */
const MAX_SIGNS = 20;

/** Words of a text, the first and the last, by their place among its words. */
interface Span {
  first: number;
  last: number;
}

interface Match extends Span {
  term: Term;
}

/**
 * The part of a plain text where most of what was sought stands together, as HTML: `<mark>` around what matches, all
 * else escaped, `…` where it was cut. Without a match, the beginning.
 */
export function snippet(text: string, terms: Term[]): string {
  const words = findWords(text);
  const matches = findMatches(words, terms);
  const shown = widen(words, bestOf(words, matches));
  const start = words[shown.first]?.start ?? 0;
  const from = shown.first === 0 && start <= MAX_SIGNS ? 0 : start;
  const whole = shown.last >= words.length - 1 ? text.length : endOf(text, words, shown.last);
  const to = whole - start > MAX_LENGTH ? cut(text, start + MAX_LENGTH) : whole;
  const marked = mark(text, from, to, toRanges(words, matches));
  return `${from > 0 ? "…" : ""}${marked}${to < text.length ? "…" : ""}`;
}

/** Where the words of each term follow each other, in the order of the text. */
function findMatches(words: Word[], terms: Term[]): Match[] {
  const whole = new Map<string, Term[]>();
  const begun: Term[] = [];
  for (const term of terms) {
    const [head = ""] = term.words;
    if (term.prefix && term.words.length === 1) begun.push(term);
    else whole.set(head, [...(whole.get(head) ?? []), term]);
  }
  const matches: Match[] = [];
  for (const [first, { word }] of words.entries()) {
    if (matches.length >= MAX_MATCHES) break;
    for (const term of [...(whole.get(word) ?? []), ...begun]) {
      if (fits(words, first, term)) matches.push({ term, first, last: first + term.words.length - 1 });
    }
  }
  return matches;
}

function fits(words: Word[], first: number, { words: wanted, prefix }: Term): boolean {
  return wanted.every((word, n) => {
    const there = words[first + n]?.word;
    return prefix && n === wanted.length - 1 ? there?.startsWith(word) : there === word;
  });
}

function isShort(words: Word[], { first, last }: Span): boolean {
  const [start, end] = [words[first]?.start, words[last]?.end];
  return start !== undefined && end !== undefined && last - first < MAX_WORDS && end - start <= MAX_LENGTH;
}

/** Where most terms stand close enough to be shown, most often, the earliest such place; else the beginning. */
function bestOf(words: Word[], matches: Match[]): Span {
  let best: Span = { first: 0, last: 0 };
  let most = 0;
  for (const [n, { term, first, last }] of matches.entries()) {
    const span = { first, last };
    const seen = new Set([term]);
    let count = 1;
    for (const next of matches.slice(n + 1, n + MAX_WORDS)) {
      if (!isShort(words, { first, last: next.last })) break;
      span.last = Math.max(span.last, next.last);
      seen.add(next.term);
      count++;
    }
    const worth = seen.size * MAX_WORDS + count;
    if (worth > most) [most, best] = [worth, span];
  }
  return best;
}

/** More words on both sides, as many as may be shown. */
function widen(words: Word[], { first, last }: Span): Span {
  for (let grown = true; grown; ) {
    grown = false;
    if (isShort(words, { first, last: last + 1 })) [last, grown] = [last + 1, true];
    if (isShort(words, { first: first - 1, last })) [first, grown] = [first - 1, true];
  }
  return { first, last };
}

/** The end of a word with the signs that cling to it. */
function endOf(text: string, words: Word[], last: number): number {
  const end = words[last]?.end ?? 0;
  const signs = /^\S*/.exec(text.slice(end, words[last + 1]?.start))?.[0] ?? "";
  return end + signs.length;
}

/** Not within a pair of surrogates. */
function cut(text: string, at: number): number {
  return /[\ud800-\udbff]/.test(text.charAt(at - 1)) ? at - 1 : at;
}

/** Where the matches stand in the text, those that touch each other as one. */
function toRanges(words: Word[], matches: Match[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  let covered = -1;
  for (const { first, last } of matches) {
    const start = words[first]?.start ?? 0;
    const end = words[last]?.end ?? 0;
    const before = ranges.at(-1);
    if (before && first <= covered) before.end = Math.max(before.end, end);
    else ranges.push({ start, end });
    covered = Math.max(covered, last);
  }
  return ranges;
}

function mark(text: string, from: number, to: number, ranges: { start: number; end: number }[]): string {
  let html = "";
  let at = from;
  for (const { start, end } of ranges) {
    if (end <= from || start >= to) continue;
    const [open, close] = [Math.max(start, from), Math.min(end, to)];
    html += `${escapeHtml(text.slice(at, open))}<mark>${escapeHtml(text.slice(open, close))}</mark>`;
    at = close;
  }
  return html + escapeHtml(text.slice(at, to));
}
