import type { Statement } from "better-sqlite3";
import type { Role } from "@/db/port/base";
import type { Sessions as Port, Session } from "@/db/port/sessions";
import type { Connection } from "@/db/sqlite/connection";

interface Row {
  id: number;
  created_at: string;
  seen_at: string;
  user_id: number;
  name: string;
  role: Role;
}

/** Who is signed in where, by the hash of the cookie's token. */
export class Sessions implements Port {
  readonly #connection: Connection;
  readonly #find: Statement<{ hash: string; at: string; idleSince: string }, Row>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#find = connection.db.prepare(`
      SELECT s.id, s.created_at, s.seen_at, s.user_id, u.name, u.role
      FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.hash = :hash AND s.expires_at > :at AND s.seen_at > :idleSince`);
  }

  find: Port["find"] = (hash, at, idleSince) =>
    this.#connection.readOne((): Session | null => {
      const row = this.#find.get({ hash, at, idleSince });
      if (!row) return null;
      const { id, created_at, seen_at, user_id, name, role } = row;
      return { id, createdAt: created_at, seenAt: seen_at, user: { id: user_id, name, role } };
    });
}
