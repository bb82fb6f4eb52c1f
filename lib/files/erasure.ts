import type { Store } from "@/db/store";
import { removeBytes } from "@/lib/files/folder";

/** How many rows are read at once. */
const PART = 200;

/** Where the bytes of a user's files are. */
export async function placesOf(store: Store, user: number): Promise<string[]> {
  const places: string[] = [];
  for (let after: number | null = null; ; ) {
    const { rows, more } = await store.files.list(user, after, PART);
    places.push(...rows.map(({ place }) => place));
    after = rows.at(-1)?.id ?? null;
    if (!more) return places;
  }
}

/** Removes the bytes at those of `places` that no file has any more. */
export async function removeUnused(store: Store, places: string[]): Promise<void> {
  for (let from = 0; from < places.length; from += PART) {
    const part = places.slice(from, from + PART);
    const used = new Set(await store.files.used(part));
    for (const place of part) if (!used.has(place)) await removeBytes(place);
  }
}
