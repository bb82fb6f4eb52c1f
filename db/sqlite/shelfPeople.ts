import type { Statement } from "better-sqlite3";
import type { CommentAuthor } from "@/db/port/base";
import type { Connection } from "@/db/sqlite/connection";

/** A person who leaves: who they are instead, and the folded name that they had. */
interface Leaver {
  id: number;
  author: CommentAuthor;
  was: string;
}

type Step = Statement<object>;

/** The rows of one kind that are theirs. */
const theirs = (kind: string) => `kind = '${kind}' AND user_id = :id`;

/** Takes a person out of what is kept aside of deleted posts. Inside the caller's transaction. */
export class ShelfPeople {
  readonly #leave: Step[];
  readonly #erase: Step[];
  readonly #done: Statement<[number]>;

  constructor({ db }: Connection) {
    const steps = (...sql: string[]) => sql.map((one) => db.prepare<[object]>(one));
    const set = (kind: string, row: string) => `UPDATE trashed_rows SET row = ${row} WHERE ${theirs(kind)}`;
    const named =
      "'$.author', :author, '$.author_key', :authorKey, '$.avatar', :avatar, '$.website', :website";
    const alone = "'$.user_id', NULL, '$.role', NULL, '$.email', NULL, '$.network', NULL, '$.address', NULL";
    const binned = `SELECT audit_id, row ->> 'comment_id' AS id FROM trashed_rows WHERE ${theirs("trash")}`;
    const wrote = `SELECT audit_id, row ->> 'id' AS id FROM trashed_rows WHERE ${theirs("comments")} UNION ALL ${binned}`;
    const about = (kind: string) => `kind = '${kind}' AND (audit_id, row ->> 'comment_id') IN (${wrote})`;
    const logged = `type = 'comment' AND subject IN (SELECT id FROM (${wrote}))`;
    const nobody = (member: string, more = "") =>
      `json_set(row, '$.${member}', 'forgotten:' || hex(randomblob(8))${more})`;
    const reporter = nobody("reporter", ", '$.network', NULL");
    const unsigned = "json_set(row, '$.user_id', NULL, '$.author', NULL, '$.author_key', NULL)";
    const signedElse = "json_set(row, '$.user_id', NULL)";
    this.#leave = steps(
      `UPDATE trashed_rows SET row = json_set(row, '$.note', NULL) WHERE ${about("reports")} AND instr(lower(row ->> 'note'), :was) > 0`,
      `UPDATE audit SET note = NULL WHERE ${logged} AND instr(lower(note), :was) > 0`,
      `UPDATE trashed_rows SET row = json_set(row, '$.author', :author, '$.website', :website) WHERE ${about("edits")}`,
      set("trash", `json_set(row, '$.was', json_set(row ->> 'was', ${named}, ${alone}))`),
      set("comments", `json_set(row, ${named}, ${alone})`),
      set("votes", nobody("voter")),
      set(
        "reports",
        `json_set(${reporter}, '$.note', iif(instr(lower(row ->> 'note'), :was) > 0, NULL, row ->> 'note'))`,
      ),
      set("posts", `iif(row ->> 'author_key' = :was, ${unsigned}, ${signedElse})`),
    );
    this.#erase = steps(
      `UPDATE audit SET before = NULL, after = NULL, note = NULL WHERE ${logged}`,
      `DELETE FROM trashed_rows WHERE ${about("reports")}`,
      `UPDATE trashed_rows SET row = json_set(row, '$.reports', 0) WHERE kind = 'comments' AND (audit_id, row ->> 'id') IN (${binned})`,
      `DELETE FROM trashed_rows WHERE ${about("edits")}`,
      `DELETE FROM trashed_rows WHERE ${theirs("trash")}`,
      set(
        "comments",
        `json_set(row, '$.author', '', '$.author_key', '', '$.avatar', '', '$.website', NULL, ${alone}, '$.comment', '', '$.html', '',
          '$.text_hash', '', '$.status', 'deleted', '$.held', NULL, '$.reports', 0, '$.vetted', 0, '$.pinned', 0, '$.edited_at', NULL, '$.deleted_by', 'author')`,
      ),
      set("votes", nobody("voter")),
      set("reports", `json_set(${reporter}, '$.note', NULL)`),
      set("posts", unsigned),
    );
    this.#done = db.prepare("UPDATE trashed_rows SET user_id = NULL WHERE user_id = ?");
  }

  /** `erase`: what they wrote goes, too. */
  forget({ id, author, was }: Leaver, erase: boolean): void {
    for (const step of erase ? this.#erase : this.#leave) step.run({ id, was, ...author });
    this.#done.run(id);
  }
}
