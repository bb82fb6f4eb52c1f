import type { Statement } from "better-sqlite3";
import type { AuditEntry, AuditLog, AuditRecord } from "@/db/port/audit";
import type { Role } from "@/db/port/base";
import type { Connection } from "@/db/sqlite/connection";

interface Row {
  id: number;
  at: string;
  user_id: number | null;
  name: string;
  role: Role;
  action: string;
  type: AuditRecord["type"];
  subject: number;
  before: string | null;
  after: string | null;
  note: string | null;
  undoes: number | null;
  undone_by: number | null;
}

/** The log of what people with rights did. */
export class Audit implements AuditLog {
  readonly #connection: Connection;
  readonly #record: Statement<object>;
  readonly #list: Statement<{ after: number; limit: number }, Row>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#record = connection.db.prepare(`
      INSERT INTO audit (at, user_id, name, role, action, type, subject, before, after, note, undoes)
      VALUES (:at, :user, :name, :role, :action, :type, :subject, :before, :after, :note, :undoes)`);
    this.#list = connection.db.prepare(`
      SELECT a.*, u.id AS undone_by FROM audit a LEFT JOIN audit u ON u.undoes = a.id
      WHERE a.id < :after ORDER BY a.id DESC LIMIT :limit`);
  }

  /** Adds an entry inside the caller's transaction and returns its id. */
  record({ by, before, after, ...rest }: AuditRecord): number {
    const { lastInsertRowid } = this.#record.run({
      ...rest,
      ...by,
      before: before && JSON.stringify(before),
      after: after && JSON.stringify(after),
    });
    return Number(lastInsertRowid);
  }

  list: AuditLog["list"] = ({ after = Number.MAX_SAFE_INTEGER, limit }) =>
    this.#connection.readOne(() => {
      const rows = this.#list.all({ after, limit: limit + 1 });
      return { rows: rows.slice(0, limit).map(toEntry), more: rows.length > limit };
    });
}

function toEntry({ user_id, name, role, before, after, undone_by, ...rest }: Row): AuditEntry {
  return {
    ...rest,
    by: { user: user_id, name, role },
    before: parse(before),
    after: parse(after),
    undoneBy: undone_by,
  };
}

function parse(text: string | null): Record<string, unknown> | null {
  return text === null ? null : JSON.parse(text);
}
