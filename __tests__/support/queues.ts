import Database from "better-sqlite3";

/**
 * As if the time had come for whatever waits in that queue; not for what is claimed, which is due exactly `lease`
 * milliseconds after it was tried; null: for that, too.
 */
export function makeDue(databaseFile: string, queue: "deliveries" | "mails", lease: number | null): void {
  const database = new Database(databaseFile, { timeout: 5000 });
  database
    .prepare(`
      UPDATE ${queue} SET due_at = '2026-01-01T00:00:00.000Z' WHERE due_at IS NOT NULL
      AND round((julianday(due_at) - julianday(tried_at)) * 86400000) IS NOT ?`)
    .run(lease ?? -1);
  database.close();
}
