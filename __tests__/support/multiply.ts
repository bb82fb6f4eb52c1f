import Database from "better-sqlite3";
import type { Server } from "@/__tests__/support/server";

/** Makes that many copies of the last comment, put beside the server. */
export function multiply({ databaseFile }: Pick<Server, "databaseFile">, many: number): void {
  const db = new Database(databaseFile, { timeout: 5000 });
  const columns = db
    .prepare("SELECT name FROM pragma_table_info('comments') WHERE name <> 'id'")
    .pluck()
    .all();
  db.exec(`INSERT INTO comments (${columns}) SELECT ${columns.map((name) => `c.${name}`)}
    FROM (SELECT * FROM comments ORDER BY id DESC LIMIT 1) c,
    (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many}) SELECT i FROM n)`);
  db.close();
}
