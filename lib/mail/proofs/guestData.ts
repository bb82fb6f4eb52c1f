import { z } from "zod";
import { DAY } from "@/db/time";
import { proof } from "@/lib/mail/proof";

/** Lets somebody without an account see and erase what is held under their address, for as long as anything is. */
export const guestData = proof({
  purpose: "data",
  lifetime: DAY,
  subject: z.strictObject({ email: z.string() }),
  state: async (store, { email }) => ((await store.guests.holds(email)) ? "held" : null),
});
