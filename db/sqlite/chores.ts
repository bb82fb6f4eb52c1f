import type { Statement } from "better-sqlite3";
import type { CommentAuthor } from "@/db/port/base";
import type { Connection } from "@/db/sqlite/connection";
import { ERASABLE, ERASED, type Erasable, Erasure } from "@/db/sqlite/erasure";
import type { Files } from "@/db/sqlite/files";
import { Herald } from "@/db/sqlite/herald";
import { ShelfPeople } from "@/db/sqlite/shelfPeople";
import { NEXT_VERSION } from "@/db/sqlite/version";
import { Visibility } from "@/db/sqlite/visibility";

/** The most rows that one part of the work changes, so that nobody waits long for it. */
const PART = 200;

/** What remains to be done on what a person wrote. */
export interface Work {
  /** `rename`: comments get the new author. `leave`: an author who is nobody. `erase`: they are emptied, too. */
  kind: "rename" | "leave" | "erase";
  author: CommentAuthor;
  /** The folded name before, to know a byline by. */
  was: string;
}

interface Waiting {
  id: number;
  work: string;
  done: number;
}

type Step = Statement<object>;

/** SQL that takes out a note in which somebody names the person; binds :was. */
const NAMELESS = "note = iif(instr(lower(note), :was) > 0, NULL, note)";

/**
 * Work on all that a person wrote, in parts, each in a transaction: a person may have written very much. What remains
 * is kept in their row, so that it goes on after a restart. Inside the caller's transaction.
 */
export class Chores {
  readonly #files: Files;
  readonly #erasure: Erasure;
  readonly #shelf: ShelfPeople;
  readonly #visibility: Visibility;
  readonly #herald: Herald;
  readonly #begin: Statement<{ id: number; work: string }>;
  readonly #waiting: Statement<[], Waiting>;
  readonly #comments: Statement<object, Erasable>;
  readonly #passed: Statement<{ id: number; done: number }>;
  readonly #over: Statement<[number]>;
  readonly #gone: Statement<[number]>;
  readonly #rename: Step[];
  readonly #renameTrash: Step;
  readonly #leave: Step[];
  readonly #bump: Step[];
  readonly #trashed: Statement<object, number>;
  readonly #leaveTrash: Step[];
  readonly #leftovers: { step: Step; notes: Record<"leave" | "erase", Step> | null }[];
  readonly #posts: Step;
  readonly #site: Step;

