import type { Claimed, Outcome } from "@/db/port/outbox";
import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { config } from "@/lib/config";
import { log } from "@/lib/log";
import { Attempts } from "@/lib/metrics/attempts";
import { metrics } from "@/lib/metrics/metrics";
import { type Answered, send } from "@/lib/outbound/send";
import { requireFormat } from "@/lib/webhooks/formats";
import { toMessage } from "@/lib/webhooks/message";
import { isHopeless, waitAfter } from "@/lib/webhooks/schedule";
import { keysOf } from "@/lib/webhooks/secrets";
import { sign } from "@/lib/webhooks/sign";

/** How often it is looked whether something is due, be it a retry or another process's: ms. */
const EVERY = 1000;
/** How many calls run at once to one webhook. Others' run beside them. */
const AT_ONCE = 4;
/** How long nobody else takes what was claimed: longer than any call takes, so that only a dead process loses it. */
const LEASE = 30_000;

/**
 * Brings events to webhooks. One in each process: who claims a delivery has it, and where that process dies, it is due
 * again once the claim is over.
 */
export class Courier {
  readonly #store: Store;
  readonly #attempts = new Attempts();
  readonly #running = new Map<number, Set<Promise<void>>>();
  readonly #over = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> | null = null;
  #again = false;

  constructor(store: Store) {
    this.#store = store;
    metrics.add("attempts", this.#attempts.families);
    store.outbox.listen(() => this.#look());
    this.#timer = setInterval(() => this.#look(), EVERY).unref();
  }

  /** Claims no more, breaks off what runs, and resolves once it is put back. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#store.outbox.listen(null);
    this.#over.abort();
    await this.#looking;
    await Promise.all([...this.#running.values()].flatMap((calls) => [...calls]));
  }

  /** One look at a time; what is asked for meanwhile is one more. */
  #look(): void {
    this.#again = true;
    this.#looking ??= this.#takeAll().finally(() => {
      this.#looking = null;
    });
  }

  async #takeAll(): Promise<void> {
    try {
      while (this.#again && !this.#over.signal.aborted) {
        this.#again = false;
        for (const webhook of await this.#store.outbox.due(toInstant(Date.now()))) await this.#take(webhook);
      }
    } catch (error) {
      log.warn({ err: error }, "could not look for what is to be sent; trying again in a second");
    }
  }

  async #take(webhook: number): Promise<void> {
    const calls = this.#running.get(webhook) ?? new Set();
    const room = AT_ONCE - calls.size;
    if (room <= 0 || this.#over.signal.aborted) return;
    const now = Date.now();
    const claimed = await this.#store.outbox.claim(webhook, room, toInstant(now), toInstant(now + LEASE));
    for (const one of claimed) {
      const call = this.#deliver(one).finally(() => {
        calls.delete(call);
        if (calls.size === 0) this.#running.delete(webhook);
        this.#look();
      });
      calls.add(call);
    }
    if (calls.size > 0) this.#running.set(webhook, calls);
  }

  /** Never rejects. */
  async #deliver(claimed: Claimed): Promise<void> {
    try {
      const outcome = await this.#attempt(claimed);
      const kept = await this.#store.outbox.finish(claimed, outcome, toInstant(Date.now()));
      const told = { webhook: claimed.webhook.id, delivery: claimed.id };
      if (kept && outcome.state === "failed")
        log.warn({ ...told, error: outcome.error }, "a delivery failed for good");
      if (kept && outcome.disable)
        log.warn({ ...told, because: outcome.disable }, "a webhook was turned off");
    } catch (error) {
      log.warn({ err: error, delivery: claimed.id }, "could not deliver; trying again in half a minute");
    }
  }

  async #attempt(claimed: Claimed): Promise<Outcome> {
    const { event, webhook } = claimed;
    const message = await toMessage(this.#store, event);
    if (message === null) {
      this.#attempts.add("dropped", null);
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
        keysOf(this.#store.secret, webhook, toInstant(now)),
        message.id,
        timestamp,
        call.body,
      ),
    };
    const { signal } = this.#over;
    const began = performance.now();
    const answered = await send({ ...call, headers }, { allowed: config().webhookAllow, signal });
    if (signal.aborted && !isTaken(answered)) return putBack();
    this.#attempts.add(nameOf(answered), (performance.now() - began) / 1000);
    return toOutcome(claimed, answered, Date.now());
  }
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
