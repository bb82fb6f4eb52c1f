import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import Database from "better-sqlite3";
import { settledLogs } from "@/__tests__/support/logs";
import type { Server } from "@/__tests__/support/server";

/** Every byte that the server keeps: the database's files, everything beside them, and its log. */
export async function everything(server: Server): Promise<Buffer> {
  const folder = dirname(server.databaseFile);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  const bytes = files.map((file) => readFileSync(join(file.parentPath, file.name)));
  return Buffer.concat([...bytes, Buffer.from(await settledLogs(server))]);
}

/** Takes out what the files still hold of rows that are gone. */
export function compact(server: Pick<Server, "databaseFile">): void {
  const database = new Database(server.databaseFile);
  database.pragma("secure_delete = ON");
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.exec("VACUUM");
  database.pragma("wal_checkpoint(TRUNCATE)");
  database.close();
}

/** Whether the word is there, in any case. */
export function holds(bytes: Buffer, word: string): boolean {
  return bytes.toString("latin1").toLowerCase().includes(Buffer.from(word.toLowerCase()).toString("latin1"));
}
