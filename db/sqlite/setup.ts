import type { Statement } from "better-sqlite3";
import type { Setup as Port } from "@/db/port/accounts";
import type { Accounts } from "@/db/sqlite/accounts";
import type { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";

/** The link that makes an admin's account without one. */
export class Setup implements Port {
  readonly #connection: Connection;
  readonly #accounts: Accounts;
  readonly #audit: Audit;
  readonly #offerFirst: Statement<{ hash: string; until: string }>;
  readonly #offer: Statement<{ hash: string; until: string }>;
  readonly #isOpen: Statement<{ hash: string; at: string }, 1>;
  readonly #close: Statement<[]>;

  constructor(connection: Connection, accounts: Accounts, audit: Audit) {
    this.#connection = connection;
    this.#accounts = accounts;
    this.#audit = audit;
    this.#offerFirst = connection.db.prepare(`
      UPDATE site SET setup = :hash, setup_until = :until
      WHERE setup IS NULL AND NOT EXISTS (SELECT 1 FROM users WHERE password IS NOT NULL)`);
    this.#offer = connection.db.prepare("UPDATE site SET setup = :hash, setup_until = :until");
    this.#isOpen = connection.db
      .prepare<{ hash: string; at: string }, 1>(
        "SELECT 1 FROM site WHERE setup = :hash AND setup_until > :at",
      )
      .pluck();
    // Not NULL: that would have the next start offer another one.
    this.#close = connection.db.prepare("UPDATE site SET setup = '', setup_until = NULL");
  }

  offerFirst: Port["offerFirst"] = (hash, until) =>
    this.#connection.write(() => this.#offerFirst.run({ hash, until }).changes > 0);

  offer: Port["offer"] = async (hash, until) => {
    await this.#connection.write(() => this.#offer.run({ hash, until }));
  };

  isOpen: Port["isOpen"] = (hash, at) =>
    this.#connection.readOne(() => this.#isOpen.get({ hash, at }) !== undefined);

  use: Port["use"] = (hash, account) =>
    this.#connection.write(() => {
      const { at } = account;
      if (this.#isOpen.get({ hash, at }) === undefined) return { refused: "setup_done" };
      const user = this.#accounts.createInside(account);
      if (user === null) return { refused: "email_taken" };
      this.#close.run();
      const { id, name, role } = user;
      this.#audit.record({
        at,
        by: { user: id, name, role },
        action: "user.create",
        type: "user",
        subject: id,
        before: null,
        after: { role },
        note: "By the setup link",
        undoes: null,
      });
      return { refused: null, user };
    });
}
