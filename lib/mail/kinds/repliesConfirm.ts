import { z } from "zod";
import { kind } from "@/lib/mail/kind";
import { confirmPath } from "@/lib/mail/links";
import { repliesConfirmation, toWords } from "@/lib/mail/offers/repliesConfirmation";
import { repliesRefusal } from "@/lib/mail/offers/repliesRefusal";
import { isRefused } from "@/lib/mail/refusals";

const ASKED = "Somebody commented here with this address, and asked to hear by mail of:";
const MOVED = "An account here has this address now. Its owner asked to hear of replies by mail.";

/**
 * Asks whoever reads mail at an address whether they want to hear of replies. Nothing that a commenter wrote is in it:
 * else anybody could have this server say anything to anybody.
 */
export const repliesConfirm = kind(
  z.strictObject({ reader: z.int() }),
  async ({ store, address, now }, { reader }) => {
    if (await isRefused(store, address, now)) return null;
    const waiting = await store.subscriptions.waiting(reader);
    const ids = waiting.map(({ id }) => id);
    const token = await repliesConfirmation.token(store, { reader, address, ids }, now);
    if (token === null) return null;
    const refusal = await repliesRefusal.token(store, { reader }, now);
    return {
      subject: "Do you want to hear of replies?",
      blocks: [
        { text: waiting.length > 0 ? ASKED : MOVED },
        ...waiting.map((one) => ({ text: toWords(one) })),
        { links: [{ label: "Yes, mail me", path: confirmPath(token) }] },
        {
          text: "If that was not you, there is nothing to do: without your confirmation nothing is sent, and in three days it is forgotten.",
        },
      ],
      ...(refusal !== null && { unsubscribe: refusal }),
    };
  },
);
