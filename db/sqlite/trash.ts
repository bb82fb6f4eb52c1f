import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";

interface Former {
  status: "approved" | "pending" | "spam";
  held: string | null;
}

/** Empties a comment of text and person, and puts them back while a moderator may. Inside the caller's transaction. */
export class Trash {
  readonly #keep: Statement<object>;
  readonly #blank: Statement<object>;
  readonly #forget: Statement<[number]>[];
  readonly #forgetReports: Statement<[number]>;
  readonly #forgetAnswers: Statement<[number]>;
  readonly #restore: Statement<[number]>;
  readonly #find: Statement<[number], Former>;
  readonly #drop: Statement<[number]>;

  constructor({ db }: Connection) {
    this.#keep = db.prepare(`
      INSERT INTO trash (comment_id, was, deleted_at)
      SELECT id, json_object('author', author, 'author_key', author_key, 'avatar', avatar, 'email', email, 'website', website,
        'user_id', user_id, 'role', role, 'comment', comment, 'html', html, 'text_hash', text_hash,
        'network', network, 'address', address, 'edited_at', edited_at, 'pinned', pinned, 'vetted', vetted, 'status', status, 'held', held), :at
      FROM comments WHERE id = :id`);
    this.#blank = db.prepare(`
      UPDATE comments SET author = '', author_key = '', avatar = '', email = NULL, website = NULL, user_id = NULL, role = NULL,
        comment = '', html = '', text_hash = '', network = NULL, address = NULL, edited_at = NULL, pinned = 0, vetted = 0, deleted_by = :by
      WHERE id = :id`);
    this.#forget = ["edits", "reports", "trash", "subscriptions"].map((table) =>
      db.prepare<[number]>(`DELETE FROM ${table} WHERE comment_id = ?`),
    );
    this.#forgetReports = db.prepare("UPDATE comments SET reports = 0 WHERE id = ?");
    this.#forgetAnswers = db.prepare("UPDATE idempotency_keys SET answer = NULL WHERE comment_id = ?");
    this.#restore = db.prepare(`
      UPDATE comments SET author = was ->> 'author', author_key = was ->> 'author_key', avatar = was ->> 'avatar',
        email = was ->> 'email', website = was ->> 'website', user_id = (SELECT id FROM users WHERE id = was ->> 'user_id'), role = was ->> 'role',
        comment = was ->> 'comment', html = was ->> 'html', text_hash = was ->> 'text_hash',
        network = was ->> 'network', address = was ->> 'address', edited_at = was ->> 'edited_at',
        pinned = was ->> 'pinned', vetted = coalesce(was ->> 'vetted', 0), deleted_by = NULL
      FROM trash WHERE trash.comment_id = comments.id AND comments.id = ?`);
    this.#find = db.prepare<[number], Former>(
      "SELECT coalesce(was ->> 'status', 'approved') AS status, was ->> 'held' AS held FROM trash WHERE comment_id = ?",
    );
    this.#drop = db.prepare("DELETE FROM trash WHERE comment_id = ?");
  }

  /** An author's deletion is final, a moderator's is kept aside. */
  take(id: number, by: "author" | "moderator", at: string): void {
    if (by === "moderator") this.#keep.run({ id, at });
    else for (const forget of [...this.#forget, this.#forgetReports]) forget.run(id);
    this.#forgetAnswers.run(id);
    this.#blank.run({ id, by });
  }

  /** How it stood before; null where there is nothing left to put back. */
  find(id: number): Former | null {
    return this.#find.get(id) ?? null;
  }

  /** Puts it all back; false where there is nothing left to put back. */
  restore(id: number): boolean {
    if (this.#restore.run(id).changes === 0) return false;
    this.#drop.run(id);
    return true;
  }
}
