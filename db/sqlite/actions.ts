import type { Actor, AuditEntry, AuditRecord, Former } from "@/db/port/audit";
import { Audit } from "@/db/sqlite/audit";
import { type CommentRow, toReasons } from "@/db/sqlite/commentRow";
import type { Connection } from "@/db/sqlite/connection";
import { Reports } from "@/db/sqlite/reports";
import { Revisions } from "@/db/sqlite/revisions";
import type { By, CommentChange, CommentStatus } from "@/db/store";

const NAMES: Record<CommentStatus, string> = {
  approved: "comment.approve",
  pending: "comment.hold",
  spam: "comment.spam",
  deleted: "comment.delete",
};

/** What else the log is to say. */
interface Log {
  note: string | null;
  /** Instead of what follows from the change. */
  action?: string;
}

/**
 * Changes and deletes comments inside the caller's transaction, and tells the audit log what people with rights did,
 * so that it can be undone. Texts and names are not in the log: it names the edit that kept them.
 */
export class Actions {
  readonly revisions: Revisions;
  readonly #audit: Audit;
  readonly #reports: Reports;

  constructor(connection: Connection) {
    this.revisions = new Revisions(connection);
    this.#audit = new Audit(connection);
    this.#reports = new Reports(connection, this.revisions);
  }

  /** False where it was deleted for good, or is to change while it is deleted. */
  change(before: CommentRow, change: CommentChange, by: By, at: string, log: Log = { note: null }): boolean {
    if (by === "author") return this.revisions.apply(before, change, by, at);
    if (!this.revisions.apply(before, change, "moderator", at)) return false;
    const said = describe(before, change, this.revisions.lastEdit(before.id));
    if (said === null) return true;
    const entry = this.#audit.record({ ...about(before, by, at), ...said, ...log });
    // A moderator has looked: what was reported so far counts no more.
    if (change.status === "approved") this.#reports.settle(before.id, entry);
    return true;
  }

  delete(before: CommentRow, by: By, at: string, log: Log = { note: null }): void {
    this.revisions.empty(before, by === "author" ? "author" : "moderator", at);
    if (by === "author") return;
    const [was, is] = [{ status: before.status }, { status: "deleted" }];
    this.#audit.record({ ...about(before, by, at), action: NAMES.deleted, before: was, after: is, ...log });
  }

  /** Takes back what an entry says, without a word in the log. False where the comment is not as it left it. */
  undo({ id: entry, subject, before, after }: AuditEntry, at: string, former: Former | null): boolean {
    const row = this.revisions.find(subject);
    if (!row || before === null || after === null) return false;
    if ("status" in after && row.status !== after.status) return false;
    if ("pinned" in after && (row.pinned === 1) !== after.pinned) return false;
    const edited = "edit" in before;
    if (edited && (former === null || this.revisions.lastEdit(subject) !== before.edit)) return false;
    if (before.status === "deleted") this.revisions.empty(row, "moderator", at);
    else {
      const back = row.status === "deleted" ? this.revisions.findFormer(subject) : toChange(before);
      const change = { ...back, ...(edited && former) };
      if (back === null || !this.revisions.apply(row, change, "moderator", at)) return false;
    }
    this.#reports.reopen(subject, entry);
    return true;
  }
}

type Said = Pick<AuditRecord, "action" | "before" | "after">;

function about({ id }: CommentRow, by: Actor, at: string) {
  return { at, by, type: "comment", subject: id, undoes: null } as const;
}

/** What a change comes to; null where nothing is other than before. `edit`: the last one, which kept the former text. */
function describe(before: CommentRow, change: CommentChange, edit: number | null): Said | null {
  const [was, is]: [Record<string, unknown>, Record<string, unknown>] = [{}, {}];
  let action: string | null = null;
  if (change.pinned !== undefined && change.pinned !== (before.pinned === 1)) {
    [was.pinned, is.pinned] = [!change.pinned, change.pinned];
    action = change.pinned ? "comment.pin" : "comment.unpin";
  }
  if (change.text || change.author) {
    was.edit = edit;
    action = "comment.edit";
  }
  if (change.status !== undefined && change.status !== before.status) {
    [was.status, is.status] = [before.status, change.status];
    if (before.held !== null) was.held = toReasons(before.held);
    action = before.status === "deleted" ? "comment.restore" : NAMES[change.status];
  }
  if (change.status === "approved" && before.reports > 0) {
    [was.reports, is.reports] = [before.reports, 0];
    action ??= NAMES.approved;
  }
  return action === null ? null : { action, before: was, after: is };
}

/** What the log says was before, as a change. */
function toChange({ status, pinned, held }: Record<string, unknown>): CommentChange {
  return {
    ...((status === "approved" || status === "pending" || status === "spam") && { status }),
    ...(typeof pinned === "boolean" && { pinned }),
    ...(Array.isArray(held) && { held }),
  };
}
