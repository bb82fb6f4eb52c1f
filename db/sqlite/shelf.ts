import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import { nextOf } from "@/db/sqlite/version";

/** Since when a row tells a network, as SQL; null where it does not. Tables that are not named here never do. */
const NETWORK_SINCE: Record<string, string> = {
  comments: "iif(network IS NULL, NULL, created_at)",
  votes: "iif(voter GLOB 'network:*', voted_at, NULL)",
  reports: "iif(reporter GLOB 'network:*' OR network IS NOT NULL, reported_at, NULL)",
  trash:
    "iif(was ->> 'network' IS NULL, NULL, (SELECT c.created_at FROM comments c WHERE c.id = trash.comment_id))",
};

/** Whose a row is, as SQL. Tables that are not named here are nobody's. */
const OWNER: Record<string, string> = {
  posts: "user_id",
  comments: "user_id",
  votes: "iif(voter GLOB 'user:*', CAST(substr(voter, 6) AS INTEGER), NULL)",
  reports: "iif(reporter GLOB 'user:*', CAST(substr(reporter, 6) AS INTEGER), NULL)",
  trash: "was ->> 'user_id'",
};

/** The e-mail address of the guest whose a row is, as SQL. */
const GUEST: Record<string, string> = {
  comments: "iif(user_id IS NULL, email, NULL)",
  trash: "iif(was ->> 'user_id' IS NULL, was ->> 'email', NULL)",
};

/** What must not come back: answers to retries, which are kept for a day only, and who wanted to hear of what. */
const LEFT = ["idempotency_keys", "subscriptions", "tellings", "notices"];

interface Table {
  name: string;
  /** The column that names the comment or post. */
  column: string;
  keep: Statement<{ audit: number; ids: string }>;
  put: Statement<[number]>;
}

/**
 * Keeps whole rows aside as JSON, with all that hangs on them by a foreign key, and puts them back as they were. Which
 * columns and tables there are, the schema says. Inside the caller's transaction.
 */
export class Shelf {
  readonly #tables: Record<"posts" | "comments", Table[]>;

  constructor({ db }: Connection) {
    const hanging = db.prepare<[string], { name: string; column: string }>(`
      SELECT m.name, f."from" AS column FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) f
      WHERE m.type = 'table' AND f."table" = ? AND m.name NOT IN ('posts', 'comments') ORDER BY m.name`);
    const columnsOf = db
      .prepare<[string], string>("SELECT name FROM pragma_table_xinfo(?) WHERE hidden = 0")
      .pluck();
    const toTable = ({ name, column }: { name: string; column: string }): Table => {
      const columns = columnsOf.all(name);
      const members = columns.map((one) => `'${one}', "${one}"`).join(", ");
      const values = columns.map((one) => restoredValue(name, one)).join(", ");
      const again = columns.map((one) => `"${one}" = excluded."${one}"`).join(", ");
      return {
        name,
        column,
        keep: db.prepare(`
          INSERT INTO trashed_rows (audit_id, kind, row, user_id, network_at, email)
          SELECT :audit, '${name}', json_object(${members}), ${OWNER[name] ?? "NULL"}, ${NETWORK_SINCE[name] ?? "NULL"},
            ${GUEST[name] ?? "NULL"}
          FROM ${name} WHERE "${column}" IN (SELECT value FROM json_each(:ids))`),
        put: db.prepare(`
          INSERT INTO ${name} (${columns.map((one) => `"${one}"`).join(", ")})
          SELECT ${values} FROM trashed_rows r WHERE r.audit_id = ? AND r.kind = '${name}' ORDER BY r.n
          ${name === "posts" ? `ON CONFLICT (id) DO UPDATE SET ${again}` : ""}`),
      };
    };
    const all = (table: "posts" | "comments") => [
      toTable({ name: table, column: "id" }),
      ...hanging
        .all(table)
        .filter(({ name }) => !LEFT.includes(name))
        .map(toTable),
    ];
    this.#tables = { posts: all("posts"), comments: all("comments") };
  }

  /** Keeps these rows and what hangs on them aside; they stay where they are, too. */
  keep(table: "posts" | "comments", audit: number, ids: number[]): void {
    for (const { keep } of this.#tables[table]) keep.run({ audit, ids: JSON.stringify(ids) });
  }

  /** Puts all that was kept under this entry of the audit log back; a post that is there still becomes what it was. */
  put(audit: number): void {
    for (const { put } of [...this.#tables.posts, ...this.#tables.comments]) put.run(audit);
  }
}

/** SQL of one column of a row kept aside, but for what would break a rule by now: people who are gone, files imported anew. */
function restoredValue(table: string, column: string): string {
  const value = `(r.row ->> '${column}')`;
  // People who left since are not in it any more, so it is no longer the same.
  if (column === "version") return nextOf(value);
  if (column === "user_id") return `(SELECT u.id FROM users u WHERE u.id = ${value})`;
  if (column !== "import_key") return value;
  return `iif(EXISTS (SELECT 1 FROM ${table} t WHERE t.import_key = ${value} AND t.id <> (r.row ->> 'id')), NULL, ${value})`;
}
