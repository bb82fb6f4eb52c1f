import { z } from "zod";
import type { Subscription } from "@/db/port/subscriptions";
import type { Store } from "@/db/store";
import { DAY, toInstant } from "@/db/time";
import { offer } from "@/lib/mail/offer";

const subject = z.strictObject({ reader: z.int(), address: z.string(), ids: z.array(z.int()) });

type Subject = z.output<typeof subject>;

/** Whether there is still something of it to confirm, at the address that the link went to. */
async function isOpen(store: Store, { reader, address, ids }: Subject): Promise<boolean> {
  const found = await store.subscriptions.reader(reader);
  if (found?.address !== address) return false;
  if (found.user !== null && !found.proven) return true;
  return (await store.subscriptions.waiting(reader)).some(({ id }) => ids.includes(id));
}

/** What a subscription tells, as messages say it. */
export function toWords({ scope, title }: Pick<Subscription, "scope" | "title">): string {
  return scope === "thread"
    ? `Every new comment on “${title}”`
    : `Replies to your comment on “${title}”, and what is said below them`;
}

/** Confirms subscriptions. Nobody hears anything before that. */
export const repliesConfirmation = offer<Subject>({
  purpose: "replies-confirm",
  lifetime: 3 * DAY,
  subject,
  state: async (store, about) => ((await isOpen(store, about)) ? "waiting" : null),
  ask: async (store, { reader, ids }, t) => {
    const waiting = await store.subscriptions.waiting(reader);
    return {
      title: t("replies-confirm.title"),
      text: [
        ...waiting
          .filter(({ id }) => ids.includes(id))
          .map(({ scope, title }) => t(`replies-confirm.${scope}`, { title })),
        t("replies-confirm.text"),
      ],
      button: t("replies-confirm.button"),
    };
  },
  accept: (store, { reader, ids, address }) =>
    store.subscriptions.confirm(reader, ids, address, toInstant(Date.now())),
});