  constructor(connection: Connection, files: Files) {
    const { db } = connection;
    this.#files = files;
    this.#erasure = new Erasure(connection);
    this.#shelf = new ShelfPeople(connection);
    this.#visibility = new Visibility(connection);
    this.#herald = new Herald(connection);
    this.#begin = db.prepare("UPDATE users SET work = :work, done = 0 WHERE id = :id");
    this.#waiting = db.prepare("SELECT id, work, done FROM users WHERE work IS NOT NULL ORDER BY id LIMIT 1");
    this.#comments = db.prepare(`
      SELECT ${ERASABLE} FROM comments WHERE user_id = :id AND id > :done
      ORDER BY id LIMIT :part + 0`);
    this.#passed = db.prepare("UPDATE users SET done = :done WHERE id = :id");
    this.#over = db.prepare("UPDATE users SET work = NULL, done = 0 WHERE id = ?");
    this.#gone = db.prepare("DELETE FROM users WHERE id = ?");

    const those = "(SELECT value FROM json_each(:ids))";
    const named =
      "author = :author, author_key = :authorKey, avatar = :avatar, website = :website, version = " +
      NEXT_VERSION;
    const history = `UPDATE edits SET author = :author, website = :website WHERE comment_id IN ${those}`;
    const answers = `UPDATE idempotency_keys SET answer = NULL WHERE comment_id IN ${those}`;
    const without = (column: string) =>
      `${column} = json_remove(${column}, '$.author', '$.website', '$.email', '$.user', '$.avatar', '$.role', '$.address', '$.network')`;
    const audit = `UPDATE audit SET ${without("before")}, ${without("after")}, ${NAMELESS}
      WHERE type = 'comment' AND subject IN ${those}`;
    const reports = `UPDATE reports SET ${NAMELESS} WHERE comment_id IN ${those}`;
    const steps = (...sql: string[]) => sql.map((one) => db.prepare<[object]>(one));
    this.#rename = steps(history, `UPDATE comments SET ${named} WHERE id IN ${those}`);
    this.#leave = steps(
      history,
      answers,
      audit,
      reports,
      `UPDATE comments SET ${named}, user_id = NULL, role = NULL, email = NULL, network = NULL, address = NULL
        WHERE id IN ${those}`,
    );
    this.#bump = steps(
      `UPDATE posts SET version = ${NEXT_VERSION} WHERE id IN (SELECT post FROM comments WHERE id IN ${those})`,
      `UPDATE site SET version = ${NEXT_VERSION}`,
    );
    this.#trashed = db
      .prepare<[object], number>(`SELECT comment_id FROM trash WHERE was ->> 'user_id' = :id LIMIT ${PART}`)
      .pluck();
    const kept =
      "'$.author', :author, '$.author_key', :authorKey, '$.avatar', :avatar, '$.website', :website";
    const nobody = "'$.user_id', NULL, '$.role', NULL, '$.email', NULL, '$.network', NULL, '$.address', NULL";
    this.#renameTrash = db.prepare(
      `UPDATE trash SET was = json_set(was, ${kept}) WHERE was ->> 'user_id' = :id`,
    );
    this.#leaveTrash = steps(
      history,
      audit,
      reports,
      `UPDATE trash SET was = json_set(was, ${kept}, ${nobody}) WHERE comment_id IN ${those}`,
    );
    const forget = (table: string, column: string, more = "") => `
      UPDATE ${table} SET ${column} = 'forgotten:' || hex(randomblob(8))${more} WHERE (comment_id, ${column}) IN (
        SELECT comment_id, ${column} FROM ${table} WHERE ${column} = :voter AND ${column} GLOB 'user:*' LIMIT ${PART})`;
    const notes = (set: string) =>
      db.prepare<[object]>(`UPDATE reports SET ${set} WHERE reporter = :voter AND reporter GLOB 'user:*'`);
    this.#leftovers = [
      { step: db.prepare(forget("votes", "voter")), notes: null },
      {
        step: db.prepare(forget("reports", "reporter", ", network = NULL")),
        notes: { leave: notes(NAMELESS), erase: notes("note = NULL") },
      },
    ];
    this.#posts = db.prepare(`
      UPDATE posts SET user_id = NULL, author = iif(:erased OR author_key = :was, NULL, author),
        author_key = iif(:erased OR author_key = :was, NULL, author_key), version = ${NEXT_VERSION}
      WHERE id IN (SELECT id FROM posts WHERE user_id = :id LIMIT ${PART})`);
    this.#site = db.prepare(`UPDATE site SET version = ${NEXT_VERSION}`);
  }

  /** Keeps what is to be done instead of what remained, and does the first part. */
  begin(id: number, work: Work): void {
    this.#begin.run({ id, work: JSON.stringify(work) });
    this.#do({ id, work: JSON.stringify(work), done: 0 });
  }

  /** Does the next part of anybody's; false where nothing remained. */
  next(): boolean {
    const waiting = this.#waiting.get();
    if (waiting) this.#do(waiting);
    return waiting !== undefined;
  }

  /** Parts that are small are done together. */
  #do({ id, work: text, done }: Waiting): void {
    const work: Work = JSON.parse(text);
    const part = work.kind === "erase" ? ERASED : PART;
    const comments = this.#comments.all({ id, done, part });
    const last = comments.at(-1);
    this.#visibility.bumpModeration();
    if (last) {
      this.#onComments(comments, work);
      this.#passed.run({ id, done: last.id });
    }
    if (comments.length === part) return;
    if (work.kind === "rename") {
      this.#renameTrash.run({ id, ...work.author });
      this.#over.run(id);
      return;
    }
    if (!this.#onTrash(id, work) || !this.#onLeftovers(id, work)) return;
    // What was brought back meanwhile, out of the bin or with a deleted post, was passed by.
    if (this.#comments.all({ id, done: 0, part: 1 }).length > 0) {
      this.#passed.run({ id, done: 0 });
      return;
    }
    this.#shelf.forget({ ...work, id }, work.kind === "erase");
    this.#gone.run(id);
  }

  #onComments(comments: Erasable[], { kind, author, was }: Work): void {
    if (kind === "erase") {
      this.#erasure.comments(comments);
      return;
    }
    const ids = JSON.stringify(comments.map(({ id }) => id));
    for (const step of kind === "rename" ? this.#rename : this.#leave) step.run({ ids, was, ...author });
    for (const step of this.#bump) step.run({ ids });
    const shown = comments.filter(({ status }) => status === "approved");
    for (const { id, post } of shown) this.#herald.tell("comment.updated", { post, comment: id });
  }

  /** True once nothing of theirs is left there. */
  #onTrash(id: number, { kind, author, was }: Work): boolean {
    const trashed = this.#trashed.all({ id });
    if (trashed.length === 0) return true;
    const ids = JSON.stringify(trashed);
    if (kind === "erase") this.#erasure.binned(trashed);
    else for (const step of this.#leaveTrash) step.run({ ids, was, ...author });
    return trashed.length < PART;
  }

  /** Votes, reports, files and posts; true once nothing of theirs is left there. */
  #onLeftovers(id: number, { kind, was }: Work): boolean {
    const voter = `user:${id}`;
    for (const { step, notes } of this.#leftovers) {
      if (kind === "erase") notes?.erase.run({ voter });
      else notes?.leave.run({ voter, was });
      if (step.run({ voter }).changes === PART) return false;
    }
    if (kind === "erase" && this.#files.removeSome(id, PART) === PART) return false;
    const { changes } = this.#posts.run({ id, was, erased: Number(kind === "erase") });
    if (changes > 0) this.#site.run({});
    return changes < PART;
  }
}
