import type { Statement } from "better-sqlite3";
import type { Addressee, NewMail, Queued } from "@/db/port/mails";
import type { Connection } from "@/db/sqlite/connection";
import { toInstant } from "@/db/time";

const HOUR = 3_600_000;
/** How many messages one addressee gets within an hour, whatever they are about. */
const MOST = 20;
/** How far behind an hour's most those with a key go at the latest, in hours. */
const LATEST = 24;

interface To {
  user: number | null;
  address: string | null;
}

/** Queues messages inside the caller's transaction. While this server sends no mail that is one look at a row. */
export class Mailbox {
  readonly #connection: Connection;
  readonly #mailing: Statement<[], number>;
  readonly #waits: Statement<{ key: string }, number>;
  readonly #last: Statement<{ key: string }, string | null>;
  readonly #recent: Record<keyof To, Statement<object, number>>;
  readonly #insert: Statement<object>;
  readonly #forget: Record<keyof To, Statement<[number | string]>>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#mailing = db.prepare<[], number>("SELECT mailing FROM site").pluck();
    this.#waits = db.prepare<{ key: string }, number>(waitsSql).pluck();
    this.#last = db.prepare<{ key: string }, string | null>(lastSql).pluck();
    const recent = (by: keyof To) => db.prepare<object, number>(recentSql(by)).pluck();
    this.#recent = { user: recent("user"), address: recent("address") };
    this.#insert = db.prepare(`
      INSERT INTO mails (kind, user_id, address, facts, key, due_at, created_at, urgent)
      VALUES (:kind, :user, :address, :facts, :key, :dueAt, :at, :urgent)`);
    this.#forget = {
      user: db.prepare("DELETE FROM mails WHERE user_id = ?"),
      address: db.prepare("DELETE FROM mails WHERE address = ?"),
    };
  }

  put({ kind, to, facts, at, dueAt = at, key, spacing = 0, hourly, urgent }: NewMail): Queued {
    if (!this.#mailing.get()) return "off";
    if (key !== undefined && this.#waits.get({ key })) return "waiting";
    const whom = toColumns(to);
    const by = whom.user === null ? "address" : "user";
    const since = toInstant(Date.parse(at) - HOUR);
    const recent = (of: string | null, most: number) =>
      this.#recent[by].get({ ...whom, since, kind: of, most });
    /** How many hours' most they had already. */
    const hoursOf = (of: string | null, most: number) => Math.floor((recent(of, most * LATEST) ?? 0) / most);
    const hours = Math.max(
      urgent ? 0 : hoursOf(null, MOST),
      hourly === undefined ? 0 : hoursOf(kind, hourly),
    );
    if (key === undefined && hours > 0) return "too_many";
    const last = key === undefined ? null : this.#last.get({ key });
    const soonest = last ? toInstant(Date.parse(last) + spacing) : dueAt;
    const free = toInstant(Date.parse(at) + hours * HOUR);
    const due = [soonest, free].reduce((one, other) => (one > other ? one : other), dueAt);
    const bound = { facts: JSON.stringify(facts), key: key ?? null, urgent: Number(urgent ?? false) };
    this.#insert.run({ kind, ...whom, ...bound, dueAt: due, at });
    this.#connection.announce();
    return "queued";
  }

  /** Takes out all that is or was for them. */
  forget(to: Addressee): void {
    if ("user" in to) this.#forget.user.run(to.user);
    else this.#forget.address.run(to.address);
  }
}

function toColumns(to: Addressee): To {
  return "user" in to ? { user: to.user, address: null } : { user: null, address: to.address };
}

/** Whether one of that key waits that was not tried yet. */
export const waitsSql =
  "SELECT 1 FROM mails WHERE key = :key AND tried_at IS NULL AND due_at IS NOT NULL LIMIT 1";

/** When one of that key was tried last. */
export const lastSql = "SELECT max(tried_at) FROM mails WHERE key = :key";

/** How many an addressee got or gets since then, of one kind or of all, counted up to `most`. */
export function recentSql(by: "user" | "address"): string {
  const column = by === "user" ? "user_id = :user" : "address = :address";
  return `SELECT count(*) FROM (SELECT 1 FROM mails
    WHERE ${column} AND created_at > :since AND (:kind IS NULL OR kind = :kind)
      AND state <> 'dropped' LIMIT :most + 0)`;
}
