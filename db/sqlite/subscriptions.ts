import type { Statement } from "better-sqlite3";
import type {
  News,
  Pace,
  Subscriptions as Port,
  Reader,
  Subscription,
  SubscriptionChange,
  Which,
} from "@/db/port/subscriptions";
import type { Connection } from "@/db/sqlite/connection";
import { Notifier } from "@/db/sqlite/notifier";
import { Spreading } from "@/db/sqlite/spreading";

/** The most that one message tells. */
const MOST = 200;

type Row<T> = Omit<T, "confirmed" | "proven"> & { confirmed: 0 | 1; proven: 0 | 1 };

/** Who wants to hear of what. */
export class Subscriptions implements Port {
  readonly #connection: Connection;
  readonly #notifier: Notifier;
  readonly #spreading: Spreading;
  readonly #reader: Statement<[number], Row<Reader>>;
  readonly #readerOf: Statement<[number], Row<Reader>>;
  readonly #list: Statement<[number], Row<Subscription>>;
  readonly #waiting: Statement<[number], Row<Subscription>>;
  readonly #confirm: Statement<{ id: number; reader: number; at: string }>;
  readonly #prove: Statement<{ reader: number; address: string }>;
  readonly #change: Statement<object>;
  readonly #untold: Statement<[number], { post: number; pace: Pace }>;
  readonly #has: Statement<object, number>;
  readonly #end: Statement<object>;
  readonly #forget: Statement<[string]>;
  readonly #due: Statement<[], number>;
  readonly #take: Statement<object>;
  readonly #taken: Statement<{ reader: number; mail: number }, News>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#notifier = new Notifier(connection);
    this.#spreading = new Spreading(connection);
    const reader = `SELECT r.id, r.user_id AS user, coalesce(r.address, u.email) AS address,
      coalesce(u.email = r.proven, 0) AS proven FROM readers r LEFT JOIN users u ON u.id = r.user_id`;
    this.#reader = db.prepare(`${reader} WHERE r.id = ?`);
    this.#readerOf = db.prepare(`${reader} WHERE r.user_id = ?`);
    this.#list = db.prepare(subscriptionListSql);
    this.#waiting = db.prepare(waitingSql);
    this.#confirm = db.prepare(`
      UPDATE subscriptions SET confirmed_at = :at WHERE id = :id AND reader = :reader AND confirmed_at IS NULL`);
    this.#prove = db.prepare(`
      UPDATE readers SET proven = :address WHERE id = :reader AND user_id IS NOT NULL AND proven IS NOT :address`);
    this.#change = db.prepare(`
      UPDATE subscriptions SET scope = coalesce(:scope, scope), pace = coalesce(:newPace, pace) WHERE ${WHICH}`);
    this.#untold = db.prepare(untoldSql);
    this.#has = db.prepare<object, number>(`SELECT 1 FROM subscriptions WHERE ${WHICH} LIMIT 1`).pluck();
    this.#end = db.prepare(`DELETE FROM subscriptions WHERE ${WHICH}`);
    this.#forget = db.prepare("DELETE FROM readers WHERE address = ?");
    this.#due = db.prepare<[], number>("SELECT 1 FROM tellings LIMIT 1").pluck();
    this.#take = db.prepare(takeSql);
    this.#taken = db.prepare(takenSql);
  }

  reader: Port["reader"] = (id) => this.#connection.readOne(() => toReader(this.#reader.get(id)));

  readerOf: Port["readerOf"] = (user) => this.#connection.readOne(() => toReader(this.#readerOf.get(user)));

  list: Port["list"] = (reader) => this.#connection.readOne(() => this.#list.all(reader).map(toSubscription));

  waiting: Port["waiting"] = (reader) =>
    this.#connection.readOne(() => this.#waiting.all(reader).map(toSubscription));

  confirm: Port["confirm"] = (id, ids, address, at) =>
    this.#connection.write(() => {
      const reader = toReader(this.#reader.get(id));
      if (reader?.address?.toLowerCase() !== address.toLowerCase()) return false;
      const isNew = this.#prove.run({ reader: id, address }).changes === 1;
      const all = reader.user === null ? ids : this.#waiting.all(id).map((one) => one.id);
      const confirmed = all.filter((one) => this.#confirm.run({ id: one, reader: id, at }).changes === 1);
      for (const one of confirmed) this.#spreading.catchUp(one, at);
      this.#tellUntold(id, at);
      return isNew || confirmed.length > 0;
    });

  change: Port["change"] = (reader, which, change, at) =>
    this.#connection.write(() => {
      const { changes } = this.#change.run({ reader, ...toBound(which), ...toNew(change) });
      // What was to be told at the former pace.
      if (change.pace !== undefined) this.#tellUntold(reader, at);
      return changes > 0;
    });

  has: Port["has"] = (reader, which) =>
    this.#connection.readOne(() => this.#has.get({ reader, ...toBound(which) }) === 1);

  end: Port["end"] = (reader, which) =>
    this.#connection.write(() => this.#end.run({ reader, ...toBound(which) }).changes > 0);

  forget: Port["forget"] = (address) => this.#connection.write(() => void this.#forget.run(address));

  isDue: Port["isDue"] = () => this.#connection.readOne(() => this.#due.get() === 1);

  spread: Port["spread"] = (at) => this.#connection.write(() => this.#spreading.next(at));

  take: Port["take"] = (reader, post, mail, at) =>
    this.#connection.write(() => {
      const pace = post === null ? "daily" : "soon";
      const { changes } = this.#take.run({ reader, post, mail, pace, most: MOST });
      // Another message tells the rest.
      if (changes === MOST) this.#tellUntold(reader, at);
      return this.#taken.all({ reader, mail });
    });

  #tellUntold(reader: number, at: string): void {
    for (const { post, pace } of this.#untold.all(reader)) this.#notifier.tell(reader, post, pace, at);
  }
}

/** Binds :reader and what `toBound` makes. A post may have become a part of another meanwhile. */
const NOW_POST = "coalesce((SELECT f.post FROM former_ids f WHERE f.id = :post), :post)";
const WHICH = `reader = :reader AND (:id IS NULL OR id = :id) AND (:post IS NULL OR post = ${NOW_POST})
  AND (:pace IS NULL OR pace = :pace) AND (NOT :waiting OR confirmed_at IS NULL)`;

function toBound(which: Which) {
  const nothing = { id: null, post: null, pace: null, waiting: Number(which === "waiting") };
  return { ...nothing, ...(typeof which === "object" && which) };
}

function toNew({ scope = undefined, pace = undefined }: SubscriptionChange) {
  return { scope: scope ?? null, newPace: pace ?? null };
}

const shownSql = (title: string) =>
  `SELECT s.id, s.post, ${title} AS title, s.comment_id AS comment, s.scope, s.pace, s.confirmed_at IS NOT NULL AS confirmed,
    s.created_at AS createdAt FROM subscriptions s JOIN posts p ON p.id = s.post AND p.gone IS NULL`;

/** A page's title is made of its address, so by whoever comments there first: of such only the host is told. */
const VOUCHED = "iif(p.own = 1, p.title, substr(p.page, 1, instr(concat(p.page, '/'), '/') - 1))";

/** The statement of `Subscriptions.list`. */
export const subscriptionListSql = `${shownSql("p.title")} WHERE s.reader = ? ORDER BY s.id DESC LIMIT 200`;

/** That of `Subscriptions.waiting`. */
export const waitingSql = `${shownSql(VOUCHED)} JOIN comments c ON c.id = s.comment_id AND c.status = 'approved'
  WHERE s.reader = ? AND s.confirmed_at IS NULL ORDER BY s.id LIMIT 200`;

/** Finds where a reader has something that no message told yet. */
export const untoldSql = `
  SELECT DISTINCT s.post, s.pace FROM notices n INDEXED BY notices_untold JOIN subscriptions s ON s.id = n.subscription
  WHERE n.reader = ? AND n.mail IS NULL`;

/** Takes what nobody told yet for a message. */
export const takeSql = `
  UPDATE notices SET mail = :mail WHERE reader = :reader AND mail IS NULL AND comment_id IN (
    SELECT n.comment_id FROM notices n INDEXED BY notices_untold JOIN subscriptions s ON s.id = n.subscription AND s.pace = :pace
      JOIN comments c ON c.id = n.comment_id AND c.status = 'approved'
    WHERE n.reader = :reader AND n.mail IS NULL AND (:post IS NULL OR c.post = ${NOW_POST})
    ORDER BY n.comment_id LIMIT :most + 0)`;

/** What a message took, as far as it is to be seen. */
export const takenSql = `
  SELECT c.id AS comment, c.post, p.title, c.author, c.html FROM notices n
    JOIN comments c ON c.id = n.comment_id AND c.status = 'approved' JOIN posts p ON p.id = c.post AND p.gone IS NULL
  WHERE n.reader = :reader AND n.mail = :mail ORDER BY c.post, c.created_at, c.id`;

function toReader(row: Row<Reader> | undefined): Reader | null {
  return row ? { ...row, proven: row.proven === 1 } : null;
}

function toSubscription(row: Row<Subscription>): Subscription {
  return { ...row, confirmed: row.confirmed === 1 };
}
