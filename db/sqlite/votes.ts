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
  readonly #signedIn: Statement<[number, string], number>;
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
    this.#signedIn = db
      .prepare<[number, string], number>("SELECT 1 FROM votes WHERE comment_id = ? AND network = ? LIMIT 1")
      .pluck();
    this.#put = db.prepare(`
      INSERT INTO votes (comment_id, voter, network, value, voted_at) VALUES (:id, :voter, :network, :value, :at)
      ON CONFLICT (comment_id, voter) DO UPDATE SET
        network = excluded.network, value = excluded.value, voted_at = excluded.voted_at`);
    this.#take = db.prepare("DELETE FROM votes WHERE comment_id = ? AND voter = ?");
    this.#tally = db.prepare("UPDATE comments SET up = :up, down = :down, score = :score WHERE id = :id");
  }

  vote: Store["comments"]["vote"] = (id, voter, value, at, network = null) =>
    this.#connection.write(() => {
      const before = this.#approved.get(id);
      if (!before) return null;
      const { post, ...votes } = before;
      const place = /^network:(.*)$/s.exec(voter)?.[1];
      // Whoever signs out again stays the one who voted.
      if (place !== undefined && this.#signedIn.get(id, place) !== undefined) return { ...votes, mine: 0 };
      const mine = this.#mine.get(id, voter) ?? 0;
      const asGuest = network === null ? 0 : (this.#mine.get(id, `network:${network}`) ?? 0);
      if (mine === value && asGuest === 0) return { ...votes, mine };
      if (asGuest !== 0) this.#take.run(id, `network:${network}`);
      if (value === 0) this.#take.run(id, voter);
      else this.#put.run({ id, voter, network, value, at });
      const count = (sign: Value) =>
        Number(value === sign) - Number(mine === sign) - Number(asGuest === sign);
      const up = votes.up + count(1);
      const down = votes.down + count(-1);
      if (up === votes.up && down === votes.down) return { ...votes, mine: value };
      this.#tally.run({ id, up, down, score: score(up, down) });
      this.#visibility.bumpComment(id);
      this.#visibility.bump(post);
      return { up, down, mine: value };
    });
}
