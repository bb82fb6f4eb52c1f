import type { Statement } from "better-sqlite3";
import type { Role } from "@/db/port/base";
import type { NewToken, Tokens as Port, Scope, Token } from "@/db/port/tokens";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import { pageSql } from "@/db/sqlite/keyset";

interface TokenRow {
  role: Role;
  scope: Scope;
  expires_at: string | null;
  user_id: number | null;
  user_name: string | null;
  user_role: Role | null;
}

const ENTRY =
  "id, user_id AS user, name, scope, role, created_at AS createdAt, expires_at AS expiresAt" as const;

/** API tokens, by the hash of their secret. */
export class Tokens implements Port {
  readonly #connection: Connection;
  readonly #audit: Audit;
  readonly #find: Statement<{ hash: string; at: string }, TokenRow>;
  readonly #createFirst: Statement<{ hash: string; role: Role; at: string }>;
  readonly #createAnother: Statement<{ hash: string; role: Role; at: string }>;
  readonly #deleteNobodys: Statement<[]>;
  readonly #lists: Record<"first" | "next", Statement<object, Token>>;
  readonly #create: Statement<NewToken, Token>;
  readonly #delete: Statement<{ id: number; user: number | null }, Token>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#audit = new Audit(connection);
    this.#find = db.prepare(`
      SELECT t.role, t.scope, t.expires_at, t.user_id, u.name AS user_name, u.role AS user_role
      FROM tokens t LEFT JOIN users u ON u.id = t.user_id
      WHERE t.hash = :hash AND (t.expires_at IS NULL OR t.expires_at > :at)`);
    // sqlite_sequence remembers a token that is gone: a lost one must not come back by itself.
    this.#createFirst = db.prepare(`
      INSERT INTO tokens (hash, role, created_at) SELECT :hash, :role, :at
      WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'tokens')`);
    this.#createAnother = db.prepare(
      "INSERT INTO tokens (hash, role, created_at) VALUES (:hash, :role, :at)",
    );
    this.#deleteNobodys = db.prepare("DELETE FROM tokens WHERE user_id IS NULL");
    this.#lists = { first: db.prepare(tokenListSql(false)), next: db.prepare(tokenListSql(true)) };
    this.#create = db.prepare(`
      INSERT INTO tokens (hash, user_id, name, scope, role, created_at, expires_at)
      SELECT :hash, id, :name, :scope, :role, :createdAt, :expiresAt FROM users WHERE id = :user AND leaving = 0
      RETURNING ${ENTRY}`);
    this.#delete = db.prepare(`
      DELETE FROM tokens WHERE id = :id AND user_id IS NOT NULL AND (:user IS NULL OR user_id = :user)
      RETURNING ${ENTRY}`);
  }

  find: Port["find"] = (hash, at) =>
    this.#connection.readOne(() => {
      const row = this.#find.get({ hash, at });
      if (!row) return null;
      const { role, scope, expires_at: expiresAt, user_id, user_name, user_role } = row;
      const user =
        user_id === null || user_name === null || user_role === null
          ? null
          : { id: user_id, name: user_name, role: user_role };
      return { role, scope, expiresAt, user };
    });

  createFirst: Port["createFirst"] = (hash, role, at) =>
    this.#connection.write(() => this.#createFirst.run({ hash, role, at }).changes > 0);

  createAnother: Port["createAnother"] = (hash, role, at, alone) =>
    this.#connection.write(() => {
      const ended = alone ? this.#deleteNobodys.run().changes : 0;
      this.#createAnother.run({ hash, role, at });
      return ended;
    });

  list: Port["list"] = ({ user, after, limit }) =>
    this.#connection.readOne(() => {
      const rows = this.#lists[after ? "next" : "first"].all({ user, ...after, limit: limit + 1 });
      return { rows: rows.slice(0, limit), more: rows.length > limit };
    });

  create: Port["create"] = (token, by) =>
    this.#connection.write(() => {
      const made = this.#create.get(token);
      if (!made) return null;
      if (by) {
        const { name, scope, role, expiresAt } = made;
        const about = { type: "user", subject: made.user, before: null, note: null, undoes: null } as const;
        const after = { name, scope, role, expiresAt };
        this.#audit.record({ at: token.createdAt, by, action: "user.token", ...about, after });
      }
      return made;
    });

  delete: Port["delete"] = (id, user) => this.#connection.write(() => this.#delete.get({ id, user }) ?? null);
}

/** The statement of `Tokens.list`; `more`: behind a key. */
export function tokenListSql(more: boolean): string {
  return pageSql(
    { table: "tokens", column: "created_at", direction: "ASC" },
    more,
    (end) => `SELECT ${ENTRY} FROM tokens WHERE user_id = :user ${end}`,
  );
}
