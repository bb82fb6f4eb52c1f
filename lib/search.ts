import type { z } from "zod";
import type { Store } from "@/db/store";
import { readTerms } from "@/db/words";
import { toPlainText } from "@/lib/plainText";
import type { SearchInput, searchAnswer } from "@/lib/schemas/search";
import { snippet } from "@/lib/snippet";

/** What anybody may find, the best first, each with the part of its text that matches. The same for everybody. */
export async function search(
  store: Store,
  { q, limit, type }: SearchInput,
  base: string,
): Promise<z.output<typeof searchAnswer>> {
  const terms = readTerms(q);
  const { total, hits } = await store.search({ q, type, limit, base });
  const results = hits.map(({ html, url, ...hit }) => ({
    ...hit,
    snippet: snippet(toPlainText(html), terms),
    url,
  }));
  return { search: q, limit, total, results };
}
