/** A person's words as an FTS5 query: every word must occur, the last may be a beginning. Operators mean nothing. */
export function toMatch(q: string): string {
  const words = q.split(/[\s\p{Cc}]+/u).filter((word) => /[\p{L}\p{N}]/u.test(word));
  // Nothing to look for finds nothing.
  if (words.length === 0) return '""';
  return `${words.map((word) => `"${word.replaceAll('"', '""')}"`).join(" ")}*`;
}
