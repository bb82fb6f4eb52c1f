import type { Quota, Store } from "@/db/store";
import { config } from "@/lib/config";
import { Problem } from "@/lib/problems";
import { keyed } from "@/lib/secrets";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** The links that one address is sent, of each sort: one in five minutes; four at first, then one in a quarter of an hour. */
const QUOTAS: Quota[] = [
  { limit: 1, window: 5 * MINUTE },
  { limit: 4, window: HOUR },
];

/** Wishes to hear of replies, of each network: each may be a message to somebody who never heard of this server. */
const WISHES: Quota = { limit: 5, window: HOUR };

/** Whether this server sends mail. */
export function sendsMail(): boolean {
  return config().mail !== null;
}

/** Throws 409 `mail_off` where this server sends no mail. */
export function requireMail(): void {
  if (!sendsMail()) throw new Problem("mail_off");
}

/**
 * Whether another link of that sort may go to the address now, which counts it. Whoever asks must not be told: others
 * may have asked before.
 */
export async function mayBeSent(store: Store, sort: string, email: string, now: number): Promise<boolean> {
  const address = keyed(store.secret, sort, email.normalize("NFKC").toLowerCase());
  for (const quota of QUOTAS) {
    const { allowed } = await store.limits.take(`${sort}:${quota.window}:${address}`, quota, now);
    if (!allowed) return false;
  }
  return true;
}

/** Whether somebody on that network may have one more address asked now, which counts it. Moderators (null) may. */
export async function mayWish(store: Store, network: string | null, now: number): Promise<boolean> {
  if (network === null || !config().rateLimit) return true;
  return (await store.limits.take(`wishes:${network}`, WISHES, now)).allowed;
}

/** Nothing came of a wish that was counted. */
export async function unWish(store: Store, network: string | null, now: number): Promise<void> {
  if (network !== null && config().rateLimit) await store.limits.giveBack(`wishes:${network}`, WISHES, now);
}
