import type { Statement } from "better-sqlite3";
import type { ClaimedMail, Notify, Mails as Port } from "@/db/port/mails";
import { Alarms } from "@/db/sqlite/alarms";
import type { Connection } from "@/db/sqlite/connection";
import { Mailbox } from "@/db/sqlite/mailbox";
import { NEXT_VERSION } from "@/db/sqlite/version";

interface Row extends Omit<ClaimedMail, "facts" | "urgent"> {
  facts: string;
  urgent: 0 | 1;
}

/**
 * Messages on their way out. Claims go through `main`, where messages are queued: so nobody is told of a commit that is
 * not on the disk yet, whichever process made it.
 */
export class Mails implements Port {
  readonly alarms: Port["alarms"];
  readonly told: Port["told"];
  readonly #main: Connection;
  readonly #side: Connection;
  readonly #mailbox: Mailbox;
  readonly #turn: Statement<{ on: number }>;
  readonly #notify: Statement<[number], Notify>;
  readonly #setNotify: Statement<{ user: number; notify: Notify }>;
  readonly #due: Record<"all" | "urgent", Statement<{ now: string }, number>>;
  readonly #claim: Record<"all" | "urgent", Statement<object, number>>;
  readonly #claimed: Statement<[number], Row>;
  readonly #finish: Statement<object>;
  readonly #release: Statement<{ id: number }>;

  constructor(main: Connection, side: Connection) {
    const { db } = main;
    this.#main = main;
    this.#side = side;
    this.#mailbox = new Mailbox(main);
    const alarms = new Alarms(main, side);
    this.alarms = alarms.alarms;
    this.told = alarms.told;
    this.#turn = db.prepare("UPDATE site SET mailing = :on WHERE mailing <> :on");
    this.#notify = db
      .prepare<[number], Notify>("SELECT notify FROM users WHERE id = ? AND leaving = 0")
      .pluck();
    // Their ETag is that of an answer with it.
    this.#setNotify = db.prepare(`
      UPDATE users SET notify = :notify, version = ${NEXT_VERSION}
      WHERE id = :user AND leaving = 0 AND notify <> :notify`);
    const due = (sql: string) => db.prepare<{ now: string }, number>(sql).pluck();
    this.#due = { all: due(mailDueSql), urgent: due(urgentDueSql) };
    const claim = (found: string) =>
      db
        .prepare<object, number>(`
          UPDATE mails SET due_at = :until, attempts = attempts + 1, tried_at = :now WHERE id IN (${found})
          RETURNING id`)
        .pluck();
    this.#claim = { all: claim(mailClaimSql), urgent: claim(urgentClaimSql) };
    this.#claimed = db.prepare(`
      SELECT m.id, m.attempts, m.kind, m.user_id AS user, coalesce(m.address, u.email) AS address, m.facts,
        m.created_at AS queuedAt, m.urgent
      FROM mails m LEFT JOIN users u ON u.id = m.user_id WHERE m.id = ?`);
    this.#finish = side.db.prepare(`
      UPDATE mails SET state = :state, due_at = :dueAt, error = :error, attempts = attempts - :untried
      WHERE id = :id AND attempts = :attempts AND due_at IS NOT NULL`);
    this.#release = side.db.prepare(releaseSql);
  }

  turn: Port["turn"] = async (on) => {
    await this.#main.write(() => this.#turn.run({ on: Number(on) }));
  };

  notify: Port["notify"] = (user) => this.#main.readOne(() => this.#notify.get(user) ?? null);

  setNotify: Port["setNotify"] = (user, notify) =>
    this.#main.write(() => this.#setNotify.run({ user, notify }).changes === 1);

  queue: Port["queue"] = (mail) => this.#main.write(() => this.#mailbox.put(mail));

  isDue: Port["isDue"] = (now, which = "all") =>
    this.#main.readOne(() => this.#due[which].get({ now }) === 1);

  claim: Port["claim"] = (most, now, until, which = "all") =>
    this.#main.write(() =>
      this.#claim[which]
        .all({ most, now, until })
        .sort((a, b) => a - b)
        .flatMap((id) => this.#claimed.all(id))
        .map((row) => ({ ...row, facts: JSON.parse(row.facts), urgent: row.urgent === 1 })),
    );

  finish: Port["finish"] = ({ id, attempts }, { state, dueAt, error, untried = false }) =>
    this.#side.write(() => {
      if (this.#finish.run({ state, dueAt, error, untried: Number(untried), id, attempts }).changes !== 1)
        return false;
      if (state === "dropped" || state === "failed") this.#release.run({ id });
      return true;
    });

  forget: Port["forget"] = (address) => this.#main.write(() => this.#mailbox.forget({ address }));
}

/** The statement of `Mails.isDue`. */
export const mailDueSql = "SELECT 1 FROM mails WHERE due_at <= :now LIMIT 1";

/** Gives back what a message took at a try, and nobody was told: the next one tells it. */
const releaseSql = `
  UPDATE notices SET mail = NULL
  WHERE reader = (SELECT facts ->> 'reader' FROM mails WHERE id = :id) AND mail = :id`;

/** Finds what `Mails.claim` takes. */
export const mailClaimSql = "SELECT id FROM mails WHERE due_at <= :now ORDER BY due_at, id LIMIT :most + 0";

/** The same two for urgent ones alone. */
export const urgentDueSql = "SELECT 1 FROM mails WHERE urgent = 1 AND due_at <= :now LIMIT 1";
export const urgentClaimSql =
  "SELECT id FROM mails WHERE urgent = 1 AND due_at <= :now ORDER BY due_at, id LIMIT :most + 0";
