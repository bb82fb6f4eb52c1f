import type { Statement } from "better-sqlite3";
import { score } from "@/db/score";
import type { Connection } from "@/db/sqlite/connection";
import type { Visibility } from "@/db/sqlite/visibility";
import type { Store } from "@/db/store";

interface Voted {
  post: number;
  up: number;
  down: number;
}

/** Votes and reports: one row for each person and comment. */
export class Votes {
  readonly #connection: Connection;
  readonly #visibility: Visibility;
  readonly #approved: Statement<[number], Voted>;
  readonly #mine: Statement<[number, string], number>;
  readonly #put: Statement<object>;
  readonly #take: Statement<[number, string]>;
  readonly #tally: Statement<object>;
  readonly #report: Statement<object>;

  constructor(connection: Connection, visibility: Visibility) {
    const { db } = connection;
    this.#connection = connection;
    this.#visibility = visibility;
    this.#approved = db.prepare("SELECT post, up, down FROM comments WHERE id = ? AND status = 'approved'");
    this.#mine = db
      .prepare<[number, string], number>("SELECT value FROM votes WHERE comment_id = ? AND voter = ?")
      .pluck();
    this.#put = db.prepare(`
      INSERT INTO votes (comment_id, voter, value, voted_at) VALUES (:id, :voter, :value, :at)
      ON CONFLICT (comment_id, voter) DO UPDATE SET value = excluded.value, voted_at = excluded.voted_at`);
    this.#take = db.prepare("DELETE FROM votes WHERE comment_id = ? AND voter = ?");
    this.#tally = db.prepare("UPDATE comments SET up = :up, down = :down, score = :score WHERE id = :id");
    this.#report = db.prepare(`
      INSERT INTO reports (comment_id, reporter, reason, note, reported_at) VALUES (:id, :reporter, :reason, :note, :at)
      ON CONFLICT (comment_id, reporter) DO UPDATE SET reason = excluded.reason, note = excluded.note`);
  }

  vote: Store["comments"]["vote"] = (id, voter, value, at) =>
    this.#connection.write(() => {
      const before = this.#approved.get(id);
      if (!before) return null;
      const mine = this.#mine.get(id, voter) ?? 0;
      if (mine === value) return { up: before.up, down: before.down };
      if (value === 0) this.#take.run(id, voter);
      else this.#put.run({ id, voter, value, at });
      const up = before.up + Number(value === 1) - Number(mine === 1);
      const down = before.down + Number(value === -1) - Number(mine === -1);
      this.#tally.run({ id, up, down, score: score(up, down) });
      this.#visibility.bumpComment(id);
      this.#visibility.bump(before.post);
      return { up, down };
    });

  report: Store["comments"]["report"] = (id, reporter, reason, note, at) =>
    this.#connection.write(() => {
      if (!this.#approved.get(id)) return false;
      this.#report.run({ id, reporter, reason, note, at });
      return true;
    });
}
