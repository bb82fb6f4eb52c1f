import { createHmac } from "node:crypto";
import { same } from "@/lib/secrets";

/** Whether `signature` is the HMAC-SHA-256 of `body` and `tail`, in hex, with the text of one of the secrets as the key. */
export function isHexSignature(
  signature: string,
  secrets: readonly string[],
  body: Buffer,
  tail = "",
): boolean {
  const right = secrets.map((one) => createHmac("sha256", one).update(body).update(tail).digest("hex"));
  return right.some((one) => same(one, signature));
}
