import { randomUUID } from "node:crypto";
import type { Statement } from "better-sqlite3";
import type { Account, NewAccount, Accounts as Port } from "@/db/port/accounts";
import type { Role, User } from "@/db/port/base";
import { passwordChanged } from "@/db/sqlite/accountMails";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import { Mailbox } from "@/db/sqlite/mailbox";
import type { Sessions } from "@/db/sqlite/sessions";
import { NEXT_VERSION } from "@/db/sqlite/version";
import { toInstant } from "@/db/time";

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
  readonly #audit: Audit;
  readonly #mailbox: Mailbox;
  readonly #find: Statement<[string], Row>;
  readonly #findById: Statement<[number], Row>;
  readonly #create: Statement<NewAccount>;
  readonly #setPassword: Statement<{ user: number; password: string }>;
  readonly #resetPassword: Statement<object>;
  readonly #bumpSite: Statement<[]>;

  constructor(connection: Connection, sessions: Sessions) {
    this.#connection = connection;
    this.#sessions = sessions;
    this.#audit = new Audit(connection);
    this.#mailbox = new Mailbox(connection);
    this.#find = connection.db.prepare("SELECT id, name, role, email, password FROM users WHERE email = ?");
    this.#findById = connection.db.prepare("SELECT id, name, role, email, password FROM users WHERE id = ?");
    this.#create = connection.db.prepare(`
      INSERT INTO users (name, name_key, email, password, role, created_at)
      VALUES (:name, :nameKey, :email, :password, :role, :at) ON CONFLICT (email) DO NOTHING`);
    this.#setPassword = connection.db.prepare("UPDATE users SET password = :password WHERE id = :user");
    this.#resetPassword = connection.db.prepare(
      "UPDATE users SET password = :password WHERE id = :user AND password IS :was AND email = :email",
    );
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
      return this.#afterPassword(user, keep, toInstant(Date.now()));
    });

  resetPassword: Port["resetPassword"] = ({ user: { id, name, role }, email, password: was }, password, at) =>
    this.#connection.write(() => {
      if (this.#resetPassword.run({ user: id, email, was, password }).changes === 0) return null;
      const by = { user: id, name, role };
      const nothing = { before: null, after: null, note: null, undoes: null };
      this.#audit.record({ at, by, action: "user.password", type: "user", subject: id, ...nothing });
      return this.#afterPassword(id, null, at);
    });

  askReset: Port["askReset"] = (email, at) =>
    this.#connection.write(() => {
      const row = this.#find.get(email);
      // Nobody gets one, too, who is dropped when it is to be written: how long this takes tells nothing.
      const to = row ? { user: row.id } : { address: `${randomUUID()}@nobody.invalid` };
      this.#mailbox.put({ kind: "password.reset", to, facts: {}, at, urgent: true });
    });

  /** Ends the sessions but `keep`, and lets the person know; says how many ended. */
  #afterPassword(user: number, keep: number | null, at: string): number {
    this.#mailbox.put(passwordChanged(user, at));
    return this.#sessions.endInside(user, keep).length;
  }
}

function toAccount(row: Row | undefined): Account | null {
  if (!row) return null;
  const { id, name, role, email, password } = row;
  return { user: { id, name, role }, email, password };
}
