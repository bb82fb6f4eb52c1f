import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import { z } from "zod";
import { keyed, same } from "@/lib/secrets";

const ALGORITHM = "aes-256-gcm";
const [NONCE, TAG] = [12, 16];
/** The longest token: what is longer was never ours. */
const LONGEST = 2000;

const sealed = z.strictObject({
  purpose: z.string(),
  subject: z.unknown(),
  state: z.string(),
  until: z.number(),
});

/** What the token of a mailed link stands for. */
export interface Opened {
  purpose: string;
  subject: unknown;
  until: number;
  /** Whether what it was about is still as it was when the link was made. */
  holds(state: string): boolean;
}

/**
 * The token of a mailed link: for one purpose, about `subject` (JSON), until that instant, and as long as `state` is
 * the same; so what it does should change that. Nothing of it is kept, and nobody else can make or read it: an e-mail
 * address inside stays out of logs and histories.
 */
export function sealLink(
  secret: Buffer,
  { purpose, subject, state, until }: { purpose: string; subject: unknown; state: string; until: number },
): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(ALGORITHM, keyOf(secret), nonce);
  const text = JSON.stringify({ purpose, subject, state: digest(secret, state), until });
  return Buffer.concat([nonce, cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]).toString(
    "base64url",
  );
}

/** Null for a token that this server did not make, or that is too old. */
export function openLink(secret: Buffer, token: string, now: number): Opened | null {
  if (token.length > LONGEST || !/^[\w-]+$/.test(token)) return null;
  const bytes = Buffer.from(token, "base64url");
  // One spelling only: what is left over of the last character says nothing.
  if (bytes.length <= NONCE + TAG || bytes.toString("base64url") !== token) return null;
  const result = sealed.safeParse(decrypt(keyOf(secret), bytes));
  if (!result.success || result.data.until <= now) return null;
  const { purpose, subject, state, until } = result.data;
  return { purpose, subject, until, holds: (current) => same(digest(secret, current), state) };
}

/** The path of the page that asks whether to do what a mailed link is for. */
export function confirmPath(token: string): string {
  return `/confirm?token=${token}`;
}

function decrypt(key: Buffer, bytes: Buffer): unknown {
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE), { authTagLength: TAG });
    decipher.setAuthTag(bytes.subarray(-TAG));
    return JSON.parse(
      Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]).toString("utf8"),
    );
  } catch {
    return null;
  }
}

function keyOf(secret: Buffer): Buffer {
  return createHmac("sha256", secret).update("mailed link\0").digest();
}

function digest(secret: Buffer, state: string): string {
  return keyed(secret, "state of a mailed link", state).slice(0, 22);
}
