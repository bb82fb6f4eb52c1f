import { z } from "zod";
import { DAY } from "@/db/time";
import { proof } from "@/lib/mail/proof";

/** Opens the page with all that an address hears of. It is used more than once, so nothing is asked on the way. */
export const repliesManage = proof({
  purpose: "replies-manage",
  lifetime: 90 * DAY,
  subject: z.strictObject({ reader: z.int() }),
  // Whoever has another address by now is not reached by what went to the former one.
  state: async (store, { reader }) => (await store.subscriptions.reader(reader))?.address ?? null,
});
