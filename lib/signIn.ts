import type { User } from "@/db/port/base";
import type { Quota, Store } from "@/db/store";
import { DAY, toInstant } from "@/db/time";
import { config } from "@/lib/config";
import { isPassword } from "@/lib/passwords";
import { Problem, tooMany } from "@/lib/problems";
import { hash, keyed, makeSecret } from "@/lib/secrets";

/** A session ends after this, however it is used. */
export const SESSION_AGE = 30 * DAY;

/** Wrong passwords for one account from one network. */
const FROM_HERE: Quota = { limit: 10, window: 15 * 60_000 };
/** Wrong passwords for one account from wherever its owner never signed in. */
const FROM_STRANGERS: Quota = { limit: 100, window: 60 * 60_000 };

/** Where somebody signs in. */
export interface Place {
  /** Keyed hash of the network. */
  network: string;
  userAgent: string;
  /** The token of the session's cookie that came along. */
  cookie: string | null;
}

/** Who has signed in, and the token that proves it from now on. */
export interface SignedIn {
  user: User;
  token: string;
}

/**
 * Begins a session. Throws 401 for a wrong password and for an address that nobody has, in the same words and the
 * same time; 429 where an account has had too many wrong ones, whoever it belongs to.
 */
export async function signIn(
  store: Store,
  { email, password }: { email: string; password: string },
  place: Place,
): Promise<SignedIn> {
  const attempt = await beginAttempt(store, email, place.network);
  const account = await store.accounts.find(email);
  const right = await isPassword(account?.password ?? null, password);
  const signedIn = right && account !== null ? await beginSession(store, account, place) : null;
  if (signedIn === null) throw new Problem("sign_in_failed");
  await attempt.succeed();
  return signedIn;
}

/** Begins a session for somebody whose password was just checked, or set; null where it is another by now. */
export async function beginSession(
  store: Store,
  { user, password }: { user: User; password: string | null },
  { userAgent, cookie }: Place,
): Promise<SignedIn | null> {
  if (password === null) return null;
  const token = makeSecret();
  const now = Date.now();
  const session = await store.sessions.create(
    {
      hash: hash(token),
      user: user.id,
      userAgent: toLine(userAgent),
      at: toInstant(now),
      expiresAt: toInstant(now + SESSION_AGE),
    },
    password,
    cookie && hash(cookie),
  );
  return session && { user: session.user, token };
}

/**
 * Counts a try before it is judged, so that a thousand at once are no more than one after the other. Strangers can make
 * others wait, but never a network from which the person signed in lately.
 */
async function beginAttempt(store: Store, email: string, network: string) {
  const account = keyed(store.secret, "account", email.normalize("NFKC").toLowerCase());
  const here = `sign-in:${account}:${network}`;
  const everywhere = `sign-in:${account}`;
  const friendly = `signed-in:${account}:${network}`;
  const now = Date.now();
  const known = await store.limits.isTaken(friendly, now);
  await take(store, here, FROM_HERE, now);
  if (!known) await take(store, everywhere, FROM_STRANGERS, now);
  return {
    /** A right password costs nothing, and makes the network known for as long as addresses are kept. */
    async succeed() {
      await store.limits.giveBack(here, FROM_HERE, now);
      if (!known) await store.limits.giveBack(everywhere, FROM_STRANGERS, now);
      const window = Math.min(config().addressRetention, SESSION_AGE);
      if (window > 0) await store.limits.take(friendly, { limit: 1, window }, now);
    },
  };
}

async function take(store: Store, key: string, quota: Quota, now: number): Promise<void> {
  const { allowed, retryAfter } = await store.limits.take(key, quota, now);
  if (!allowed) throw tooMany(retryAfter);
}

/** What a browser says of itself, on one line and not without end. */
function toLine(userAgent: string): string {
  return userAgent.replace(/[^\x20-\x7e]/g, "").slice(0, 200);
}
