import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { mayBeSent, requireMail } from "@/lib/mail/asking";
import { guestData } from "@/lib/mail/proofs/guestData";
import { Problem } from "@/lib/problems";
import { finishWork } from "@/lib/users";

/** Sends a link to what is held under this address, if anything is; nothing tells whether. Throws 409 `mail_off`. */
export async function askGuestData(store: Store, email: string): Promise<void> {
  requireMail();
  const now = Date.now();
  if (await mayBeSent(store, "data", email, now)) await store.guests.askData(email, toInstant(now));
}

/** The address that the link with this token proves; null where it is over, or nothing is held any more. */
export async function findGuest(store: Store, token: string): Promise<string | null> {
  return (await guestData.read(store, token, Date.now()))?.email ?? null;
}

/** The same. Throws 403 `link_over`. */
export async function requireGuest(store: Store, token: string): Promise<string> {
  const email = await findGuest(store, token);
  if (email === null) throw new Problem("link_over");
  return email;
}

/** Erases all that was written under an address, once. Throws 403 `link_over` where nothing is held any more. */
export async function eraseGuest(store: Store, email: string): Promise<void> {
  if (!(await store.guests.erase(email))) throw new Problem("link_over");
  await finishWork(store);
}
