import type { Statement } from "better-sqlite3";
import type { Account, NewAccount, Accounts as Port } from "@/db/port/accounts";
import type { Role, User } from "@/db/port/base";
import type { Connection } from "@/db/sqlite/connection";
import type { Sessions } from "@/db/sqlite/sessions";
import { NEXT_VERSION } from "@/db/sqlite/version";

interface Row {
  id: number;
  name: string;
  role: Role;
  email: string | null;
  password: string | null;
}

/** With what people sign in. */
export class Accounts implements Port {
  readonly #connection: Connection;
  readonly #sessions: Sessions;
  readonly #find: Statement<[string], Row>;
  readonly #findById: Statement<[number], Row>;
  readonly #create: Statement<NewAccount>;
  readonly #setPassword: Statement<{ user: number; password: string }>;
  readonly #bumpSite: Statement<[]>;

  constructor(connection: Connection, sessions: Sessions) {
    this.#connection = connection;
    this.#sessions = sessions;
    this.#find = connection.db.prepare("SELECT id, name, role, email, password FROM users WHERE email = ?");
    this.#findById = connection.db.prepare("SELECT id, name, role, email, password FROM users WHERE id = ?");
    this.#create = connection.db.prepare(`
      INSERT INTO users (name, name_key, email, password, role, created_at)
      VALUES (:name, :nameKey, :email, :password, :role, :at) ON CONFLICT (email) DO NOTHING`);
    this.#setPassword = connection.db.prepare("UPDATE users SET password = :password WHERE id = :user");
    this.#bumpSite = connection.db.prepare(`UPDATE site SET version = ${NEXT_VERSION}`);
  }

  find: Port["find"] = (email) => this.#connection.readOne(() => toAccount(this.#find.get(email)));

  findById: Port["findById"] = (user) => this.#connection.readOne(() => toAccount(this.#findById.get(user)));

  /** Makes one inside the caller's transaction; null where somebody has the e-mail address. */
  createInside(account: NewAccount): User | null {
    const { changes, lastInsertRowid } = this.#create.run(account);
    if (changes === 0) return null;
    this.#bumpSite.run();
    const { name, role } = account;
    return { id: Number(lastInsertRowid), name, role };
  }

  setPassword: Port["setPassword"] = (user, password, keep) =>
    this.#connection.write(() => {
      if (this.#setPassword.run({ user, password }).changes === 0) return null;
      return this.#sessions.endInside(user, keep).length;
    });
}

function toAccount(row: Row | undefined): Account | null {
  if (!row) return null;
  const { id, name, role, email, password } = row;
  return { user: { id, name, role }, email, password };
}
