import type { Sender } from "@/lib/hooks/sender";
import { Problem } from "@/lib/problems";
import { same } from "@/lib/secrets";
import { keyOf, sign } from "@/lib/webhooks/sign";

/** Standard Webhooks 1.0.0, which is also how Antiphon signs. The body is in our own form. */
export const standard: Sender = {
  header: "webhook-signature",
  oldest: null,
  prove({ headers, body }, secrets) {
    const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signatures } = headers;
    if (typeof id !== "string" || !/^[\x21-\x7e]{1,255}$/.test(id))
      throw new Problem("bad_signature", { error: "The header webhook-id is missing" });
    if (typeof timestamp !== "string" || !/^\d{1,12}$/.test(timestamp))
      throw new Problem("bad_signature", {
        error: "The header webhook-timestamp must be a number of seconds",
      });
    const given = String(signatures).split(" ");
    const right = sign(secrets.map(keyOf), id, timestamp, body).split(" ");
    if (!right.some((one) => given.some((other) => same(one, other)))) throw new Problem("bad_signature");
    return { id: `standard ${id}`, at: Number(timestamp) * 1000 };
  },
  toMessage: (message) => ({ message }),
};
