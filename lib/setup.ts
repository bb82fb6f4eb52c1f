import type { User } from "@/db/port/base";
import type { Store } from "@/db/store";
import { DAY, toInstant } from "@/db/time";
import { toAuthorKey } from "@/lib/authors";
import { hashPassword } from "@/lib/passwords";
import { Problem } from "@/lib/problems";
import { hash, makeSecret } from "@/lib/secrets";

/** How long a setup link is open. */
const OPEN = 7 * DAY;

/** The token of a database's first setup link; null where one was ever made, or somebody can sign in. */
export async function makeFirstSetup(store: Store): Promise<string | null> {
  const token = makeSecret();
  return (await store.setup.offerFirst(hash(token), toInstant(Date.now() + OPEN))) ? token : null;
}

/** The token of another one, in place of any before. */
export async function makeSetup(store: Store): Promise<string> {
  const token = makeSecret();
  await store.setup.offer(hash(token), toInstant(Date.now() + OPEN));
  return token;
}

/** Whether a setup link with this token can be used now. */
export function isSetupOpen(store: Store, token: string): Promise<boolean> {
  return store.setup.isOpen(hash(token), toInstant(Date.now()));
}

/** Makes an admin's account by the link, once. Throws 403 where it was used or is too old, 409 for a taken address. */
export async function createFirstAdmin(
  store: Store,
  { setup, name, email, password }: { setup: string; name: string; email: string; password: string },
): Promise<{ user: User; password: string }> {
  if (!(await isSetupOpen(store, setup))) throw new Problem("setup_done");
  const kept = await hashPassword(password);
  const made = await store.setup.use(hash(setup), {
    name,
    nameKey: toAuthorKey(name),
    email,
    password: kept,
    role: "admin",
    at: toInstant(Date.now()),
  });
  if (made.refused !== null) throw new Problem(made.refused);
  return { user: made.user, password: kept };
}
