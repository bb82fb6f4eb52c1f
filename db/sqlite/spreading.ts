import type { Statement } from "better-sqlite3";
import type { Pace } from "@/db/port/subscriptions";
import type { Connection } from "@/db/sqlite/connection";
import { Notifier } from "@/db/sqlite/notifier";

/** How many subscriptions one part looks at, so that nobody waits long for it. */
const PART = 100;
/** How many comments that appeared before somebody confirmed are told at most. */
const MISSED = 100;

interface Telling {
  comment: number;
  at: string;
  done: number;
  post: number;
  approved: 0 | 1;
}

interface Candidate {
  id: number;
  reader: number;
  pace: Pace;
  hears: 0 | 1;
}

/**
 * Makes the notices of comments that appeared, and queues who tells them. Inside the caller's transaction, and kept as
 * far as it came: whoever goes on, also after `kill -9`, begins behind that.
 */
export class Spreading {
  readonly #notifier: Notifier;
  readonly #next: Statement<[], Telling>;
  readonly #candidates: Statement<object, Candidate>;
  readonly #notice: Statement<object>;
  readonly #isTold: Statement<object, number>;
  readonly #passed: Statement<[number, number]>;
  readonly #over: Statement<[number]>;
  readonly #missed: Statement<object>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#notifier = new Notifier(connection);
    this.#next = db.prepare(`
      SELECT t.comment_id AS comment, t.at, t.done, c.post, c.status = 'approved' AS approved
      FROM tellings t JOIN comments c ON c.id = t.comment_id ORDER BY t.comment_id LIMIT 1`);
    this.#candidates = db.prepare(candidatesSql);
    this.#notice = db.prepare(`
      INSERT INTO notices (reader, comment_id, subscription, at) VALUES (:reader, :comment, :id, :at)
      ON CONFLICT DO NOTHING`);
    this.#isTold = db
      .prepare<object, number>(
        "SELECT 1 FROM notices WHERE reader = :reader AND comment_id = :comment AND mail IS NOT NULL",
      )
      .pluck();
    this.#passed = db.prepare("UPDATE tellings SET done = ? WHERE comment_id = ?");
    this.#over = db.prepare("DELETE FROM tellings WHERE comment_id = ?");
    this.#missed = db.prepare(missedSql);
  }

  /** Does the next part; false where nothing remained. */
  next(at: string): boolean {
    const telling = this.#next.get();
    if (!telling) return false;
    const { comment } = telling;
    const all = telling.approved ? this.#candidates.all({ ...telling, part: PART }) : [];
    for (const { id, reader, pace, hears } of all) {
      if (!hears) continue;
      this.#notice.run({ reader, comment, id, at });
      // It may have been told, and have been away since.
      if (!this.#isTold.get({ reader, comment })) this.#notifier.tell(reader, telling.post, pace, at);
    }
    const last = all.at(-1);
    if (last && all.length === PART) this.#passed.run(last.id, comment);
    else this.#over.run(comment);
    return true;
  }

  /** Makes the notices of what appeared between a subscription's beginning and now. */
  catchUp(id: number, at: string): void {
    this.#missed.run({ id, at, most: MISSED });
  }
}

/** Whether a reader hears of the comment `c`: of others', and only while their own comment stands. */
const HEARS = `s.confirmed_at IS NOT NULL AND own.status = 'approved'
  AND NOT coalesce(r.user_id = c.user_id OR r.address = c.email, 0)`;

/** The subscriptions on a thread, and those to the comments above one, by id. */
export const candidatesSql = `
  WITH RECURSIVE above (id) AS (
    SELECT parent FROM comments WHERE id = :comment AND parent IS NOT NULL
    UNION ALL SELECT c.parent FROM above a JOIN comments c ON c.id = a.id WHERE c.parent IS NOT NULL
  ), some (id) AS (
    SELECT id FROM subscriptions WHERE post = :post AND scope = 'thread' AND id > :done
    UNION
    SELECT s.id FROM above a CROSS JOIN subscriptions s ON s.comment_id = a.id WHERE s.scope = 'replies' AND +s.id > :done
    ORDER BY id LIMIT :part + 0
  )
  SELECT s.id, s.reader, s.pace, (s.created_at < :at OR s.created_at = :at AND own.id < c.id) AND ${HEARS} AS hears
  FROM some CROSS JOIN subscriptions s ON s.id = some.id JOIN readers r ON r.id = s.reader
    JOIN comments own ON own.id = s.comment_id JOIN comments c ON c.id = :comment
  ORDER BY s.id`;

/** What appeared on the subscription's post, or below its comment, since it began. */
export const missedSql = `
  WITH RECURSIVE below (id) AS (
    SELECT c.id FROM subscriptions s JOIN comments c ON c.parent = s.comment_id WHERE s.id = :id AND s.scope = 'replies'
    UNION ALL SELECT c.id FROM below b JOIN comments c ON c.parent = b.id LIMIT :most + 0
  ), here (id) AS (
    SELECT c.id FROM subscriptions s JOIN comments c ON c.post = s.post AND c.status = 'approved' AND c.created_at >= s.created_at
    WHERE s.id = :id AND s.scope = 'thread' LIMIT :most + 0
  )
  INSERT INTO notices (reader, comment_id, subscription, at)
  SELECT s.reader, c.id, s.id, :at FROM (SELECT id FROM below UNION SELECT id FROM here) some CROSS JOIN comments c ON c.id = some.id
    JOIN subscriptions s ON s.id = :id JOIN readers r ON r.id = s.reader JOIN comments own ON own.id = s.comment_id
  WHERE c.status = 'approved' AND (c.created_at > s.created_at OR c.id > s.comment_id) AND c.id <> s.comment_id AND ${HEARS}
  ON CONFLICT DO NOTHING`;
