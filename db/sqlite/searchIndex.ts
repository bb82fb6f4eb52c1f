import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import { POSTS_FROM } from "@/db/sqlite/schema/search";

/** Where the indexes of words stood when they were paused. */
interface Mark {
  comment: number;
  post: number;
}

/**
 * For who writes much at once: its triggers cost more for each row than all rows together. Inside the caller's
 * transaction, which must end what it paused.
 */
export class SearchIndex {
  readonly #pause: Statement<[]>;
  readonly #resume: Statement<[]>;
  readonly #mark: Statement<[], Mark>;
  readonly #add: Statement<[number, number]>;
  readonly #addHeld: Statement<[number]>;
  readonly #rebuild: Statement<[]>[];

  constructor({ db }: Connection) {
    this.#pause = db.prepare("INSERT INTO search_paused DEFAULT VALUES");
    this.#resume = db.prepare("DELETE FROM search_paused");
    this.#mark = db.prepare(`
      SELECT (SELECT coalesce(max(id), 0) FROM comments) AS comment, (SELECT coalesce(max(id), 0) FROM posts) AS post`);
    this.#add = db.prepare(
      "INSERT INTO search (rowid, title, text) SELECT id, title, text FROM searchable WHERE id > ? AND id < ?",
    );
    this.#addHeld = db.prepare(
      "INSERT INTO held_words (rowid, text) SELECT id, text FROM held_comments WHERE id > ?",
    );
    this.#rebuild = ["search", "held_words"].map((name) =>
      db.prepare<[]>(`INSERT INTO ${name} (${name}) VALUES ('rebuild')`),
    );
  }

  pause(): Mark {
    this.#pause.run();
    return this.#mark.get() ?? { comment: 0, post: 0 };
  }

  /** Where only new rows came since. */
  resume({ comment, post }: Mark): void {
    this.#add.run(comment, POSTS_FROM);
    this.#add.run(POSTS_FROM + post, 2 * POSTS_FROM);
    this.#addHeld.run(comment);
    this.#resume.run();
  }

  /** Whatever happened since. */
  rebuild(): void {
    for (const rebuild of this.#rebuild) rebuild.run();
    this.#resume.run();
  }
}
