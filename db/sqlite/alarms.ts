import type { Statement } from "better-sqlite3";
import type { Alarms as Found, Mails } from "@/db/port/mails";
import type { Connection } from "@/db/sqlite/connection";

interface Listener {
  told: number;
  last: number;
}

/** What moderators have not been told of yet, and that they were. */
export class Alarms implements Pick<Mails, "alarms" | "told"> {
  readonly #main: Connection;
  readonly #side: Connection;
  readonly #listener: Statement<{ user: number; mail: number; now: string }, Listener>;
  readonly #waiting: Statement<{ told: number; last: number; most: number }, number>;
  readonly #told: Statement<{ user: number; last: number }>;

  constructor(main: Connection, side: Connection) {
    this.#main = main;
    this.#side = side;
    this.#listener = main.db.prepare(listenerSql);
    this.#waiting = main.db.prepare<{ told: number; last: number; most: number }, number>(alarmsSql).pluck();
    this.#told = side.db.prepare("UPDATE users SET told = :last WHERE id = :user AND told < :last");
  }

  alarms: Mails["alarms"] = (user, mail, now, most) =>
    this.#main.read((): Found | null => {
      const listener = this.#listener.get({ user, mail, now });
      if (!listener) return null;
      const comments = this.#waiting.all({ ...listener, most: most + 1 });
      return { comments: comments.slice(0, most), more: comments.length > most, last: listener.last };
    });

  told: Mails["told"] = async (user, last) => {
    await this.#side.write(() => this.#told.run({ user, last }));
  };
}

/** Whom a message about alarms is for, as long as it is for them and no later one that is on its way tells of all. */
export const listenerSql = `
  SELECT u.told, (SELECT coalesce(max(id), 0) FROM alarms) AS last FROM users u
  WHERE u.id = :user AND u.role IN ('admin', 'moderator') AND u.notify <> 'off' AND NOT EXISTS (
    SELECT 1 FROM mails m JOIN mails mine ON mine.id = :mail
    WHERE m.key = mine.key AND m.id > mine.id AND m.due_at IS NOT NULL AND (m.tried_at IS NOT NULL OR m.due_at <= :now))`;

/** The alarms behind the last that somebody was told of, whose comments still wait. */
export const alarmsSql = `
  SELECT c.id FROM alarms a CROSS JOIN comments c ON c.id = a.comment JOIN posts p ON p.id = c.post
  WHERE a.id > :told AND a.id <= :last AND c.queued = 1 AND p.gone IS NULL ORDER BY a.id LIMIT :most + 0`;
