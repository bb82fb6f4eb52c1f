import type { CommentAuthor, CommentText, Page, Role } from "@/db/port/base";

/** Who does something that the audit log remembers. */
export interface Actor {
  /** Null: a token that belongs to nobody, such as ADMIN_TOKEN. */
  user: number | null;
  name: string;
  role: Role;
}

export interface AuditRecord {
  at: string;
  by: Actor;
  /** What was done, such as `comment.approve`. */
  action: string;
  type: "comment" | "post" | "user" | "rule" | "file" | "webhook";
  /** The id of what it was done to. */
  subject: number;
  /** The members that changed, as they were and as they are. */
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  note: string | null;
  /** The entry that this one takes back. */
  undoes: number | null;
}

export interface AuditEntry extends AuditRecord {
  id: number;
  /** The entry that took this one back. */
  undoneBy: number | null;
}

/** What a comment said before an edit. */
export interface Former {
  text: CommentText;
  author: CommentAuthor;
}

export interface AuditQuery {
  type?: AuditRecord["type"];
  /** With `type`: what happened to this one. */
  subject?: number;
  /** The id of the last one seen. */
  after?: number;
  limit: number;
}

type Undone = { refused: "absent" | "not_undoable" } | { refused: null; entry: AuditEntry };

export interface AuditLog {
  /** Newest first. */
  list(query: AuditQuery): Promise<Page<AuditEntry>>;
  find(id: number): Promise<AuditEntry | null>;
  /**
   * Takes back what the entry says, and says so in an entry of its own. `not_undoable`: it was taken back already, is
   * older than thirty days, is of a kind that can't be, or has been changed since. `former`: the text or author of the
   * edit that `before.edit` names, rendered anew.
   */
  undo(id: number, by: Actor, at: string, former: Former | null): Promise<Undone>;
}
