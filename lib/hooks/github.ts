import { z } from "zod";
import { DAY } from "@/db/time";
import { isHexSignature } from "@/lib/hooks/hex";
import type { Sender } from "@/lib/hooks/sender";
import { Problem } from "@/lib/problems";

const dispatch = z.object({ action: z.string(), client_payload: z.record(z.string(), z.unknown()) });

/**
 * GitHub, whose signature says nothing of when: what makes a replay useless is that the same body is taken once, and
 * that it must say itself when it happened. GitHub delivers again by hand for three days.
 * https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
 */
export const github: Sender = {
  header: "x-hub-signature-256",
  oldest: 3 * DAY,
  prove({ headers, body }, secrets) {
    const signature = /^sha256=([\da-f]{64})$/.exec(String(headers["x-hub-signature-256"]))?.[1];
    if (signature === undefined || !isHexSignature(signature, secrets, body))
      throw new Problem("bad_signature");
    // X-GitHub-Delivery is not signed, so whoever replays a message can change it.
    return { id: `github ${signature}`, at: null };
  },
  toMessage(body, { headers }) {
    const event = String(headers["x-github-event"]);
    if (event === "ping") return { ignored: "The signature is right: posts are taken here" };
    if (event !== "repository_dispatch")
      return { ignored: `Nothing is done for ${event.slice(0, 80)}; send repository_dispatch` };
    const { data } = dispatch.safeParse(body);
    return data
      ? { message: { type: data.action, ...data.client_payload } }
      : { ignored: "There is no client_payload in it" };
  },
};
