import { z } from "zod";
import { DAY } from "@/db/time";
import { offer } from "@/lib/mail/offer";

/** Takes out what somebody asked for at an address that is not theirs, or that its owner does not want. */
export const repliesRefusal = offer({
  purpose: "replies-refuse",
  lifetime: 30 * DAY,
  subject: z.strictObject({ reader: z.int() }),
  unsubscribes: true,
  state: async (store, { reader }) =>
    (await store.subscriptions.list(reader)).some(({ confirmed }) => !confirmed) ? "waiting" : null,
  ask: async () => ({
    title: "Not you, or not wanted?",
    text: ["What waits for your confirmation is forgotten, and you are not asked about it again."],
    button: "Forget it",
  }),
  accept: (store, { reader }) => store.subscriptions.end(reader, "waiting"),
  done: { title: "Forgotten", text: "You will hear nothing." },
});
