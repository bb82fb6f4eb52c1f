import { z } from "zod";
import { DAY } from "@/db/time";
import { offer } from "@/lib/mail/offer";
import { keepRefusal } from "@/lib/mail/refusals";

/** Takes out what somebody asked for at an address that is not theirs, or that its owner does not want. */
export const repliesRefusal = offer({
  purpose: "replies-refuse",
  lifetime: 30 * DAY,
  subject: z.strictObject({ reader: z.int() }),
  unsubscribes: true,
  state: async (store, { reader }) =>
    (await store.subscriptions.list(reader)).some(({ confirmed }) => !confirmed) ? "waiting" : null,
  ask: async (_store, _subject, t) => ({
    title: t("replies-refuse.title"),
    text: [t("replies-refuse.text")],
    button: t("replies-refuse.button"),
  }),
  accept: async (store, { reader }) => {
    const found = await store.subscriptions.reader(reader);
    const isEnded = await store.subscriptions.end(reader, "waiting");
    if (isEnded && found?.address) await keepRefusal(store, found.address, Date.now());
    return isEnded;
  },
});
