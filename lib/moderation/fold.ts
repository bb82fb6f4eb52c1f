/** Scripts that put no spaces between words: there, a word is found wherever it stands. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/**
 * A text as its words alone, with a space before, between and after: without case, diacritics, punctuation, and
 * characters that nobody sees.
 */
export function fold(text: string): string {
  const plain = text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase();
  return ` ${(plain.match(/[\p{L}\p{N}]+/gu) ?? []).join(" ")} `;
}

/** What to look for in folded texts, to find a word or a phrase. */
export function toNeedle(words: string): string {
  const folded = fold(words);
  return UNSPACED.test(folded) ? folded.trim() : folded;
}

/** Whether a rule can find it at all: it has a letter or a digit. */
export function hasWord(words: string): boolean {
  return fold(words).trim() !== "";
}
