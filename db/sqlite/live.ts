import type { Statement } from "better-sqlite3";
import type { LiveEvent, Live as Port, Position } from "@/db/port/live";
import type { Connection } from "@/db/sqlite/connection";
import { JSON_OF } from "@/db/sqlite/projection";

interface Row {
  id: number;
  at: string;
  type: string;
  post: number | null;
  comment: number | null;
}

/** Reads events for readers who watch threads, and has them written while there are any. */
export class Live implements Port {
  readonly #connection: Connection;
  readonly #last: Statement<[], Position>;
  readonly #until: Statement<[], string | null>;
  readonly #mark: Statement<{ type: string; now: string }>;
  readonly #begin: Statement<{ id: number | bigint; until: string }>;
  readonly #renew: Statement<{ until: string }>;
  readonly #find: Statement<[number], Position>;
  readonly #since: Statement<{ after: number; limit: number }, Row>;
  readonly #missed: Statement<{ post: number; after: number; last: number; limit: number }, Row>;
  readonly #shown: Statement<{ id: number; post: number; base: string }, string>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#last = db.prepare("SELECT id, at FROM events ORDER BY id DESC LIMIT 1");
    this.#until = db.prepare<[], string | null>("SELECT live_until FROM site").pluck();
    this.#mark = db.prepare("INSERT INTO events (type, at) VALUES (:type, :now)");
    this.#begin = db.prepare(
      "UPDATE site SET hearers = hearers + 1, live_until = :until, live_from = :id WHERE live_until IS NULL",
    );
    this.#renew = db.prepare("UPDATE site SET live_until = :until");
    this.#find = db.prepare(`
      SELECT e.id, e.at FROM events e, site s
      WHERE e.id = ? AND s.live_until IS NOT NULL AND e.id >= s.live_from`);
    this.#since = db.prepare(SINCE);
    this.#missed = db.prepare(MISSED);
    this.#shown = db
      .prepare<{ id: number; post: number; base: string }, string>(`
        SELECT ${JSON_OF.public} FROM comments c JOIN posts p ON p.id = c.post
        WHERE c.id = :id AND c.post = :post AND c.status = 'approved' AND p.gone IS NULL`)
      .pluck();
  }

  watch: Port["watch"] = async (now, until) => {
    const middle = new Date((Date.parse(now) + Date.parse(until)) / 2).toISOString();
    const known = await this.#connection.readOne(() =>
      (this.#until.get() ?? "") > middle ? this.#last.get() : undefined,
    );
    return known ?? this.#connection.write(() => this.#watch(now, until));
  };

  find: Port["find"] = (id) => this.#connection.readOne(() => this.#find.get(id) ?? null);

  since: Port["since"] = (after, limit) =>
    this.#connection.readOne(() => {
      const rows = this.#since.all({ after, limit });
      const last = rows.at(-1);
      return { events: rows.flatMap(toLive), last: last ? { id: last.id, at: last.at } : null };
    });

  missed: Port["missed"] = (post, after, last, limit) =>
    this.#connection.readOne(() => this.#missed.all({ post, after, last, limit }).flatMap(toLive));

  shown: Port["shown"] = (post, ids, base) =>
    this.#connection.readOne(() => {
      const found = new Map<number, string>();
      for (const id of ids) {
        const json = this.#shown.get({ id, post, base });
        if (json !== undefined) found.set(id, json);
      }
      return found;
    });

  /** Leaves a mark among the events, so that there is always a last one that is younger than they are kept. */
  #watch(now: string, until: string): Position {
    const begins = this.#until.get() === null;
    const id = this.#mark.run({ type: begins ? "live.began" : "live.went-on", now }).lastInsertRowid;
    if (begins) this.#begin.run({ id, until });
    else this.#renew.run({ until });
    return { id: Number(id), at: now };
  }
}

/** The statement of `Live.since`. */
export const SINCE =
  "SELECT id, at, type, post, comment FROM events WHERE id > :after ORDER BY id LIMIT :limit + 0";

/** The statement of `Live.missed`: off the ids, since an index would cost each event more than these seldom readings. */
export const MISSED = `
  SELECT id, at, type, post, comment FROM events
  WHERE id > :after AND id <= :last AND post = :post
    AND type IN ('comment.created', 'comment.approved', 'comment.updated', 'comment.deleted', 'thread.changed')
  ORDER BY id LIMIT :limit + 0`;

/** None where it is of a kind that readers are not told of. */
function toLive({ id, at, type, post, comment }: Row): LiveEvent[] {
  if (post === null) return [];
  switch (type) {
    case "thread.changed":
      return [{ id, at, type, post, comment: null }];
    case "comment.created":
    case "comment.approved":
    case "comment.updated":
    case "comment.deleted":
      return comment === null ? [] : [{ id, at, type, post, comment }];
    default:
      return [];
  }
}
