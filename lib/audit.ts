import type { AuditEntry, AuditRecord, Former } from "@/db/port/audit";
import type { Role } from "@/db/port/base";
import type { Store } from "@/db/store";
import { toAuthor } from "@/lib/authors";
import { toText } from "@/lib/commentText";
import { Problem } from "@/lib/problems";
import { hasRole, toActor, type Who } from "@/lib/who";

/** The least role that may take back what was done to each. */
const LEAST: Record<AuditRecord["type"], Role> = {
  comment: "moderator",
  rule: "moderator",
  post: "moderator",
  file: "moderator",
  user: "admin",
  webhook: "admin",
};

/** Takes back what an entry of the audit log says. Throws 404, 403 for what is above one's role, 409 `not_undoable`. */
export async function undo(store: Store, who: Who & { role: Role }, id: number): Promise<AuditEntry> {
  const entry = await store.audit.find(id);
  if (!entry) throw new Problem("entry_not_found");
  if (!hasRole(who, LEAST[entry.type])) throw new Problem("forbidden");
  const former = await findFormer(store, who, entry);
  const undone = await store.audit.undo(id, toActor(who), new Date().toISOString(), former);
  if (undone.refused === null) return undone.entry;
  throw new Problem(undone.refused === "absent" ? "entry_not_found" : "not_undoable");
}

/** What the comment said before the edit that the entry names, through the one renderer and sanitiser. */
async function findFormer(store: Store, { secret }: Who, { before }: AuditEntry): Promise<Former | null> {
  const edit = typeof before?.edit === "number" ? await store.comments.edit(before.edit) : null;
  return edit && { text: toText(edit.comment, secret), author: toAuthor(edit.author, edit.website) };
}
