import { createHmac } from "node:crypto";

/** The key that a signing secret stands for, with or without `whsec_` before it. */
export function keyOf(secret: string): Buffer {
  return Buffer.from(secret.replace(/^whsec_/, ""), "base64");
}

/**
 * The value of `webhook-signature` after Standard Webhooks 1.0.0, by each of the keys. `timestamp`: of this attempt, in
 * seconds. https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function sign(
  keys: readonly Buffer[],
  id: string,
  timestamp: number | string,
  body: string | Buffer,
): string {
  const head = `${id}.${timestamp}.`;
  return keys
    .map((key) => `v1,${createHmac("sha256", key).update(head).update(body).digest("base64")}`)
    .join(" ");
}
