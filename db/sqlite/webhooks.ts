import type { Statement } from "better-sqlite3";
import type { Actor } from "@/db/port/audit";
import type { Delivery, Webhooks as Port, Webhook, WebhookChange } from "@/db/port/webhooks";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";

interface Row {
  id: number;
  url: string;
  format: string;
  events: string;
  salt: string;
  former_salt: string | null;
  former_until: string | null;
  active: number;
  disabled: Webhook["disabled"];
  failing_since: string | null;
  created_at: string;
}

const COLUMNS =
  "id, url, format, events, salt, former_salt, former_until, active, disabled, failing_since, created_at";

const DELIVERY = `d.id, d.event, e.type, e.at, d.state, d.attempts, d.due_at AS dueAt, d.tried_at AS triedAt, d.status, d.error
  FROM deliveries d JOIN events e ON e.id = d.event`;

/** Places outside that are told of events, and what became of each. */
export class Webhooks implements Port {
  readonly #connection: Connection;
  readonly #audit: Audit;
  readonly #find: Statement<[number], Row>;
  readonly #list: Statement<object, Row>;
  readonly #count: Statement<[], number>;
  readonly #create: Statement<object, Row>;
  readonly #set: Statement<object, Row>;
  readonly #delete: Statement<[number], Row>;
  readonly #deliveries: Statement<object, Delivery>;
  readonly #delivery: Statement<[number], Delivery>;
  readonly #event: Statement<{ at: string }>;
  readonly #deliver: Statement<object>;
  readonly #resend: Statement<object>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#audit = new Audit(connection);
    this.#find = db.prepare(`SELECT ${COLUMNS} FROM webhooks WHERE id = ?`);
    this.#list = db.prepare(`SELECT ${COLUMNS} FROM webhooks WHERE id > :after ORDER BY id LIMIT :limit + 0`);
    this.#count = db.prepare<[], number>("SELECT count(*) FROM webhooks").pluck();
    this.#create = db.prepare(`
      INSERT INTO webhooks (url, format, events, salt, active, created_at)
      VALUES (:url, :format, :events, :salt, :active, :createdAt) RETURNING ${COLUMNS}`);
    this.#set = db.prepare(`
      UPDATE webhooks SET url = :url, format = :format, events = :events, salt = :salt, former_salt = :former_salt,
        former_until = :former_until, active = :active, disabled = :disabled, failing_since = :failing_since
      WHERE id = :id RETURNING ${COLUMNS}`);
    this.#delete = db.prepare(`DELETE FROM webhooks WHERE id = ? RETURNING ${COLUMNS}`);
    this.#deliveries = db.prepare(deliveriesSql);
    this.#delivery = db.prepare(`SELECT ${DELIVERY} WHERE d.id = ?`);
    this.#event = db.prepare("INSERT INTO events (type, at) VALUES ('webhook.test', :at)");
    this.#deliver = db.prepare(
      "INSERT INTO deliveries (event, webhook, due_at) VALUES (:event, :webhook, :at)",
    );
    this.#resend = db.prepare(`
      UPDATE deliveries SET state = 'waiting', due_at = :at, round = attempts WHERE id = :id AND webhook = :webhook`);
  }

  find: Port["find"] = (id) =>
    this.#connection.readOne(() => {
      const row = this.#find.get(id);
      return row ? toWebhook(row) : null;
    });

  list: Port["list"] = ({ after = 0, limit }) =>
    this.#connection.readOne(() => {
      const rows = this.#list.all({ after, limit: limit + 1 });
      return { rows: rows.slice(0, limit).map(toWebhook), more: rows.length > limit };
    });

  create: Port["create"] = (webhook, most, by) =>
    this.#connection.write(() => {
      if ((this.#count.get() ?? 0) >= most) return null;
      const events = JSON.stringify(webhook.events);
      const made = toWebhook(
        this.#require(this.#create.get({ ...webhook, events, active: Number(webhook.active) })),
      );
      this.#log("webhook.create", by, webhook.createdAt, null, made);
      return made;
    });

  change: Port["change"] = (id, change, by, at) =>
    this.#connection.write(() => {
      const row = this.#find.get(id);
      if (!row) return null;
      const made = toWebhook(this.#require(this.#set.get(toNext(row, change))));
      this.#log("webhook.edit", by, at, toWebhook(row), made, change.rotation !== undefined);
      this.#connection.announce();
      return made;
    });

  delete: Port["delete"] = (id, by, at) =>
    this.#connection.write(() => {
      const row = this.#delete.get(id);
      if (!row) return null;
      const gone = toWebhook(row);
      this.#log("webhook.delete", by, at, gone, null);
      return gone;
    });

  deliveries: Port["deliveries"] = (webhook, { after = Number.MAX_SAFE_INTEGER, limit }) =>
    this.#connection.read(() => {
      if (!this.#find.get(webhook)) return null;
      const rows = this.#deliveries.all({ webhook, after, limit: limit + 1 });
      return { rows: rows.slice(0, limit), more: rows.length > limit };
    });

  test: Port["test"] = (webhook, at) =>
    this.#connection.write(() => {
      if (!this.#find.get(webhook)) return null;
      const event = this.#event.run({ at }).lastInsertRowid;
      const { lastInsertRowid } = this.#deliver.run({ event, webhook, at });
      this.#connection.announce();
      return this.#delivery.get(Number(lastInsertRowid)) ?? null;
    });

  resend: Port["resend"] = (webhook, id, at) =>
    this.#connection.write(() => {
      if (this.#resend.run({ webhook, id, at }).changes === 0) return null;
      this.#connection.announce();
      return this.#delivery.get(id) ?? null;
    });

  #require(row: Row | undefined): Row {
    if (!row) throw new Error("A webhook is gone within its own transaction");
    return row;
  }

  /** The address stays out of the log: many have a secret in it. */
  #log(
    action: string,
    by: Actor,
    at: string,
    before: Webhook | null,
    after: Webhook | null,
    rotated = false,
  ): void {
    const subject = (after ?? before)?.id ?? 0;
    const about = { type: "webhook", subject, note: null, undoes: null } as const;
    const moved = before !== null && after !== null && before.url !== after.url;
    const is = after && { ...toSummary(after), ...(moved && { moved }), ...(rotated && { rotated }) };
    this.#audit.record({ at, by, action, ...about, before: before && toSummary(before), after: is });
  }
}

/** The statement of `Webhooks.deliveries`. */
export const deliveriesSql = `
  SELECT ${DELIVERY} WHERE d.webhook = :webhook AND d.id < :after ORDER BY d.id DESC LIMIT :limit + 0`;

function toNext(row: Row, { rotation, events, active, ...rest }: WebhookChange): Row {
  const revived = active === true && row.active === 0;
  return {
    ...row,
    ...rest,
    ...(events && { events: JSON.stringify(events) }),
    ...(active !== undefined && { active: Number(active) }),
    ...(revived && { disabled: null, failing_since: null }),
    ...(rotation && {
      salt: rotation.salt,
      former_salt: row.salt,
      former_until: rotation.formerUntil,
    }),
  };
}

function toSummary({ format, events, active }: Webhook) {
  return { format, events, active };
}

function toWebhook(row: Row): Webhook {
  const { id, url, format, salt, disabled } = row;
  return {
    ...{ id, url, format, salt, disabled },
    events: JSON.parse(row.events),
    formerSalt: row.former_salt,
    formerUntil: row.former_until,
    active: row.active === 1,
    failingSince: row.failing_since,
    createdAt: row.created_at,
  };
}
