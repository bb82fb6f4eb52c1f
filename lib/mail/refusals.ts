import type { Store } from "@/db/store";
import { DAY } from "@/db/time";
import { keyed } from "@/lib/secrets";

/** How long an address whose owner wants no questions gets none. */
const QUOTA = { limit: 1, window: 90 * DAY };

/** Remembers that whoever reads mail at the address wants no questions. Of the address a keyed hash is kept. */
export async function keepRefusal(store: Store, address: string, now: number): Promise<void> {
  await store.limits.take(keyOf(store, address), QUOTA, now);
}

/** Whether whoever reads mail at the address wants no questions. */
export function isRefused(store: Store, address: string, now: number): Promise<boolean> {
  return store.limits.isTaken(keyOf(store, address), now);
}

function keyOf({ secret }: Pick<Store, "secret">, address: string): string {
  return `refused:${keyed(secret, "refused", address.normalize("NFKC").toLowerCase())}`;
}
