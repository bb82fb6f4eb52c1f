import { z } from "zod";
import type { Account } from "@/db/port/accounts";
import { proof } from "@/lib/mail/proof";

/** Lets somebody take a new password who can't say the old one. Any change of password or address ends it. */
export const reset = proof({
  purpose: "reset",
  lifetime: 60 * 60_000,
  subject: z.strictObject({ user: z.int() }),
  state: async (store, { user }) => stateOf(await store.accounts.findById(user)),
});

function stateOf(account: Account | null): string | null {
  return account?.email ? JSON.stringify([account.password, account.email]) : null;
}
