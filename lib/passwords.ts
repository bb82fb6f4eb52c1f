import { hash as argon2, verify } from "@node-rs/argon2";
import type { Store } from "@/db/store";
import { Problem } from "@/lib/problems";

/** OWASP's cost for argon2id: 19 MiB and two passes, about ten milliseconds. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Half of Node's threads for such work: files are read on the others meanwhile. */
const AT_ONCE = 2;
/** Some seconds' worth. Whoever comes after that is told to try again. */
const MOST_WAITING = 200;

declare global {
  /** One for the process: Next's bundles and server.ts have each their own copy of this module. */
  var antiphonHashing: { running: number; waiting: (() => void)[] } | undefined;
}

/** The hash of a password as it is kept. Throws 503 where too many wait. */
export function hashPassword(password: string): Promise<string> {
  return inTurn(() => argon2(fold(password), COST));
}

/**
 * Whether `password` is the one of this hash. Without a hash it is not, and that takes as long: how long it takes must
 * not tell who can sign in. Throws 503 where too many wait.
 */
export async function isPassword(hash: string | null, password: string): Promise<boolean> {
  const right = await inTurn(() => verify(hash ?? NOBODYS, fold(password)));
  return right && hash !== null;
}

/**
 * Sets a person's password and ends their sessions, all but `keep`. Returns how many ended; null where there is no such
 * person. Throws 503 where too many wait.
 */
export async function setPassword(
  store: Store,
  user: number,
  password: string,
  keep: number | null,
): Promise<number | null> {
  return store.accounts.setPassword(user, await hashPassword(password), keep);
}

/** Of random bytes that nobody kept; the same cost as any other. */
const NOBODYS =
  "$argon2id$v=19$m=19456,t=2,p=1$/NGRBxxzHO0gL3LSRyt+mw$oPQbsErIqzFsVAZhGRBUQyozdbGox+Va5sJniL8UZCk";

/** The same characters, however the keyboard composes them (NIST SP 800-63B §3.1.1.2). */
function fold(password: string): string {
  return password.normalize("NFKC");
}

async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  globalThis.antiphonHashing ??= { running: 0, waiting: [] };
  const queue = globalThis.antiphonHashing;
  if (queue.running < AT_ONCE) queue.running++;
  else if (queue.waiting.length < MOST_WAITING) await new Promise<void>((turn) => queue.waiting.push(turn));
  else throw new Problem("overloaded", { headers: { "Retry-After": 5 } });
  try {
    return await work();
  } finally {
    const next = queue.waiting.shift();
    if (next) next();
    else queue.running--;
  }
}
