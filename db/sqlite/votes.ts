import type { Statement } from "better-sqlite3";
import { score } from "@/db/score";
import type { Connection } from "@/db/sqlite/connection";
import type { Visibility } from "@/db/sqlite/visibility";
import type { Store } from "@/db/store";

type Value = 1 | 0 | -1;

interface Voted {
  post: number;
  up: number;
  down: number;
}

/** One vote for each person and comment. */
export class Votes {
  readonly #connection: Connection;
  readonly #visibility: Visibility;
  readonly #approved: Statement<[number], Voted>;
  readonly #mine: Statement<[number, string], Value>;
  readonly #put: Statement<object>;
  readonly #take: Statement<[number, string]>;
  readonly #tally: Statement<object>;

  constructor(connection: Connection, visibility: Visibility) {
    const { db } = connection;
    this.#connection = connection;
    this.#visibility = visibility;
    this.#approved = db.prepare("SELECT post, up, down FROM comments WHERE id = ? AND status = 'approved'");
    this.#mine = db
      .prepare<[number, string], Value>("SELECT value FROM votes WHERE comment_id = ? AND voter = ?")
      .pluck();
    this.#put = db.prepare(`
      INSERT INTO votes (comment_id, voter, value, voted_at) VALUES (:id, :voter, :value, :at)
      ON CONFLICT (comment_id, voter) DO UPDATE SET value = excluded.value, voted_at = excluded.voted_at`);
    this.#take = db.prepare("DELETE FROM votes WHERE comment_id = ? AND voter = ?");
    this.#tally = db.prepare("UPDATE comments SET up = :up, down = :down, score = :score WHERE id = :id");
  }

  vote: Store["comments"]["vote"] = (id, voter, value, at) =>
    this.#connection.write(() => {
      const before = this.#approved.get(id);
      if (!before) return null;
      const mine = this.#mine.get(id, voter) ?? 0;
      if (mine === value) return { up: before.up, down: before.down };
      if (value === 0) this.#take.run(id, voter);
      else this.#put.run({ id, voter, value, at });
      const count = (sign: Value) => Number(value === sign) - Number(mine === sign);
      const up = before.up + count(1);
      const down = before.down + count(-1);
      this.#tally.run({ id, up, down, score: score(up, down) });
      this.#visibility.bumpComment(id);
      this.#visibility.bump(before.post);
      return { up, down };
    });
}
