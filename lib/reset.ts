import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { mayBeSent, requireMail } from "@/lib/mail/asking";
import { reset } from "@/lib/mail/proofs/reset";
import { hashPassword } from "@/lib/passwords";
import { Problem } from "@/lib/problems";

/**
 * Sends whoever has an account with this address a link to take a new password; nothing tells whether anybody has.
 * Throws 409 `mail_off`.
 */
export async function askReset(store: Store, email: string): Promise<void> {
  requireMail();
  const now = Date.now();
  if (await mayBeSent(store, "reset", email, now)) await store.accounts.askReset(email, toInstant(now));
}

/** The address of the account that a link takes a new password for; null where the link is over. */
export async function findResetAddress(store: Store, token: string): Promise<string | null> {
  const found = await reset.read(store, token, Date.now());
  return found && ((await store.accounts.findById(found.user))?.email ?? null);
}

/** Sets the password by a mailed link, once; all sessions end. Whose it is. Throws 403 `link_over`. */
export async function resetPassword(
  store: Store,
  { token, password }: { token: string; password: string },
): Promise<number> {
  const found = await reset.read(store, token, Date.now());
  const account = found && (await store.accounts.findById(found.user));
  // Once more, of the account as it was just read: it is changed only if it is still that one.
  if (!account || !(await reset.read(store, token, Date.now()))) throw new Problem("link_over");
  const hash = await hashPassword(password);
  const ended = await store.accounts.resetPassword(account, hash, toInstant(Date.now()));
  if (ended === null) throw new Problem("link_over");
  return account.user.id;
}
