import { z } from "zod";
import { DAY } from "@/db/time";
import { offer } from "@/lib/mail/offer";

/** Ends the mail that a moderator gets about comments. */
export const silence = offer({
  purpose: "silence",
  lifetime: 90 * DAY,
  subject: z.strictObject({ user: z.int() }),
  unsubscribes: true,
  state: async (store, { user }) => {
    const notify = await store.mails.notify(user);
    return notify === "off" ? null : notify && "on";
  },
  ask: async () => ({
    title: "No more mail about comments?",
    text: ["You will hear no more of comments that wait for a moderator. Your account stays as it is."],
    button: "No more mail",
  }),
  accept: (store, { user }) => store.mails.setNotify(user, "off"),
  done: { title: "No more mail about comments", text: "You can change that with your account’s settings." },
});
