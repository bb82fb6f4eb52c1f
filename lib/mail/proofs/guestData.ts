import { z } from "zod";
import { proof } from "@/lib/mail/proof";

/**
 * Lets somebody without an account see and erase what is held under their address, for as long as anything is. `mail`:
 * the message with the link, which an erasure forgets: so the link opens nothing that is written behind that.
 */
export const guestData = proof({
  purpose: "data",
  lifetime: 60 * 60_000,
  subject: z.strictObject({ email: z.string(), mail: z.int() }),
  state: async ({ guests }, { email, mail }) =>
    (await guests.mailed(email, mail)) && (await guests.holds(email)) ? "held" : null,
});
