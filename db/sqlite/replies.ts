import type { Statement } from "better-sqlite3";
import type { Addressee } from "@/db/port/mails";
import type { Scope } from "@/db/port/subscriptions";
import type { Connection } from "@/db/sqlite/connection";
import { Notifier } from "@/db/sqlite/notifier";

/** How many of an address wait for confirmation: nobody fills a stranger's mailbox with questions. */
const MOST_WAITING = 3;

/** A wish to hear of comments, with the comment that it came with. */
interface Wish {
  id: number;
  post: number;
  to: Addressee;
  scope: Scope;
  at: string;
}

/**
 * Keeps who wants to hear of replies, and what appeared, inside the caller's transaction. It costs that one row, however
 * many want to hear; while nobody on the post does, two looks at an index.
 */
export class Replies {
  readonly #connection: Connection;
  readonly #notifier: Notifier;
  readonly #mailing: Statement<[], number>;
  readonly #wanted: Statement<[number], number>;
  readonly #insert: Statement<[number, string]>;
  readonly #find: Record<"user" | "address", Statement<[number | string], number>>;
  readonly #add: Statement<{ user: number | null; address: string | null }>;
  readonly #waiting: Statement<[number], number>;
  readonly #isProven: Statement<[number], number>;
  readonly #subscribe: Statement<object>;
  readonly #unasked: Statement<[number], number>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#notifier = new Notifier(connection);
    this.#mailing = db.prepare<[], number>("SELECT mailing FROM site").pluck();
    this.#wanted = db.prepare<[number], number>("SELECT 1 FROM subscriptions WHERE post = ? LIMIT 1").pluck();
    this.#insert = db.prepare("INSERT INTO tellings (comment_id, at) VALUES (?, ?) ON CONFLICT DO NOTHING");
    const find = (column: string) =>
      db.prepare<[number | string], number>(`SELECT id FROM readers WHERE ${column} = ?`).pluck();
    this.#find = { user: find("user_id"), address: find("address") };
    this.#add = db.prepare("INSERT INTO readers (user_id, address) VALUES (:user, :address)");
    this.#waiting = db
      .prepare<[number], number>(
        "SELECT count(*) FROM subscriptions WHERE reader = ? AND confirmed_at IS NULL",
      )
      .pluck();
    this.#isProven = db
      .prepare<[number], number>(
        "SELECT 1 FROM readers r JOIN users u ON u.id = r.user_id WHERE r.id = ? AND u.email = r.proven",
      )
      .pluck();
    this.#subscribe = db.prepare(`
      INSERT INTO subscriptions (reader, post, comment_id, scope, created_at, confirmed_at)
      VALUES (:reader, :post, :id, :scope, :at, :confirmedAt)`);
    this.#unasked = db
      .prepare<[number], number>(
        "SELECT reader FROM subscriptions WHERE comment_id = ? AND confirmed_at IS NULL AND asked_at IS NULL",
      )
      .pluck();
  }

  /** Whoever has enough that waits is not asked once more. */
  subscribe({ id, post, to, scope, at }: Wish): void {
    if (!this.#mailing.get()) return;
    const reader = this.#readerOf(to);
    const isProven = this.#isProven.get(reader) === 1;
    if (!isProven && (this.#waiting.get(reader) ?? 0) >= MOST_WAITING) return;
    this.#subscribe.run({ reader, post, id, scope, at, confirmedAt: isProven ? at : null });
  }

  /** Readers see a comment from now on: its author is asked to confirm, and others are to be told. */
  appeared(id: number, post: number, at: string): void {
    if (!this.#mailing.get() || !this.#wanted.get(post)) return;
    const reader = this.#unasked.get(id);
    if (reader !== undefined) this.#notifier.ask(reader, at);
    this.#insert.run(id, at);
    this.#connection.announce();
  }

  #readerOf(to: Addressee): number {
    const known = "user" in to ? this.#find.user.get(to.user) : this.#find.address.get(to.address);
    if (known !== undefined) return known;
    const { user, address } = { user: null, address: null, ...to };
    return Number(this.#add.run({ user, address }).lastInsertRowid);
  }
}
