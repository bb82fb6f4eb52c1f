import { isUnavailable } from "@/db/errors";
import type { ClaimedMail, MailOutcome } from "@/db/port/mails";
import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { log } from "@/lib/log";
import { compose } from "@/lib/mail/compose";
import type { countMails } from "@/lib/mail/counters";
import type { Mailing } from "@/lib/mail/kind";
import { findKind } from "@/lib/mail/kinds";
import { CONNECTIONS, type Transport } from "@/lib/mail/transport";
import type { Errand } from "@/lib/outbound/courier";
import { waitAfter } from "@/lib/outbound/schedule";
import { keyed } from "@/lib/secrets";

/** How long what one process sends is left to it, in milliseconds. */
export const LEASE = 60_000;

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
    lease: LEASE,
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
      // What nobody gets must not keep others waiting, nor what a mail server that is down did not take.
      if (outcome.state !== "sent") {
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
  if (address === null) return DROPPED;
  const written = await write(base, kind, { id, store, user, address, queuedAt, now }, facts);
  if (written === null) return DROPPED;
  if ("fault" in written) return toFailed("unwritten", attempts);
  const { letter, composed } = written;
  const messageId = `${id}.${keyed(store.secret, "message-id", `${id} ${queuedAt}`).slice(0, 22)}`;
  const handed = await transport.send({ ...composed, to: address, messageId }, signal);
  if (handed.error === null) await letter.onSent?.();
  if (handed.error === null) return { state: "sent", dueAt: null, error: null };
  const { error } = handed;
  // What this process broke off says nothing of the mail server.
  if (signal.aborted) return { state: "waiting", dueAt: toInstant(Date.now()), error: null, untried: true };
  return handed.permanent ? { state: "failed", dueAt: null, error } : toFailed(error, attempts);
}

/** Null: nothing to say. A fault of ours is no reason to try each minute for ever; one of the database goes by itself. */
async function write(base: string, kind: string, mailing: Mailing, facts: unknown) {
  try {
    const letter = (await findKind(kind)?.write(mailing, facts)) ?? null;
    return letter && { letter, composed: compose(letter, base) };
  } catch (error) {
    if (isUnavailable(error)) throw error;
    log.error({ err: error, mail: mailing.id, kind }, "a message could not be written");
    return { fault: true };
  }
}

function toFailed(error: string, attempts: number): MailOutcome {
  const wait = waitAfter(attempts, null, Date.now());
  if (wait === null) return { state: "failed", dueAt: null, error };
  return { state: "waiting", dueAt: toInstant(Date.now() + wait), error };
}
