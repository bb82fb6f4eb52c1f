import { randomBytes } from "node:crypto";
import Database from "better-sqlite3";
import type { Server } from "@/__tests__/support/server";
import type { Role } from "@/db/port/base";
import { hash } from "@/lib/secrets";

/** A person with an API token, put into the server's database beside it. */
export interface Person {
  id: number;
  token: string;
  /** The header that says so. */
  header: [string, string];
}

/** Makes one of that role. */
export function addPerson({ databaseFile }: Server, role: Role): Person {
  const token = `antiphon_${randomBytes(32).toString("base64url")}`;
  const at = new Date().toISOString();
  const database = new Database(databaseFile);
  try {
    const id = Number(
      database
        .prepare("INSERT INTO users (name, role, created_at) VALUES (?, ?, ?)")
        .run(`The ${role}`, role, at).lastInsertRowid,
    );
    database
      .prepare("INSERT INTO tokens (hash, user_id, role, created_at) VALUES (?, ?, ?, ?)")
      .run(hash(token), id, role, at);
    return { id, token, header: ["Authorization", `Bearer ${token}`] };
  } finally {
    database.close();
  }
}
