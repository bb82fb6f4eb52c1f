import type { Statement } from "better-sqlite3";
import { Bell } from "@/db/sqlite/bell";
import type { Connection } from "@/db/sqlite/connection";
import { Herald } from "@/db/sqlite/herald";
import type { Revisions } from "@/db/sqlite/revisions";
import { nextOf } from "@/db/sqlite/version";
import { Visibility } from "@/db/sqlite/visibility";
import type { Report } from "@/db/store";

interface Earlier {
  settled: number | null;
  reported_at: string;
}

/** Reports, and the count of open ones that each comment keeps. Inside the caller's transaction. */
export class Reports {
  readonly #revisions: Revisions;
  readonly #visibility: Visibility;
  readonly #herald: Herald;
  readonly #bell: Bell;
  readonly #find: Statement<[number, string], Earlier>;
  readonly #signedIn: Statement<[number, string], number>;
  readonly #takeOver: Statement<[number, string]>;
  readonly #put: Statement<object>;
  readonly #count: Statement<{ id: number; by: number }>;
  readonly #settle: Statement<{ id: number; entry: number }>;
  readonly #reopen: Statement<{ id: number; entry: number }>;

  constructor(connection: Connection, revisions: Revisions) {
    const { db } = connection;
    this.#revisions = revisions;
    this.#visibility = new Visibility(connection);
    this.#herald = new Herald(connection);
    this.#bell = new Bell(connection);
    this.#find = db.prepare("SELECT settled, reported_at FROM reports WHERE comment_id = ? AND reporter = ?");
    this.#signedIn = db
      .prepare<[number, string], number>("SELECT 1 FROM reports WHERE comment_id = ? AND network = ? LIMIT 1")
      .pluck();
    this.#takeOver = db.prepare(
      "DELETE FROM reports WHERE comment_id = ? AND reporter = ? AND settled IS NULL",
    );
    this.#put = db.prepare(`
      INSERT INTO reports (comment_id, reporter, network, reason, note, reported_at)
      VALUES (:id, :reporter, :network, :reason, :note, :at)
      ON CONFLICT (comment_id, reporter) DO UPDATE SET
        reason = excluded.reason, note = excluded.note, reported_at = excluded.reported_at, settled = NULL`);
    this.#count = db.prepare(
      `UPDATE comments SET reports = reports + :by, noted = ${nextOf("noted")} WHERE id = :id`,
    );
    this.#settle = db.prepare(
      "UPDATE reports SET settled = :entry WHERE comment_id = :id AND settled IS NULL",
    );
    this.#reopen = db.prepare(
      "UPDATE reports SET settled = NULL WHERE comment_id = :id AND settled = :entry",
    );
  }

  /** False where there is no approved comment of that id. */
  add(id: number, report: Report, threshold: number): boolean {
    const comment = this.#revisions.find(id);
    if (comment?.status !== "approved") return false;
    const { reporter, network, at } = report;
    const place = /^network:(.*)$/s.exec(reporter)?.[1];
    if (place !== undefined && this.#signedIn.get(id, place) !== undefined) return true;
    const earlier = this.#find.get(id, reporter);
    // What a moderator has settled stays so, unless it was about another text.
    const isSettled = earlier !== undefined && earlier.settled !== null;
    if (isSettled && (comment.edited_at ?? "") <= earlier.reported_at) return true;
    const counted = earlier !== undefined && !isSettled ? 1 : 0;
    const taken = network === null ? 0 : this.#takeOver.run(id, `network:${network}`).changes;
    // The first instant stands while the report does, so that it is forgotten in time.
    this.#put.run({ ...report, id, at: counted === 1 ? (earlier?.reported_at ?? at) : at });
    this.#count.run({ id, by: 1 - counted - taken });
    this.#visibility.bumpModeration();
    this.#herald.tell("comment.reported", { post: comment.post, comment: id, at });
    const open = comment.reports + 1 - counted - taken;
    if ((open === 1 && counted === 0) || open === threshold) this.#bell.ring(id, at);
    const byStaff = comment.role === "moderator" || comment.role === "admin";
    if (threshold > 0 && open >= threshold && !byStaff) {
      const reason = open === 1 ? "reported by a reader" : `reported by ${open} readers`;
      this.#revisions.settle({ ...comment, reports: open }, "pending", [{ rule: "reported", reason }]);
      this.#visibility.bumpComment(id);
    }
    return true;
  }

  /** Open reports count no more: the entry of the log says who decided. */
  settle(id: number, entry: number): void {
    const { changes } = this.#settle.run({ id, entry });
    if (changes > 0) this.#count.run({ id, by: -changes });
  }

  /** Those that this entry settled count again. */
  reopen(id: number, entry: number): void {
    const { changes } = this.#reopen.run({ id, entry });
    if (changes > 0) this.#count.run({ id, by: changes });
  }
}
