import type { Claimed, Outcome } from "@/db/port/outbox";
import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { config } from "@/lib/config";
import { log } from "@/lib/log";
import { Attempts } from "@/lib/metrics/attempts";
import { metrics } from "@/lib/metrics/metrics";
import type { Errand } from "@/lib/outbound/courier";
import { waitAfter } from "@/lib/outbound/schedule";
import { type Answered, send } from "@/lib/outbound/send";
import { isHopeless } from "@/lib/webhooks/failing";
import { requireFormat } from "@/lib/webhooks/formats";
import { toMessage } from "@/lib/webhooks/message";
import { keysOf } from "@/lib/webhooks/secrets";
import { sign } from "@/lib/webhooks/sign";

/** How long what one process sends is left to it, in milliseconds. */
export const LEASE = 30_000;

/** Brings events to webhooks; each is a lane of its own. */
export function webhookErrand(store: Store): Errand<number, Claimed> {
  const attempts = new Attempts();
  metrics.add("attempts", attempts.families);
  return {
    name: "delivery",
    atOnce: 4,
    lease: LEASE,
    due: store.outbox.due,
    claim: store.outbox.claim,
    attempt: async (claimed, signal) => {
      const outcome = await attempt(store, claimed, signal, attempts);
      const kept = await store.outbox.finish(claimed, outcome, toInstant(Date.now()));
      const told = { webhook: claimed.webhook.id, delivery: claimed.id };
      if (kept && outcome.state === "failed")
        log.warn({ ...told, error: outcome.error }, "a delivery failed for good");
      if (kept && outcome.disable)
        log.warn({ ...told, because: outcome.disable }, "a webhook was turned off");
    },
  };
}

async function attempt(
  store: Store,
  claimed: Claimed,
  signal: AbortSignal,
  attempts: Attempts,
): Promise<Outcome> {
  const { event, webhook } = claimed;
  const message = await toMessage(store, event);
  if (message === null) {
    attempts.add("dropped", null);
    return { state: "dropped", dueAt: null, status: null, error: null, disable: null };
  }
  const call = requireFormat(webhook.format).toCall(message, new URL(webhook.url));
  const now = Date.now();
  const timestamp = Math.floor(now / 1000);
  const headers = {
    ...call.headers,
    "webhook-id": message.id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": sign(
      keysOf(store.secret, webhook, toInstant(now)),
      message.id,
      timestamp,
      call.body,
    ),
  };
  const began = performance.now();
  const answered = await send({ ...call, headers }, { allowed: config().webhookAllow, signal });
  if (signal.aborted && !isTaken(answered)) return putBack();
  attempts.add(nameOf(answered), (performance.now() - began) / 1000);
  return toOutcome(claimed, answered, Date.now());
}

function isTaken(answered: Answered): boolean {
  return "status" in answered && answered.status >= 200 && answered.status < 300;
}

function nameOf(answered: Answered): string {
  if ("error" in answered) return answered.error;
  return isTaken(answered) ? "delivered" : "status";
}

/** What this process broke off says nothing of the receiver. */
function putBack(): Outcome {
  return { state: "waiting", dueAt: toInstant(Date.now()), status: null, error: null, disable: null };
}

function toOutcome({ tries, webhook }: Claimed, answered: Answered, now: number): Outcome {
  if ("status" in answered && isTaken(answered))
    return { state: "delivered", dueAt: null, status: answered.status, error: null, disable: null };
  const status = "status" in answered ? answered.status : null;
  const error = "status" in answered ? "status" : answered.error;
  if (status === 410) return { state: "failed", dueAt: null, status, error, disable: "gone" };
  const wait = waitAfter(tries, "status" in answered ? answered.retryAfter : null, now);
  const disable = isHopeless(webhook.failingSince, now) ? "failing" : null;
  if (wait === null) return { state: "failed", dueAt: null, status, error, disable };
  return { state: "waiting", dueAt: toInstant(now + wait), status, error, disable };
}
