import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** SHA-256 in hex: how tokens are kept. */
export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** HMAC-SHA-256 in base64url; `purpose` keeps the uses of one secret apart. */
export function keyed(secret: Buffer, purpose: string, text: string): string {
  return createHmac("sha256", secret).update(`${purpose}\0${text}`).digest("base64url");
}

/** The same as a UUID (RFC 9562, version 8: made in a way of one's own). */
export function keyedUuid(secret: Buffer, purpose: string, text: string): string {
  const hex = createHmac("sha256", secret).update(`${purpose}\0${text}`).digest("hex");
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-8$3-8$4-$5");
}

/** Compares in a time that tells nothing, whatever the lengths. */
export function same(a: string, b: string): boolean {
  return timingSafeEqual(createHash("sha256").update(a).digest(), createHash("sha256").update(b).digest());
}

/** A new API token: 256 random bits. */
export function makeToken(): string {
  return `antiphon_${makeSecret()}`;
}

/** The token in a session's cookie, or in a setup link: 256 random bits. */
export function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** The token that opens one comment to its author; derived, so that nothing of it is kept and a replay can show it again. */
export function editToken(secret: Buffer, comment: { id: number; createdAt: string }): string {
  return `edit_${keyed(secret, "edit", `${comment.id} ${comment.createdAt}`)}`;
}
