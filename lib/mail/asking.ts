import type { Quota, Store } from "@/db/store";
import { config } from "@/lib/config";
import { Problem } from "@/lib/problems";
import { keyed } from "@/lib/secrets";

/** The links that one address is sent, of each sort: one in five minutes, and four in an hour. */
const QUOTAS: Quota[] = [
  { limit: 1, window: 5 * 60_000 },
  { limit: 4, window: 60 * 60_000 },
];

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
