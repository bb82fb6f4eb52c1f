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
  ask: async (_store, _subject, t) => ({
    title: t("silence.title"),
    text: [t("silence.text")],
    button: t("silence.button"),
  }),
  accept: (store, { user }) => store.mails.setNotify(user, "off"),
});
