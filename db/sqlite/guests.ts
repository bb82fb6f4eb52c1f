import { randomUUID } from "node:crypto";
import type { Statement } from "better-sqlite3";
import type { GuestPart, Guests as Port } from "@/db/port/guests";
import type { Connection } from "@/db/sqlite/connection";
import { ERASABLE, ERASED, type Erasable, Erasure } from "@/db/sqlite/erasure";
import { Mailbox } from "@/db/sqlite/mailbox";
import { BINNED, MAILED, WISHED, WRITTEN } from "@/db/sqlite/personal";
import { ShelfPeople } from "@/db/sqlite/shelfPeople";
import { Visibility } from "@/db/sqlite/visibility";

interface Row {
  key: number;
  json: string;
}

/** What a guest wrote, by where it lies: what else is held under an address goes here, and into `Guests.#do`. */
const THEIRS = {
  comments: "comments c WHERE c.email = :email COLLATE NOCASE AND c.user_id IS NULL",
  trash: "trash t WHERE (t.was ->> 'email') = :email COLLATE NOCASE AND t.was ->> 'user_id' IS NULL",
  shelf: "trashed_rows WHERE email = :email",
};

/** Whether anything is there; binds :email. */
export const HOLDS = `SELECT ${Object.values(THEIRS)
  .map((those) => `EXISTS (SELECT 1 FROM ${those})`)
  .join(" OR ")}`;

/** What is held of a guest; binds :email, :after, :limit. */
export const OF_GUEST: Record<GuestPart, string> = {
  comments: `SELECT ${WRITTEN} FROM ${THEIRS.comments} AND c.id > :after ORDER BY c.id LIMIT :limit + 0`,
  deletedComments: `
    SELECT ${BINNED} FROM (SELECT comment_id, was, deleted_at FROM ${THEIRS.trash} AND t.comment_id > :after
      ORDER BY t.comment_id LIMIT :limit + 0) t JOIN comments c ON c.id = t.comment_id ORDER BY c.id`,
  subscriptions: `
    SELECT ${WISHED} FROM readers r JOIN subscriptions s ON s.reader = r.id
    WHERE r.address = :email AND s.id > :after ORDER BY s.id LIMIT :limit + 0`,
  mails: `
    SELECT ${MAILED}
    FROM mails WHERE address = :email AND id > :after ORDER BY id LIMIT :limit + 0`,
};

/** People without an account. What is erased no longer bears the address, so what bears it is what remains. */
export class Guests implements Port {
  readonly #connection: Connection;
  readonly #erasure: Erasure;
  readonly #visibility: Visibility;
  readonly #shelf: ShelfPeople;
  readonly #mailbox: Mailbox;
  readonly #holds: Statement<{ email: string }, number>;
  readonly #mailed: Statement<{ email: string; mail: number }, number>;
  readonly #parts = new Map<string, Statement<object, Row>>();
  readonly #begin: Statement<{ email: string }>;
  readonly #next: Statement<[], string>;
  readonly #over: Statement<{ email: string }>;
  readonly #unsubscribe: Statement<{ email: string }>;
  readonly #comments: Statement<{ email: string }, Erasable>;
  readonly #binned: Statement<{ email: string }, number>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#erasure = new Erasure(connection);
    this.#visibility = new Visibility(connection);
    this.#shelf = new ShelfPeople(connection);
    this.#mailbox = new Mailbox(connection);
    this.#holds = db.prepare<{ email: string }, number>(HOLDS).pluck();
    this.#mailed = db
      .prepare<{ email: string; mail: number }, number>(
        "SELECT 1 FROM mails WHERE id = :mail AND address = :email",
      )
      .pluck();
    for (const [part, sql] of Object.entries(OF_GUEST)) this.#parts.set(part, db.prepare(sql));
    this.#begin = db.prepare("INSERT INTO erasures (email) VALUES (:email) ON CONFLICT DO NOTHING");
    this.#next = db.prepare<[], string>("SELECT email FROM erasures LIMIT 1").pluck();
    this.#unsubscribe = db.prepare("DELETE FROM readers WHERE address = :email");
    this.#over = db.prepare("DELETE FROM erasures WHERE email = :email");
    this.#comments = db.prepare(`SELECT ${ERASABLE} FROM ${THEIRS.comments} LIMIT ${ERASED}`);
    this.#binned = db
      .prepare<{ email: string }, number>(`SELECT comment_id FROM ${THEIRS.trash} LIMIT ${ERASED}`)
      .pluck();
  }

  holds: Port["holds"] = (email) => this.#connection.readOne(() => this.#holds.get({ email }) === 1);

  mailed: Port["mailed"] = (email, mail) =>
    this.#connection.readOne(() => this.#mailed.get({ email, mail }) === 1);

  askData: Port["askData"] = (email, at) =>
    this.#connection.write(() => {
      // As with accounts: nobody gets one, too.
      const address = this.#holds.get({ email }) === 1 ? email : `${randomUUID()}@nobody.invalid`;
      this.#mailbox.put({ kind: "guest.data", to: { address }, facts: {}, at, urgent: true });
    });

  personal: Port["personal"] = (email, part, after, limit) =>
    this.#connection.readOne(() => {
      const rows = this.#parts.get(part)?.all({ email, after, limit: limit + 1 }) ?? [];
      return { rows: rows.slice(0, limit), more: rows.length > limit };
    });

  erase: Port["erase"] = (email) =>
    this.#connection.write(() => {
      if (this.#holds.get({ email }) !== 1) return false;
      this.#begin.run({ email });
      this.#unsubscribe.run({ email });
      this.#do(email);
      return true;
    });

  work: Port["work"] = () =>
    this.#connection.write(() => {
      const email = this.#next.get();
      if (email !== undefined) this.#do(email);
      return email !== undefined;
    });

  /** Does a part; the last one takes out all that is quick to take out. */
  #do(email: string): void {
    this.#visibility.bumpModeration();
    const comments = this.#comments.all({ email });
    if (comments.length > 0) this.#erasure.comments(comments);
    if (comments.length === ERASED) return;
    const binned = this.#binned.all({ email });
    if (binned.length > 0) this.#erasure.binned(binned);
    if (binned.length === ERASED) return;
    this.#shelf.eraseGuest(email);
    this.#mailbox.forget({ address: email });
    this.#over.run({ email });
  }
}
