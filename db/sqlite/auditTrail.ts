import type { AuditEntry, AuditLog, AuditRecord, Former } from "@/db/port/audit";
import { Actions } from "@/db/sqlite/actions";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import type { Posts } from "@/db/sqlite/posts";
import type { Rules } from "@/db/sqlite/rules";
import { DAY, toInstant } from "@/db/time";

/** How long something can be undone, in milliseconds. */
const UNDOABLE = 30 * DAY;

/** Takes back what the entry says, inside the transaction. False where things are not as it left them. */
type Undo = (entry: AuditEntry, at: string, former: Former | null) => boolean;

/** The audit log with its way back. */
export class AuditTrail extends Audit implements AuditLog {
  readonly #connection: Connection;
  /** What can be undone, by what it was done to. */
  readonly #undo: Partial<Record<AuditRecord["type"], Undo>>;

  constructor(connection: Connection, rules: Rules, posts: Posts) {
    super(connection);
    this.#connection = connection;
    const actions = new Actions(connection);
    this.#undo = {
      comment: (entry, at, former) => actions.undo(entry, at, former),
      post: ({ id, action }) => action === "post.delete" && posts.restore(id).refused === null,
      rule: ({ subject, before }, at) => rules.undo(subject, before === null, at),
    };
  }

  undo: AuditLog["undo"] = (id, by, at, former) =>
    this.#connection.write(() => {
      const entry = this.read(id);
      if (!entry) return { refused: "absent" };
      const over = entry.at < toInstant(Date.parse(at) - UNDOABLE);
      const undo = this.#undo[entry.type];
      if (over || entry.undoes !== null || entry.undoneBy !== null || !undo?.(entry, at, former))
        return { refused: "not_undoable" };
      const { type, subject, before, after } = entry;
      const [action, note] = [`${type}.undo`, null];
      const done = this.record({
        ...{ at, by, action, type, subject, note, undoes: id },
        before: after,
        after: before,
      });
      const made = this.read(done);
      if (!made) throw new Error(`Entry ${done} is gone within its own transaction`);
      return { refused: null, entry: made };
    });
}
