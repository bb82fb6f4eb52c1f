import { randomBytes } from "node:crypto";
import type { Webhook } from "@/db/port/webhooks";
import { keyed } from "@/lib/secrets";
import { keyOf } from "@/lib/webhooks/sign";

/** What a new signing secret is derived from. */
export function makeSalt(): string {
  return randomBytes(16).toString("base64url");
}

/**
 * The signing secret of that salt: 256 bits, as Standard Webhooks writes it. It must be readable to sign, so a hash
 * would not do; it is derived from the secret of the database, so that it is nowhere in it.
 */
export function toSecret(secret: Buffer, salt: string): string {
  return `whsec_${Buffer.from(keyed(secret, "webhook", salt), "base64url").toString("base64")}`;
}

/** The keys that sign at `now`: that of the secret, and for a day after a change that of the former one. */
export function keysOf(
  secret: Buffer,
  { salt, formerSalt, formerUntil }: Pick<Webhook, "salt" | "formerSalt" | "formerUntil">,
  now: string,
): Buffer[] {
  const former = formerSalt !== null && formerUntil !== null && formerUntil > now ? [formerSalt] : [];
  return [salt, ...former].map((one) => keyOf(toSecret(secret, one)));
}

/** The `webhook-id` of an event, the same for each receiver and try; after a restore from a backup no other event has it. */
export function messageId(secret: Buffer, { id, at }: { id: number; at: string }): string {
  return `msg_${keyed(secret, "event", `${id} ${at}`).slice(0, 32)}`;
}
