import type { Kind } from "@/lib/mail/kind";
import { addressChanged } from "@/lib/mail/kinds/addressChanged";
import { guestDataLink } from "@/lib/mail/kinds/guestData";
import { passwordChanged } from "@/lib/mail/kinds/passwordChanged";
import { passwordReset } from "@/lib/mail/kinds/passwordReset";
import { repliesConfirm } from "@/lib/mail/kinds/repliesConfirm";
import { repliesDigest, repliesNew } from "@/lib/mail/kinds/repliesNew";
import { test } from "@/lib/mail/kinds/test";
import { waiting } from "@/lib/mail/kinds/waiting";

const KINDS: Readonly<Record<string, Kind>> = {
  "mail.test": test,
  "replies.confirm": repliesConfirm,
  "replies.new": repliesNew,
  "replies.digest": repliesDigest,
  "password.reset": passwordReset,
  "password.changed": passwordChanged,
  "address.changed": addressChanged,
  "comments.waiting": waiting,
  "guest.data": guestDataLink,
};

/** The kind of that name; null for one that this version does not know. */
export function findKind(name: string): Kind | null {
  return Object.hasOwn(KINDS, name) ? (KINDS[name] ?? null) : null;
}
