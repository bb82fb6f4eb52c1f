import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { mailErrand } from "@/lib/mail/errand";
import { openTransport } from "@/lib/mail/transport";
import { Courier, toRound } from "@/lib/outbound/courier";
import { webhookErrand } from "@/lib/webhooks/errand";

/** Begins to bring out what waits to leave. Returns what ends it, and puts back what runs. */
export function openDepartures(store: Store): () => Promise<void> {
  const webhooks = toRound(webhookErrand(store));
  const { mail } = config();
  if (mail === null) {
    const courier = new Courier(store, [webhooks]);
    return () => courier.stop();
  }
  const transport = openTransport(mail.server, mail.from);
  const courier = new Courier(store, [webhooks, toRound(mailErrand(store, transport, mail.publicUrl))]);
  return async () => {
    await courier.stop();
    transport.close();
  };
}
