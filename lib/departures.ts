import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { countMails } from "@/lib/mail/counters";
import { Courier, toRound } from "@/lib/outbound/courier";
import { webhookErrand } from "@/lib/webhooks/errand";

/** Begins to bring out what waits to leave. Resolves with what ends it, and puts back what runs. */
export async function openDepartures(store: Store): Promise<() => Promise<void>> {
  const webhooks = toRound(webhookErrand(store));
  const countMail = countMails();
  const { mail } = config();
  if (mail === null) {
    const courier = new Courier(store, [webhooks]);
    return () => courier.stop();
  }
  // Only now: whoever sends no mail need not load what does.
  const { openTransport } = await import("@/lib/mail/transport");
  const { mailErrand } = await import("@/lib/mail/errand");
  const { repliesRound } = await import("@/lib/mail/repliesRound");
  const transport = openTransport(mail.server, mail.from);
  const courier = new Courier(store, [
    webhooks,
    repliesRound(store),
    toRound(mailErrand(store, transport, mail.publicUrl, countMail)),
  ]);
  return async () => {
    await courier.stop();
    transport.close();
  };
}
