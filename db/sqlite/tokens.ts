import type { Statement } from "better-sqlite3";
import type { Role } from "@/db/port/base";
import type { Connection } from "@/db/sqlite/connection";
import type { Store } from "@/db/store";

interface TokenRow {
  role: Role;
  scope: "read" | "full";
  user_id: number | null;
  user_name: string | null;
  user_role: Role | null;
}

/** API tokens, by the hash of their secret. */
export class Tokens {
  readonly #connection: Connection;
  readonly #find: Statement<{ hash: string; at: string }, TokenRow>;
  readonly #createFirst: Statement<{ hash: string; role: Role; at: string }>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#find = connection.db.prepare(`
      SELECT t.role, t.scope, t.user_id, u.name AS user_name, u.role AS user_role
      FROM tokens t LEFT JOIN users u ON u.id = t.user_id
      WHERE t.hash = :hash AND (t.expires_at IS NULL OR t.expires_at > :at)`);
    // sqlite_sequence remembers a token that is gone: a lost one must not come back by itself.
    this.#createFirst = connection.db.prepare(`
      INSERT INTO tokens (hash, role, created_at) SELECT :hash, :role, :at
      WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'tokens')`);
  }

  find: Store["tokens"]["find"] = (hash, at) =>
    this.#connection.readOne(() => {
      const row = this.#find.get({ hash, at });
      if (!row) return null;
      const { role, scope, user_id, user_name, user_role } = row;
      if (user_id === null || user_name === null || user_role === null) return { role, scope, user: null };
      return { role, scope, user: { id: user_id, name: user_name, role: user_role } };
    });

  createFirst: Store["tokens"]["createFirst"] = (hash, role, at) =>
    this.#connection.write(() => this.#createFirst.run({ hash, role, at }).changes > 0);
}
