import { DAY } from "@/db/time";

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000];

/** How long after each failed try the next one comes, as Standard Webhooks proposes; after the last there is none. */
const WAITS = [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, DAY];

/**
 * Milliseconds from the `tries`-th failure to the next try, up to a fifth more by chance so that many that failed
 * together don't come back together; not before the receiver wants (`Retry-After`), within a day. Null: no more.
 */
export function waitAfter(tries: number, retryAfter: string | null, now: number): number | null {
  const wait = WAITS[tries - 1];
  if (wait === undefined) return null;
  return Math.max(wait * (1 + Math.random() / 5), Math.min(toWait(retryAfter, now), DAY));
}

/** Retry-After (RFC 9110 §10.2.3), seconds or a date, in milliseconds; 0 where it says nothing. */
function toWait(retryAfter: string | null, now: number): number {
  if (retryAfter === null) return 0;
  if (/^\d{1,9}$/.test(retryAfter)) return Number(retryAfter) * SECOND;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? 0 : Math.max(0, at - now);
}
