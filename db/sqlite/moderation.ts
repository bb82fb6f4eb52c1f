import type { Statement } from "better-sqlite3";
import type { Actor } from "@/db/port/audit";
import type { Decision, Moderation as Port } from "@/db/port/moderation";
import { Actions } from "@/db/sqlite/actions";
import type { CommentRow } from "@/db/sqlite/commentRow";
import type { Connection } from "@/db/sqlite/connection";
import { pageSql } from "@/db/sqlite/keyset";
import { JSON_OF } from "@/db/sqlite/projection";
import type { Rules } from "@/db/sqlite/rules";
import type { CommentChange } from "@/db/store";

interface Queued {
  id: number;
  createdAt: string;
  json: string;
}

interface Known {
  approved: 0 | 1;
  standing: 0 | 1;
  spam: 0 | 1;
  repeated: 0 | 1;
  rules: number;
}

type Change = Required<Pick<CommentChange, "status">> & Pick<CommentChange, "held">;

/** What decides whether a comment may appear, and what moderators decide. */
export class Moderation implements Port {
  readonly #connection: Connection;
  readonly #actions: Actions;
  readonly #rules: Rules;
  readonly #known: Record<"user" | "network", Statement<object, Known>>;
  readonly #queue: Record<"first" | "next", Statement<object, Queued>>;
  readonly #json: Statement<{ id: number; base: string }, string>;
  readonly #moderator: Statement<[number], Actor>;
  readonly #beforeSpam: Statement<[number], "approved" | "pending">;

  constructor(connection: Connection, rules: Rules) {
    const { db } = connection;
    this.#connection = connection;
    this.#actions = new Actions(connection);
    this.#rules = rules;
    const known = (who: "user" | "network") => db.prepare<object, Known>(knownSql(who));
    this.#known = { user: known("user"), network: known("network") };
    this.#queue = { first: db.prepare(queueSql("first")), next: db.prepare(queueSql("next")) };
    this.#json = db
      .prepare<{ id: number; base: string }, string>(
        `SELECT ${JSON_OF.moderator} FROM comments c JOIN posts p ON p.id = c.post WHERE c.id = :id`,
      )
      .pluck();
    this.#moderator = db.prepare(
      "SELECT id AS user, name, role FROM users WHERE id = ? AND role IN ('admin', 'moderator')",
    );
    this.#beforeSpam = db
      .prepare<[number], "approved" | "pending">(`
        SELECT before ->> 'status' FROM audit WHERE type = 'comment' AND subject = ? AND after ->> 'status' = 'spam'
          AND before ->> 'status' IN ('approved', 'pending') ORDER BY id DESC LIMIT 1`)
      .pluck();
  }

  facts: Port["facts"] = ({ user, network, textHash, stoodSince, except = 0 }) =>
    this.#connection.readOne(() => {
      const statement = this.#known[user === null ? "network" : "user"];
      const known = statement.get({ user, network, textHash, stoodSince, except });
      const trusted = known?.approved === 1 && known.spam === 0;
      return {
        trusted,
        standing: trusted && known.standing === 1,
        repeated: known?.repeated === 1,
        rules: this.#rules.all(known?.rules ?? 0),
      };
    });

  queue: Port["queue"] = ({ after, limit, base }) =>
    this.#connection.readOne(() => {
      const rows = this.#queue[after ? "next" : "first"].all({ ...after, limit: limit + 1, base });
      return { rows: rows.slice(0, limit), more: rows.length > limit };
    });

  decide: Port["decide"] = (ids, decision, by, at, { note, base }) =>
    this.#connection.write(() => {
      const wanted = [...new Set(ids)];
      // First all are looked at, then all are changed: nothing to take back where one can't be.
      for (const id of wanted) {
        const row = this.#actions.revisions.find(id);
        if (!row) return { refused: "absent", id };
        const revived = row.status === "deleted" && decision !== "delete";
        if (revived && this.#actions.revisions.findFormer(id) === null)
          return { refused: "not_restorable", id };
      }
      for (const id of wanted) {
        const row = this.#actions.revisions.find(id);
        if (!row) continue;
        if (decision !== "delete") {
          const change = this.#toChange(row, decision);
          const action = decision === "restore" ? { action: "comment.restore" } : {};
          if (change) this.#actions.change(row, change, by, at, { note, ...action });
        } else if (row.status !== "deleted") this.#actions.delete(row, by, at, { note });
      }
      return { refused: null, comments: ids.map((id) => this.#json.get({ id, base }) ?? "null") };
    });

  decideWaiting: Port["decideWaiting"] = ({ comment, editedAt, decision, user }, at, note) =>
    this.#connection.write(() => {
      const by = this.#moderator.get(user);
      const row = this.#actions.revisions.find(comment);
      if (!by || !row || !waits(row) || row.edited_at !== editedAt) return false;
      if (decision === "delete") this.#actions.delete(row, by, at, { note });
      else this.#actions.change(row, { status: decision === "spam" ? "spam" : "approved" }, by, at, { note });
      return true;
    });

  /** Null where there is nothing to bring back. */
  #toChange(row: CommentRow, decision: Exclude<Decision, "delete">): Change | null {
    if (decision === "approve") return { status: "approved" };
    if (decision === "spam") return { status: "spam" };
    if (row.status === "deleted") return this.#actions.revisions.findFormer(row.id);
    // What no moderator called spam never was anything else: it waits for one.
    return row.status === "spam" ? { status: this.#beforeSpam.get(row.id) ?? "pending" } : null;
  }
}

/** Whether it is in the queue. */
function waits({ status, reports }: CommentRow): boolean {
  return status === "pending" || (status === "approved" && reports > 0);
}

/**
 * What is known before a comment comes: of its author (an account, or the guests of a network), of its text, and which
 * version the rules have.
 */
export function knownSql(who: "user" | "network"): string {
  const author = who === "user" ? "user_id = :user" : "network = :network AND user_id IS NULL";
  const some = (what: string, index = "") =>
    `EXISTS (SELECT 1 FROM comments ${index} WHERE ${author} AND ${what} AND id <> :except)`;
  return `SELECT ${some("status = 'approved'")} AS approved, ${some("status = 'spam'")} AS spam,
    ${some("status = 'approved' AND vetted = 1", `INDEXED BY comments_${who}_vetted`)}
    OR ${some("status = 'approved' AND created_at <= :stoodSince AND reports = 0")} AS standing,
    EXISTS (SELECT 1 FROM comments WHERE text_hash = :textHash AND id <> :except) AS repeated,
    (SELECT rules FROM site WHERE id = 1) AS rules`;
}

/** The statement of `Store.moderation.queue`: its first page, or the next ones. */
export function queueSql(page: "first" | "next"): string {
  return pageSql(
    { table: "c", column: "created_at", direction: "ASC" },
    page === "next",
    (end) => `SELECT c.id, c.created_at AS createdAt, ${JSON_OF.moderator} AS json
      FROM comments c JOIN posts p ON p.id = c.post WHERE c.queued = 1 AND p.gone IS NULL ${end}`,
  );
}
