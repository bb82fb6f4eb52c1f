import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import { DAY, toInstant } from "@/db/time";

export const FORGET_POST =
  "UPDATE hook_posts SET post = NULL, deletion = NULL WHERE post IN (SELECT post FROM deletions WHERE deleted_at < :undo)";
export const FORGET_NAMES = "DELETE FROM hook_posts WHERE post IS NULL AND heard_at < :undo";

/** Deletes what has had its time. */
export class Sweeper {
  readonly #connection: Connection;
  readonly #steps: Statement<{
    now: number;
    instant: string;
    day: string;
    unconfirmed: string;
    week: string;
    undo: string;
    retention: string;
  }>[];

  constructor(connection: Connection) {
    this.#connection = connection;
    this.#steps = [
      "DELETE FROM limits WHERE full_at < :now",
      "DELETE FROM idempotency_keys WHERE created_at < :day",
      "DELETE FROM answers WHERE created_at < :day",
      // What others call a post leads to it while it is there or can come back.
      FORGET_POST,
      "DELETE FROM deletions WHERE deleted_at < :undo",
      "DELETE FROM events WHERE at < :undo",
      "DELETE FROM hook_messages WHERE taken_at < :undo",
      FORGET_NAMES,
      "DELETE FROM mails WHERE created_at < :day AND state IN ('sent', 'dropped')",
      // Those that wait since then do so because this server sends no mail any more.
      "DELETE FROM mails WHERE created_at < :week AND coalesce(due_at, '') < :week",
      "DELETE FROM alarms WHERE at < :week",
      "DELETE FROM notices WHERE at < :undo",
      // Asked about and never confirmed; the comment of others never appeared, so they were not asked.
      "DELETE FROM subscriptions WHERE confirmed_at IS NULL AND (asked_at < :unconfirmed OR created_at < :undo)",
      "DELETE FROM subscriptions WHERE comment_id IN (SELECT comment_id FROM trash WHERE deleted_at < :undo)",
      "UPDATE site SET hearers = hearers - 1, live_until = NULL WHERE live_until < :instant",
      "DELETE FROM sessions WHERE expires_at < :instant",
      "DELETE FROM edits WHERE comment_id IN (SELECT comment_id FROM trash WHERE deleted_at < :undo)",
      "DELETE FROM reports WHERE comment_id IN (SELECT comment_id FROM trash WHERE deleted_at < :undo)",
      "UPDATE comments SET reports = 0 WHERE id IN (SELECT comment_id FROM trash WHERE deleted_at < :undo) AND reports > 0",
      "DELETE FROM trash WHERE deleted_at < :undo",
      `UPDATE trash SET was = json_remove(was, '$.network', '$.address') WHERE was ->> 'network' IS NOT NULL
        AND (SELECT created_at FROM comments WHERE id = comment_id) < :retention`,
      "UPDATE comments SET network = NULL, address = NULL WHERE network IS NOT NULL AND created_at < :retention",
      // The vote stays, whose it was does not.
      "UPDATE votes SET voter = 'forgotten:' || hex(randomblob(8)) WHERE voter GLOB 'network:*' AND voted_at < :retention",
      "UPDATE reports SET reporter = 'forgotten:' || hex(randomblob(8)) WHERE reporter GLOB 'network:*' AND reported_at < :retention",
      "UPDATE reports SET network = NULL WHERE network IS NOT NULL AND reported_at < :retention",
      "DELETE FROM rules WHERE deleted_at < :undo OR expires_at < :undo",
      `UPDATE trashed_rows SET network_at = NULL, row = CASE kind
        WHEN 'comments' THEN json_set(row, '$.network', NULL, '$.address', NULL)
        WHEN 'trash' THEN json_set(row, '$.was', json_remove(row ->> 'was', '$.network', '$.address'))
        WHEN 'votes' THEN json_set(row, '$.voter', iif(row ->> 'voter' GLOB 'network:*', 'forgotten:' || hex(randomblob(8)), row ->> 'voter'))
        WHEN 'reports' THEN json_set(row, '$.network', NULL, '$.reporter', iif(row ->> 'reporter' GLOB 'network:*', 'forgotten:' || hex(randomblob(8)), row ->> 'reporter')) ELSE row END
        WHERE network_at < :retention`,
    ].map((sql) => connection.db.prepare(sql));
  }

  async sweep(now: number, addressRetention: number): Promise<void> {
    const times = {
      now,
      instant: toInstant(now),
      day: toInstant(now - DAY),
      unconfirmed: toInstant(now - 3 * DAY),
      week: toInstant(now - 7 * DAY),
      undo: toInstant(now - 30 * DAY),
      retention: toInstant(now - addressRetention),
    };
    await this.#connection.write(() => {
      for (const step of this.#steps) step.run(times);
    });
  }
}
