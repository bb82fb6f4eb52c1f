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

/** How their rows are found: a person's, or a guest's. */
type Whose = "user_id = :id" | "email = :email";

const rowsOf = (whose: Whose) => (kind: string) => `kind = '${kind}' AND ${whose}`;

/** Their comments, those in the bin among them. */
const wroteSql = (whose: Whose) => {
  const theirs = rowsOf(whose);
  const binned = `SELECT audit_id, row ->> 'comment_id' AS id FROM trashed_rows WHERE ${theirs("trash")}`;
  return {
    binned,
    wrote: `SELECT audit_id, row ->> 'id' AS id FROM trashed_rows WHERE ${theirs("comments")} UNION ALL ${binned}`,
  };
};

const aboutSql = (kind: string, wrote: string) =>
  `kind = '${kind}' AND (audit_id, row ->> 'comment_id') IN (${wrote})`;
const loggedSql = (wrote: string) => `type = 'comment' AND subject IN (SELECT id FROM (${wrote}))`;
const setSql = (whose: Whose, kind: string, row: string) =>
  `UPDATE trashed_rows SET row = ${row} WHERE ${rowsOf(whose)(kind)}`;

/** Nothing of the author of a comment is left with this. */
const ALONE = "'$.user_id', NULL, '$.role', NULL, '$.email', NULL, '$.network', NULL, '$.address', NULL";

/** Empties what they wrote. */
function erasingSql(whose: Whose): string[] {
  const theirs = rowsOf(whose);
  const { binned, wrote } = wroteSql(whose);
  return [
    `UPDATE audit SET before = NULL, after = NULL, note = NULL WHERE ${loggedSql(wrote)}`,
    `DELETE FROM trashed_rows WHERE ${aboutSql("reports", wrote)}`,
    `UPDATE trashed_rows SET row = json_set(row, '$.reports', 0) WHERE kind = 'comments' AND (audit_id, row ->> 'id') IN (${binned})`,
    `DELETE FROM trashed_rows WHERE ${aboutSql("edits", wrote)}`,
    `DELETE FROM trashed_rows WHERE ${theirs("trash")}`,
    setSql(
      whose,
      "comments",
      `json_set(row, '$.author', '', '$.author_key', '', '$.avatar', '', '$.website', NULL, ${ALONE}, '$.comment', '', '$.html', '',
        '$.text_hash', '', '$.status', 'deleted', '$.held', NULL, '$.reports', 0, '$.vetted', 0, '$.pinned', 0, '$.edited_at', NULL, '$.deleted_by', 'author')`,
    ),
  ];
}

/** Takes a person out of what is kept aside of deleted posts. Inside the caller's transaction. */
export class ShelfPeople {
  readonly #leave: Step[];
  readonly #erase: Step[];
  readonly #eraseGuest: Step[];
  readonly #done: Statement<[number]>;

  constructor({ db }: Connection) {
    const steps = (...sql: string[]) => sql.map((one) => db.prepare<[object]>(one));
    const whose = "user_id = :id";
    const set = (kind: string, row: string) => setSql(whose, kind, row);
    const named =
      "'$.author', :author, '$.author_key', :authorKey, '$.avatar', :avatar, '$.website', :website";
    const { wrote } = wroteSql(whose);
    const about = (kind: string) => aboutSql(kind, wrote);
    const nobody = (member: string, more = "") =>
      `json_set(row, '$.${member}', 'forgotten:' || hex(randomblob(8))${more})`;
    const reporter = nobody("reporter", ", '$.network', NULL");
    const unsigned = "json_set(row, '$.user_id', NULL, '$.author', NULL, '$.author_key', NULL)";
    const signedElse = "json_set(row, '$.user_id', NULL)";
    this.#leave = steps(
      `UPDATE trashed_rows SET row = json_set(row, '$.note', NULL) WHERE ${about("reports")} AND instr(lower(row ->> 'note'), :was) > 0`,
      `UPDATE audit SET note = NULL WHERE ${loggedSql(wrote)} AND instr(lower(note), :was) > 0`,
      `UPDATE trashed_rows SET row = json_set(row, '$.author', :author, '$.website', :website) WHERE ${about("edits")}`,
      set("trash", `json_set(row, '$.was', json_set(row ->> 'was', ${named}, ${ALONE}))`),
      set("comments", `json_set(row, ${named}, ${ALONE})`),
      set("votes", nobody("voter")),
      set(
        "reports",
        `json_set(${reporter}, '$.note', iif(instr(lower(row ->> 'note'), :was) > 0, NULL, row ->> 'note'))`,
      ),
      set("posts", `iif(row ->> 'author_key' = :was, ${unsigned}, ${signedElse})`),
    );
    this.#erase = steps(
      ...erasingSql(whose),
      set("votes", nobody("voter")),
      set("reports", `json_set(${reporter}, '$.note', NULL)`),
      set("posts", unsigned),
    );
    this.#eraseGuest = steps(
      ...erasingSql("email = :email"),
      "UPDATE trashed_rows SET email = NULL WHERE email = :email",
    );
    this.#done = db.prepare("UPDATE trashed_rows SET user_id = NULL WHERE user_id = ?");
  }

  /** `erase`: what they wrote goes, too. */
  forget({ id, author, was }: Leaver, erase: boolean): void {
    for (const step of erase ? this.#erase : this.#leave) step.run({ id, was, ...author });
    this.#done.run(id);
  }

  /** Empties what a guest wrote under this address. */
  eraseGuest(email: string): void {
    for (const step of this.#eraseGuest) step.run({ email });
  }
}
