import type { ClaimedMail, MailOutcome } from "@/db/port/mails";
import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { log } from "@/lib/log";
import { compose } from "@/lib/mail/compose";
import type { countMails } from "@/lib/mail/counters";
import { findKind } from "@/lib/mail/kinds";
import { CONNECTIONS, type Transport } from "@/lib/mail/transport";
import type { Errand } from "@/lib/outbound/courier";
import { waitAfter } from "@/lib/outbound/schedule";
import { keyed } from "@/lib/secrets";

const LANE = "mail";
/**
 * How many messages this server sends, all processes together; the others wait. What is urgent goes first and has a quota
 * of its own, so that no flood of others holds it up.
 */
const QUOTAS = {
  urgent: { key: "mail urgent", which: "urgent", quota: { limit: 300, window: 3_600_000 } },
  all: { key: LANE, which: "all", quota: { limit: 1000, window: 3_600_000 } },
} as const;
const DROPPED: MailOutcome = { state: "dropped", dueAt: null, error: null };

/** Brings queued messages to the mail server. `base`: what their links begin with. */
export function mailErrand(
  store: Store,
  transport: Transport,
  base: string,
  count: ReturnType<typeof countMails>,
): Errand<typeof LANE, ClaimedMail> {
  return {
    name: "mail",
    atOnce: CONNECTIONS,
    lease: 60_000,
    due: async (now) => ((await store.mails.isDue(now)) ? [LANE] : []),
    claim: async (_lane, most, now, until) => {
      const claimed: ClaimedMail[] = [];
      for (const { key, quota, which } of [QUOTAS.urgent, QUOTAS.all])
        while (claimed.length < most && (await store.mails.isDue(now, which))) {
          if (!(await store.limits.take(key, quota, Date.now())).allowed) break;
          const [one] = await store.mails.claim(1, now, until, which);
          if (one === undefined) {
            await store.limits.giveBack(key, quota, Date.now());
            break;
          }
          claimed.push(one);
        }
      return claimed;
    },
    attempt: async (claimed, signal) => {
      const outcome = await attempt(store, transport, base, claimed, signal);
      // What nobody gets must not keep others waiting.
      if (outcome.state === "dropped") {
        const { key, quota } = claimed.urgent ? QUOTAS.urgent : QUOTAS.all;
        await store.limits.giveBack(key, quota, Date.now());
      }
      const kept = await store.mails.finish(claimed, outcome);
      count(outcome.state === "waiting" ? "retried" : outcome.state);
      const told = { mail: claimed.id, kind: claimed.kind, error: outcome.error };
      if (kept && outcome.state === "failed") log.warn(told, "a message could not be sent for good");
      else if (kept && outcome.error !== null)
        log.warn(told, "a message could not be sent; trying again later");
    },
  };
}

async function attempt(
  store: Store,
  transport: Transport,
  base: string,
  { id, kind, user, address, facts, queuedAt, attempts }: ClaimedMail,
  signal: AbortSignal,
): Promise<MailOutcome> {
  const now = Date.now();
  const letter =
    address === null
      ? null
      : ((await findKind(kind)?.write({ id, store, user, address, queuedAt, now }, facts)) ?? null);
  if (letter === null || address === null) return DROPPED;
  const messageId = `${id}.${keyed(store.secret, "message-id", `${id} ${queuedAt}`).slice(0, 22)}`;
  const handed = await transport.send({ ...compose(letter, base), to: address, messageId }, signal);
  if (handed.error === null) await letter.onSent?.();
  if (handed.error === null) return { state: "sent", dueAt: null, error: null };
  const { error } = handed;
  // What this process broke off says nothing of the mail server.
  if (signal.aborted) return { state: "waiting", dueAt: toInstant(Date.now()), error: null };
  const wait = handed.permanent ? null : waitAfter(attempts, null, Date.now());
  if (wait === null) return { state: "failed", dueAt: null, error };
  return { state: "waiting", dueAt: toInstant(Date.now() + wait), error };
}
