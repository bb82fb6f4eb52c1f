import type { Kind } from "@/lib/mail/kind";
import { test } from "@/lib/mail/kinds/test";
import { waiting } from "@/lib/mail/kinds/waiting";

const KINDS: Readonly<Record<string, Kind>> = { "mail.test": test, "comments.waiting": waiting };

/** The kind of that name; null for one that this version does not know. */
export function findKind(name: string): Kind | null {
  return Object.hasOwn(KINDS, name) ? (KINDS[name] ?? null) : null;
}
