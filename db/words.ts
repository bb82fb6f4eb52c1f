/** One thing that must occur: words that follow each other, of which the last may be but a beginning. */
export interface Term {
  /** As typed, for engines that find words by themselves. Holds no quotation marks and no control characters. */
  text: string;
  /** Its words, folded. */
  words: string[];
  prefix: boolean;
}

/** A word of a text, folded, and where it stands in it. */
export interface Word {
  word: string;
  start: number;
  end: number;
}

/** The accents that stand apart from their letters, where a text writes them so. */
const ACCENTS =
  "\\u0300-\\u0304\\u0306-\\u030c\\u030f\\u0311\\u031b\\u0323-\\u0328\\u032d\\u032e\\u0330\\u0331";
const ACCENT = new RegExp(`[${ACCENTS}]`, "g");
/** Latin letters with accents in them, and what is left without: at most as many as there are. */
const LATIN = /[\u00c0-\u024f\u1e00-\u1eff]/g;
const BARE = new Map<string, string>();
const LETTER = "\\p{L}\\p{N}\\p{Co}";
/** The signs that cling to its end (vowels of Devanagari, say) belong to where it stands, though not to the word. */
const WORD = new RegExp(`([${LETTER}][${LETTER}${ACCENTS}]*)\\p{M}*`, "gu");
/** What stands between quotation marks (the last may be missing), or else between spaces. */
const PART = /["“”„]([^"“”„]*)(["“”„]?)|[^\s\p{Cc}"“”„]+/gu;

/**
 * What words are, to every engine: runs of letters and digits. Case does not count, nor do the accents of Latin
 * letters; those of others do, where they make another letter (й, ё, が).
 */
export function findWords(text: string): Word[] {
  const words: Word[] = [];
  for (const { 0: found, 1: word = "", index } of text.matchAll(WORD)) {
    words.push({ word: fold(word), start: index, end: index + found.length });
  }
  return words;
}

/**
 * What a person asks for, the same for every engine: each word must occur, and what stands in quotation marks as it
 * stands there. The last word may be a beginning, unless its quotation is closed or it is a single letter a–z or
 * digit. Nothing else means anything. No words: nothing is sought, and nothing is found.
 */
export function readTerms(q: string): Term[] {
  const terms: Term[] = [];
  let typing = false;
  for (const [part, quoted, closed] of q.matchAll(PART)) {
    const text = (quoted ?? part).replace(/\p{Cc}/gu, " ");
    const words = findWords(text).map(({ word }) => word);
    if (words.length === 0) continue;
    terms.push({ text, words, prefix: false });
    typing = !closed;
  }
  const last = terms.at(-1);
  if (last) last.prefix = typing && !/^[a-z0-9]$/.test(last.words.at(-1) ?? "");
  const once = new Map(terms.map((term) => [JSON.stringify(term), term]));
  return [...once.values()];
}

function fold(word: string): string {
  const lower = word.toLowerCase();
  if (/^[a-z0-9]*$/.test(lower)) return lower;
  return lower.replace(LATIN, bare).replace(ACCENT, "").replaceAll("ς", "σ");
}

/** A Latin letter without its accents. */
function bare(letter: string): string {
  const known = BARE.get(letter) ?? letter.normalize("NFD").replace(ACCENT, "");
  BARE.set(letter, known);
  return known;
}
