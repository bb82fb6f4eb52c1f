import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import { Herald } from "@/db/sqlite/herald";
import { Trash } from "@/db/sqlite/trash";
import { Visibility } from "@/db/sqlite/visibility";

/** The most comments that one part empties: to take a text out of the index for good costs a millisecond. */
export const ERASED = 50;

/** A comment that is to be emptied; `ERASABLE` names its columns. */
export interface Erasable {
  id: number;
  post: number;
  parent: number | null;
  status: string;
  visible: number;
}

export const ERASABLE = "id, post, parent, status, visible";

/** Empties comments as if their author had deleted them, with all that tells of them. Inside the caller's transaction. */
export class Erasure {
  readonly #trash: Trash;
  readonly #visibility: Visibility;
  readonly #herald: Herald;
  readonly #settle: Statement<[number], { visible: number }>;
  readonly #forgetAudit: Statement<{ ids: string }>;
  readonly #binned: Statement<{ ids: string }>[];

  constructor(connection: Connection) {
    const { db } = connection;
    this.#trash = new Trash(connection);
    this.#visibility = new Visibility(connection);
    this.#herald = new Herald(connection);
    this.#settle = db.prepare(
      "UPDATE comments SET status = 'deleted', held = NULL, visible = replies > 0 WHERE id = ? RETURNING visible",
    );
    const those = "(SELECT value FROM json_each(:ids))";
    this.#forgetAudit = db.prepare(
      `UPDATE audit SET before = NULL, after = NULL, note = NULL WHERE type = 'comment' AND subject IN ${those}`,
    );
    this.#binned = [
      ...["edits", "reports", "trash"].map((table) => `DELETE FROM ${table} WHERE comment_id IN ${those}`),
      `UPDATE idempotency_keys SET answer = NULL WHERE comment_id IN ${those}`,
      `UPDATE comments SET reports = 0 WHERE reports > 0 AND id IN ${those}`,
    ].map((sql) => db.prepare(sql));
  }

  comments(comments: Erasable[]): void {
    this.#forgetAudit.run({ ids: JSON.stringify(comments.map(({ id }) => id)) });
    for (const comment of comments) this.#empty(comment);
  }

  /** Those that a moderator deleted, and could bring back. */
  binned(comments: number[]): void {
    const ids = JSON.stringify(comments);
    this.#forgetAudit.run({ ids });
    for (const step of this.#binned) step.run({ ids });
  }

  #empty({ id, post, parent, status, visible }: Erasable): void {
    if (status === "approved") this.#herald.tell("comment.deleted", { post, comment: id });
    this.#trash.take(id, "author", "");
    if (status === "approved") this.#visibility.count(post, -1);
    const stays = this.#settle.get(id)?.visible ?? 0;
    if (visible && !stays) this.#visibility.tellParents(parent, -1);
    if (visible) this.#visibility.bump(post);
    this.#visibility.bumpComment(id);
  }
}
