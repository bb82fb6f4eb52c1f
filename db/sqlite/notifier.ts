import type { Statement } from "better-sqlite3";
import type { Addressee } from "@/db/port/mails";
import type { Pace } from "@/db/port/subscriptions";
import type { Connection } from "@/db/sqlite/connection";
import { Mailbox } from "@/db/sqlite/mailbox";
import { DAY, toInstant } from "@/db/time";

/** Between two messages about the same post: what comes meanwhile is told together. */
const PAUSE = 10 * 60_000;
/** Between two that ask the same address to confirm. */
const ASKING_PAUSE = 60 * 60_000;

type Row = { user: number; address: null } | { user: null; address: string };

/** Queues the messages of subscriptions inside the caller's transaction. */
export class Notifier {
  readonly #mailbox: Mailbox;
  readonly #find: Statement<[number], Row>;
  readonly #listener: Statement<[number], number>;
  readonly #asked: Statement<{ reader: number; at: string }>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#mailbox = new Mailbox(connection);
    this.#find = db.prepare("SELECT user_id AS user, address FROM readers WHERE id = ?");
    this.#listener = db
      .prepare<[number], number>(
        "SELECT r.id FROM readers r WHERE r.user_id = ? AND EXISTS (SELECT 1 FROM subscriptions s WHERE s.reader = r.id)",
      )
      .pluck();
    // What waits for a moderator is asked about once it has appeared.
    this.#asked = db.prepare(`
      UPDATE subscriptions SET asked_at = :at WHERE reader = :reader AND confirmed_at IS NULL AND asked_at IS NULL
        AND (SELECT status FROM comments c WHERE c.id = comment_id) = 'approved'`);
  }

  /** Asks to confirm all that waits: one message for each address within an hour. */
  ask(reader: number, at: string): void {
    const to = this.#addressee(reader);
    if (to === null) return;
    const who = "user" in to ? `user ${to.user}` : to.address.toLowerCase();
    const mail = { kind: "replies.confirm", to, facts: { reader }, at };
    const queued = this.#mailbox.put({ ...mail, key: `replies.confirm ${who}`, spacing: ASKING_PAUSE });
    if (queued === "queued" || queued === "waiting") this.#asked.run({ reader, at });
  }

  /** Asks somebody whose account has another address now, if they hear of anything: until then they don't any more. */
  askAnew(user: number, at: string): void {
    const reader = this.#listener.get(user);
    if (reader !== undefined) this.ask(reader, at);
  }

  /** Tells of what is untold on a post, or a day from now of all that is told daily. */
  tell(reader: number, post: number, pace: Pace, at: string): void {
    const to = this.#addressee(reader);
    if (to === null) return;
    if (pace === "daily") {
      const dueAt = toInstant(Date.parse(at) + DAY);
      const key = `replies.digest ${reader}`;
      this.#mailbox.put({ kind: "replies.digest", to, facts: { reader }, at, dueAt, key });
    } else {
      const key = `replies.new ${reader} ${post}`;
      this.#mailbox.put({ kind: "replies.new", to, facts: { reader, post }, at, key, spacing: PAUSE });
    }
  }

  #addressee(reader: number): Addressee | null {
    const row = this.#find.get(reader);
    if (!row) return null;
    return row.user === null ? { address: row.address } : { user: row.user };
  }
}
