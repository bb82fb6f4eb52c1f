import type { Statement } from "better-sqlite3";
import type { Role } from "@/db/port/base";
import {
  MOST_SESSIONS,
  type NewSession,
  type Sessions as Port,
  type Session,
  type SessionEntry,
} from "@/db/port/sessions";
import type { Connection } from "@/db/sqlite/connection";

interface Row {
  id: number;
  created_at: string;
  seen_at: string;
  user_id: number;
  name: string;
  role: Role;
}

interface EntryRow {
  id: number;
  user_agent: string;
  created_at: string;
  seen_at: string;
}

const ENTRY = "id, user_agent, created_at, seen_at";

/** The statement of a person's sessions. */
export const sessionListSql = `
  SELECT ${ENTRY} FROM sessions WHERE user_id = :user AND expires_at > :at AND seen_at > :idleSince
  ORDER BY created_at DESC, id DESC`;

/** Who is signed in where, by the hash of the cookie's token. */
export class Sessions implements Port {
  readonly #connection: Connection;
  readonly #create: Statement<NewSession & { password: string }>;
  readonly #crowd: Statement<{ user: number }>;
  readonly #find: Statement<{ hash: string; at: string; idleSince: string }, Row>;
  readonly #touch: Statement<{ id: number; at: string }>;
  readonly #list: Statement<{ user: number; at: string; idleSince: string }, EntryRow>;
  readonly #endOne: Statement<{ user: number; only: number }, EntryRow>;
  readonly #endAll: Statement<{ user: number; except: number | null }, EntryRow>;
  readonly #endHash: Statement<[string | null]>;

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#create = connection.db.prepare(`
      INSERT INTO sessions (hash, user_id, user_agent, created_at, seen_at, expires_at)
      SELECT :hash, id, :userAgent, :at, :at, :expiresAt FROM users WHERE id = :user AND password = :password`);
    this.#crowd = connection.db.prepare(`
      DELETE FROM sessions WHERE id IN (
        SELECT id FROM sessions WHERE user_id = :user
        ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET ${MOST_SESSIONS})`);
    this.#find = connection.db.prepare(`
      SELECT s.id, s.created_at, s.seen_at, s.user_id, u.name, u.role
      FROM sessions s JOIN users u ON u.id = s.user_id
      WHERE s.hash = :hash AND s.expires_at > :at AND s.seen_at > :idleSince`);
    this.#touch = connection.db.prepare("UPDATE sessions SET seen_at = :at WHERE id = :id AND seen_at < :at");
    this.#list = connection.db.prepare(sessionListSql);
    this.#endOne = connection.db.prepare(`
      DELETE FROM sessions WHERE id = :only AND user_id = :user RETURNING ${ENTRY}`);
    this.#endAll = connection.db.prepare(`
      DELETE FROM sessions WHERE user_id = :user AND id IS NOT :except RETURNING ${ENTRY}`);
    this.#endHash = connection.db.prepare("DELETE FROM sessions WHERE hash = ?");
  }

  create: Port["create"] = (session, password, instead) =>
    this.#connection.write(() => {
      if (this.#create.run({ ...session, password }).changes === 0) return null;
      this.#endHash.run(instead);
      this.#crowd.run(session);
      return this.#read(session.hash, session.at, "");
    });

  find: Port["find"] = (hash, at, idleSince) =>
    this.#connection.readOne(() => this.#read(hash, at, idleSince));

  touch: Port["touch"] = async (id, at) => {
    await this.#connection.write(() => this.#touch.run({ id, at }));
  };

  list: Port["list"] = (user, at, idleSince) =>
    this.#connection.readOne(() => this.#list.all({ user, at, idleSince }).map(toEntry));

  end: Port["end"] = (user, which) =>
    this.#connection.write(() => {
      if ("except" in which) return this.endInside(user, which.except);
      return this.#endOne.all({ user, only: which.only }).map(toEntry);
    });

  /** Ends all of a person's but `except` inside the caller's transaction. */
  endInside(user: number, except: number | null): SessionEntry[] {
    return this.#endAll.all({ user, except }).map(toEntry);
  }

  #read(hash: string, at: string, idleSince: string): Session | null {
    const row = this.#find.get({ hash, at, idleSince });
    if (!row) return null;
    const { id, created_at, seen_at, user_id, name, role } = row;
    return { id, createdAt: created_at, seenAt: seen_at, user: { id: user_id, name, role } };
  }
}

function toEntry({ id, user_agent, created_at, seen_at }: EntryRow): SessionEntry {
  return { id, userAgent: user_agent, createdAt: created_at, seenAt: seen_at };
}
