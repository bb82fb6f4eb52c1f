import type { Statement } from "better-sqlite3";
import type { Claimed, DeliveryState, EventType, Outbox as Port } from "@/db/port/outbox";
import type { Connection } from "@/db/sqlite/connection";

interface ClaimRow {
  id: number;
  attempts: number;
  tries: number;
  event: number;
  type: EventType;
  at: string;
  post: number | null;
  comment: number | null;
  detail: string | null;
  webhook: number;
  url: string;
  format: string;
  salt: string;
  former_salt: string | null;
  former_until: string | null;
  failing_since: string | null;
}

/**
 * Claims deliveries and says what came of them. Claims go through `main`, where events are written: so nobody is told
 * of a commit that is not on the disk yet, whichever process made it.
 */
export class Outbox implements Port {
  readonly #main: Connection;
  readonly #side: Connection;
  readonly #due: Statement<{ now: string }, number>;
  readonly #counts: Statement<[], [DeliveryState, number]>;
  readonly #stand: Statement<[], { state: "active" | "failing" | "off"; due: string | null }>;
  readonly #claim: Statement<object, number>;
  readonly #claimed: Statement<[number], ClaimRow>;
  readonly #finish: Statement<object, { webhook: number }>;
  readonly #recover: Statement<{ webhook: number }>;
  readonly #fail: Statement<object>;

  constructor(main: Connection, side: Connection) {
    const { db } = main;
    this.#main = main;
    this.#side = side;
    this.#due = db.prepare<{ now: string }, number>(dueSql).pluck();
    this.#counts = db
      .prepare<[], [DeliveryState, number]>("SELECT state, deliveries FROM delivery_counts")
      .raw();
    this.#stand = db.prepare(standSql);
    this.#claim = db
      .prepare<object, number>(`
        UPDATE deliveries SET due_at = :until, attempts = attempts + 1, tried_at = :now WHERE id IN (${claimSql})
        RETURNING id`)
      .pluck();
    this.#claimed = db.prepare(`
      SELECT d.id, d.attempts, d.attempts - d.round AS tries, e.id AS event, e.type, e.at, e.post, e.comment, e.detail,
        w.id AS webhook, w.url, w.format, w.salt, w.former_salt, w.former_until, w.failing_since
      FROM deliveries d JOIN events e ON e.id = d.event JOIN webhooks w ON w.id = d.webhook WHERE d.id = ?`);
    this.#finish = side.db.prepare(`
      UPDATE deliveries SET state = :state, due_at = :dueAt, status = :status, error = :error
      WHERE id = :id AND attempts = :attempts AND due_at IS NOT NULL RETURNING webhook`);
    this.#recover = side.db.prepare(
      "UPDATE webhooks SET failing_since = NULL WHERE id = :webhook AND failing_since IS NOT NULL",
    );
    this.#fail = side.db.prepare(`
      UPDATE webhooks SET failing_since = coalesce(failing_since, :at), disabled = coalesce(:disable, disabled),
        active = iif(:disable IS NULL, active, 0) WHERE id = :webhook`);
  }

  listen: Port["listen"] = (listener) => this.#main.listen(listener);

  due: Port["due"] = (now) => this.#main.readOne(() => this.#due.all({ now }));

  state: Port["state"] = (now) =>
    this.#main.read(() => {
      const deliveries = {
        waiting: 0,
        delivered: 0,
        failed: 0,
        dropped: 0,
        ...Object.fromEntries(this.#counts.all()),
      };
      const webhooks = { active: 0, failing: 0, off: 0 };
      const rows = this.#stand.all();
      for (const { state } of rows) webhooks[state]++;
      const due = rows.flatMap(({ due }) => (due !== null && due <= now ? [due] : []));
      return { deliveries, webhooks, overdueSince: due.sort()[0] ?? null };
    });

  claim: Port["claim"] = (webhook, most, now, until) =>
    this.#main.write(() =>
      this.#claim
        .all({ webhook, most, now, until })
        .sort((a, b) => a - b)
        .flatMap((id) => this.#claimed.all(id))
        .map(toClaimed),
    );

  finish: Port["finish"] = ({ id, attempts }, { disable, ...outcome }, at) =>
    this.#side.write(() => {
      const row = this.#finish.get({ ...outcome, id, attempts });
      if (row === undefined) return false;
      if (outcome.state === "delivered") this.#recover.run(row);
      else if (outcome.error !== null) this.#fail.run({ ...row, at, disable });
      return true;
    });
}

/** The statement of `Outbox.due`. */
export const dueSql = `
  SELECT w.id FROM webhooks w
  WHERE w.active = 1 AND EXISTS (SELECT 1 FROM deliveries d WHERE d.webhook = w.id AND d.due_at <= :now)`;

/** The statement of `Outbox.state`: each webhook, and what of it is due first. */
export const standSql = `
  SELECT iif(w.active = 0, 'off', iif(w.failing_since IS NULL, 'active', 'failing')) AS state,
    iif(w.active = 0, NULL, (SELECT d.due_at FROM deliveries d WHERE d.webhook = w.id AND d.due_at IS NOT NULL
      ORDER BY d.due_at LIMIT 1)) AS due
  FROM webhooks w`;

/** Finds what `Outbox.claim` takes. */
export const claimSql = `
  SELECT id FROM deliveries WHERE webhook = :webhook AND due_at <= :now ORDER BY due_at, id LIMIT :most + 0`;

function toClaimed(row: ClaimRow): Claimed {
  const { id, attempts, tries, event, type, at, post, comment, detail, webhook, url, format, salt } = row;
  return {
    ...{ id, attempts, tries },
    event: { id: event, type, at, post, comment, detail: detail === null ? null : JSON.parse(detail) },
    webhook: {
      ...{ id: webhook, url, format, salt },
      formerSalt: row.former_salt,
      formerUntil: row.former_until,
      failingSince: row.failing_since,
    },
  };
}
