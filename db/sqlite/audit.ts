import type { Statement } from "better-sqlite3";
import type { Actor, AuditEntry, AuditLog, AuditQuery, AuditRecord } from "@/db/port/audit";
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
export class Audit implements Omit<AuditLog, "undo"> {
  readonly #connection: Connection;
  readonly #record: Statement<object>;
  readonly #list: Record<Filter, Statement<object, Row>>;
  readonly #find: Statement<[number], Row>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#record = connection.db.prepare(`
      INSERT INTO audit (at, user_id, name, role, action, type, subject, before, after, note, undoes)
      VALUES (:at, :user, :name, :role, :action, :type, :subject, :before, :after, :note, :undoes)`);
    const list = (filter: Filter) => connection.db.prepare<object, Row>(auditSql(filter));
    this.#list = { all: list("all"), type: list("type"), subject: list("subject") };
    this.#find = connection.db.prepare(`${ENTRY} WHERE a.id = ?`);
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

  /** The entry of that id, read inside the caller's transaction. */
  read(id: number): AuditEntry | null {
    const row = this.#find.get(id);
    return row ? toEntry(row) : null;
  }

  find: AuditLog["find"] = (id) => this.#connection.readOne(() => this.read(id));

  /** The same, of what was done to a post. */
  recordPost(
    action: string,
    subject: number,
    by: Actor,
    at: string,
    before: AuditRecord["before"],
    after: AuditRecord["after"],
  ): void {
    this.record({ at, by, action, type: "post", subject, before, after, note: null, undoes: null });
  }

  list: AuditLog["list"] = ({ type, subject, after = Number.MAX_SAFE_INTEGER, limit }) =>
    this.#connection.readOne(() => {
      const filter = type === undefined ? "all" : subject === undefined ? "type" : "subject";
      const rows = this.#list[filter].all({ type, subject, after, limit: limit + 1 });
      return { rows: rows.slice(0, limit).map(toEntry), more: rows.length > limit };
    });
}

type Filter = "all" | Extract<keyof AuditQuery, "type" | "subject">;

const ENTRY = "SELECT a.*, u.id AS undone_by FROM audit a LEFT JOIN audit u ON u.undoes = a.id";

/** The statement of `Store.audit.list`. */
export function auditSql(filter: Filter): string {
  const wanted = {
    all: "",
    type: "a.type = :type AND",
    subject: "a.type = :type AND a.subject = :subject AND",
  };
  return `${ENTRY} WHERE ${wanted[filter]} a.id < :after ORDER BY a.id DESC LIMIT :limit + 0`;
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
