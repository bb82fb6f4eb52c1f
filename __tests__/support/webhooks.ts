import { createHmac } from "node:crypto";
import { makeDue } from "@/__tests__/support/queues";
import type { Received } from "@/__tests__/support/receiver";
import type { Server } from "@/__tests__/support/server";
import { LEASE } from "@/lib/webhooks/errand";

/** Whether the request is signed with that secret, worked out as a receiver does, and as of now. */
export function isSigned({ headers, body }: Received, secret: string): boolean {
  const { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature } = headers;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const wanted = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  const isNow = Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
  return isNow && String(signature).split(" ").includes(`v1,${wanted}`);
}

/**
 * As if the time had come for whatever waits: the clock of no process has to be moved for it. What is being sent, or was
 * by a process that died, is left to whom it belongs, unless `claimed`.
 */
export function hasten({ databaseFile }: Pick<Server, "databaseFile">, { claimed = false } = {}): void {
  makeDue(databaseFile, "deliveries", claimed ? null : LEASE);
}
