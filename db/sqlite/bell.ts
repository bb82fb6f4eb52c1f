import type { Statement } from "better-sqlite3";
import type { Notify } from "@/db/port/mails";
import type { Connection } from "@/db/sqlite/connection";
import { Mailbox } from "@/db/sqlite/mailbox";
import { toInstant } from "@/db/time";

/** How long a moderator is left alone behind a message about comments, in milliseconds. */
const PAUSE = 10 * 60_000;
/** The hour, by the server's clock, at which those hear of them who want one message a day. */
const MORNING = 7;

interface Moderator {
  id: number;
  notify: Exclude<Notify, "off">;
}

/**
 * Tells moderators by mail that a comment waits, inside the caller's transaction: the first at once, and what comes in
 * the pause behind a message in the next one. While this server sends no mail that is one look at a row.
 */
export class Bell {
  readonly #mailbox: Mailbox;
  readonly #mailing: Statement<[], number>;
  readonly #moderators: Statement<[], Moderator>;
  readonly #alarm: Statement<{ comment: number; at: string }>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#mailbox = new Mailbox(connection);
    this.#mailing = db.prepare<[], number>("SELECT mailing FROM site").pluck();
    this.#moderators = db.prepare(moderatorsSql);
    // A comment that waits anew gets an id behind all that anybody was told of.
    this.#alarm = db.prepare("INSERT OR REPLACE INTO alarms (comment, at) VALUES (:comment, :at)");
  }

  ring(comment: number, at: string): void {
    if (!this.#mailing.get()) return;
    const moderators = this.#moderators.all();
    if (moderators.length === 0) return;
    this.#alarm.run({ comment, at });
    for (const { id, notify } of moderators) {
      const when = notify === "each" ? { spacing: PAUSE } : { dueAt: toMorning(at) };
      this.#mailbox.put({
        kind: "comments.waiting",
        to: { user: id },
        facts: {},
        at,
        key: keyOf(id, notify),
        ...when,
      });
    }
  }
}

/** The messages to one moderator about comments; of both keys where they changed their mind. */
function keyOf(user: number, notify: Moderator["notify"]): string {
  return `waiting ${notify} ${user}`;
}

/** The next morning behind an instant. */
function toMorning(at: string): string {
  const time = new Date(at);
  const days = time.getHours() >= MORNING ? 1 : 0;
  time.setHours(MORNING + 24 * days, 0, 0, 0);
  return toInstant(time.getTime());
}

/** Whom to tell. */
export const moderatorsSql = `
  SELECT id, notify FROM users INDEXED BY users_moderators
  WHERE role IN ('admin', 'moderator') AND email IS NOT NULL AND notify <> 'off' ORDER BY id`;
