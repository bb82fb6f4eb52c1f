import type { Person } from "@/db/port/users";
import type { Quota, Store } from "@/db/store";
import { DAY } from "@/db/time";
import { keyed } from "@/lib/secrets";

type Whose = Pick<Person, "id" | "email">;

/**
 * Whether the address that somebody has may be told that they leave it, which counts it: an address that nobody confirmed
 * may be a stranger's, however many of them an account claims in turn.
 */
export async function mayWarn(store: Store, person: Whose, now: number): Promise<boolean> {
  if (person.email === null || (await isProven(store, person))) return true;
  for (const [key, quota] of quotasOf(store, person.id, person.email)) {
    const { allowed } = await store.limits.take(key, quota, now);
    if (!allowed) return false;
  }
  return true;
}

/** They did not leave it, so that nobody uses up the warning of a change to come. */
export async function unWarn(store: Store, person: Whose, now: number): Promise<void> {
  if (person.email === null || (await isProven(store, person))) return;
  for (const [key, quota] of quotasOf(store, person.id, person.email))
    await store.limits.giveBack(key, quota, now);
}

async function isProven(store: Store, { id }: Whose): Promise<boolean> {
  return (await store.subscriptions.readerOf(id))?.proven ?? false;
}

/** Both outlive the account, and its messages. */
function quotasOf({ secret }: Pick<Store, "secret">, id: number, email: string): [string, Quota][] {
  const address = keyed(secret, "warned", email.normalize("NFKC").toLowerCase());
  return [
    [`warned:${id}`, { limit: 2, window: DAY }],
    [`warned:${address}`, { limit: 2, window: 60 * 60_000 }],
  ];
}
