import { readTerms } from "@/db/words";

/** A person's words as an FTS5 query. Each term is one string of it, so that no operator can be in it. */
export function toMatch(q: string): string {
  const terms = readTerms(q).map(({ text, prefix }) => `"${text}"${prefix ? "*" : ""}`);
  // Nothing to look for finds nothing.
  return terms.join(" ") || '""';
}
