import type { Page, Role } from "@/db/port/base";

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
  type: "comment" | "post" | "user" | "rule" | "file";
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

export interface AuditLog {
  /** Newest first; `after`: the id of the last one seen. */
  list(query: { after?: number; limit: number }): Promise<Page<AuditEntry>>;
}
