import type { Statement } from "better-sqlite3";
import type { Posts } from "@/db/port/posts";
import type { Connection } from "@/db/sqlite/connection";
import { NEXT_VERSION } from "@/db/sqlite/version";

/** How many posts are closed in one transaction. */
const PIECE = 500;

/** Closes comments on posts by their age. It is written, not worked out when read, so that versions tell of it. */
export class Closing {
  readonly #connection: Connection;
  readonly #due: Statement<{ until: string }, number>;
  readonly #close: Statement<{ until: string }>;
  readonly #open: Statement<{ until: string }>;
  readonly #bumpSite: Statement<[]>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#due = db
      .prepare<{ until: string }, number>(
        `SELECT EXISTS (SELECT 1 FROM posts WHERE ${DUE.close}) OR EXISTS (SELECT 1 FROM posts WHERE ${DUE.open})`,
      )
      .pluck();
    const set = (open: 0 | 1, closing: string, due: string) =>
      db.prepare<{ until: string }>(`
        UPDATE posts SET comments_open = ${open}, closing = '${closing}', version = ${NEXT_VERSION}
        WHERE id IN (SELECT id FROM posts WHERE ${due} LIMIT ${PIECE})`);
    this.#close = set(0, "closed", DUE.close);
    this.#open = set(1, "open", DUE.open);
    this.#bumpSite = db.prepare(`UPDATE site SET version = ${NEXT_VERSION}`);
  }

  closeAged: Posts["closeAged"] = async (until) => {
    // Before all instants: no post is as old.
    const bound = { until: until ?? "" };
    // Mostly there is nothing to do, and then nobody should wait for a write.
    if ((await this.#connection.readOne(() => this.#due.get(bound))) !== 1) return false;
    return this.#connection.write(() => {
      this.#close.run(bound);
      this.#open.run(bound);
      this.#bumpSite.run();
      return this.#due.get(bound) === 1;
    });
  };
}

/** What age closes now, and what it closed and would not any more, since the setting is another. */
export const DUE = {
  close: "closing = 'open' AND comments_open = 1 AND created_at <= :until",
  open: "closing = 'closed' AND created_at > :until",
};
