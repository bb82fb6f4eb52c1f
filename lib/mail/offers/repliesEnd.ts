import { z } from "zod";
import type { Which } from "@/db/port/subscriptions";
import { DAY } from "@/db/time";
import { offer } from "@/lib/mail/offer";

/** `post`: what a message about that post comes from; null: what is told daily. */
const subject = z.strictObject({ reader: z.int(), post: z.int().nullable() });

type Subject = z.output<typeof subject>;

function toWhich({ post }: Subject): Which {
  return post === null ? { pace: "daily" } : { post };
}

/** Ends what a message comes from, by the link in it or a mail program's one click. */
export const repliesEnd = offer<Subject>({
  purpose: "replies-end",
  lifetime: 365 * DAY,
  subject,
  unsubscribes: true,
  state: async (store, about) =>
    (await store.subscriptions.has(about.reader, toWhich(about))) ? "on" : null,
  ask: async (_store, { post }, t) => ({
    title: t(post === null ? "replies-end.daily" : "replies-end.title"),
    text: [t(post === null ? "replies-end.dailyText" : "replies-end.text")],
    button: t("silence.button"),
  }),
  accept: (store, about) => store.subscriptions.end(about.reader, toWhich(about)),
});
