import type { Statement } from "better-sqlite3";
import type { EventType } from "@/db/port/outbox";
import type { Connection } from "@/db/sqlite/connection";
import type { CommentStatus } from "@/db/store";
import { toInstant } from "@/db/time";

/** What an event is about. */
interface About {
  post: number;
  comment?: number;
  /** When it happened; now where it is not said. */
  at?: string;
  detail?: Record<string, unknown>;
}

/** Puts events in the outbox inside the caller's transaction. While nobody listens that is one look at a row. */
export class Herald {
  readonly #connection: Connection;
  readonly #hearers: Statement<[], number>;
  readonly #event: Statement<object>;
  readonly #deliver: Statement<object>;
  readonly #changed: Statement<{ post: number; at: string }>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#hearers = db.prepare<[], number>("SELECT hearers FROM site").pluck();
    this.#event = db.prepare(
      "INSERT INTO events (type, at, post, comment, detail) VALUES (:type, :at, :post, :comment, :detail)",
    );
    this.#deliver = db.prepare(`
      INSERT INTO deliveries (event, webhook, due_at) SELECT :event, id, :at FROM webhooks
      WHERE active = 1 AND EXISTS (SELECT 1 FROM json_each(events) WHERE value = :type)`);
    this.#changed = db.prepare("INSERT INTO events (type, at, post) VALUES ('thread.changed', :at, :post)");
  }

  tell(type: EventType, { post, comment, at = toInstant(Date.now()), detail }: About): void {
    if (!this.#hearers.get()) return;
    const row = { type, at, post, comment: comment ?? null, detail: detail ? JSON.stringify(detail) : null };
    const event = this.#event.run(row).lastInsertRowid;
    this.#deliver.run({ event, at, type });
    this.#connection.announce();
  }

  /** Has those who watch a thread read it anew: more of it changed than is told comment by comment, or it is gone. */
  tellThread(post: number): void {
    if (!this.#hearers.get()) return;
    this.#changed.run({ post, at: toInstant(Date.now()) });
    this.#connection.announce();
  }

  /**
   * Tells what a comment's change comes to. Readers hear of what appears to them, changes and goes; that it begins to
   * wait is for moderators, and of spam nobody hears.
   */
  tellComment(about: Required<Pick<About, "post" | "comment">>, before: CommentStatus, after: CommentStatus) {
    if (after === "approved")
      this.tell(before === "approved" ? "comment.updated" : "comment.approved", about);
    else if (before === "approved") this.tell("comment.deleted", about);
    if (after === "pending" && before !== "pending") this.tell("comment.held", about);
  }
}
