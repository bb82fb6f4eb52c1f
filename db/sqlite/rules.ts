import type { Statement } from "better-sqlite3";
import type { Actor } from "@/db/port/audit";
import type { NewRule, Rules as Port, Rule } from "@/db/port/moderation";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import { nextOf } from "@/db/sqlite/version";

interface Row extends Omit<Rule, "words" | "createdAt" | "expiresAt"> {
  words: string | null;
  created_at: string;
  expires_at: string | null;
}

const COLUMNS = "id, kind, action, max, words, pattern, note, created_at, expires_at";

/** The moderators' rules. A deleted one is kept aside for as long as that can be undone. */
export class Rules implements Port {
  readonly #connection: Connection;
  readonly #audit: Audit;
  readonly #list: Statement<{ after: number; limit: number }, Row>;
  readonly #insert: Statement<object, Row>;
  readonly #delete: Statement<{ id: number; at: string }, Row>;
  readonly #restore: Statement<[number]>;
  readonly #all: Statement<[], Row>;
  readonly #bump: Statement<[]>;
  #known: { version: number; rules: readonly Rule[] } = { version: -1, rules: [] };

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#audit = new Audit(connection);
    this.#list = db.prepare(
      `SELECT ${COLUMNS} FROM rules WHERE deleted_at IS NULL AND id > :after ORDER BY id LIMIT :limit + 0`,
    );
    this.#insert = db.prepare(`
      INSERT INTO rules (kind, action, max, words, pattern, note, created_at, expires_at)
      VALUES (:kind, :action, :max, :words, :pattern, :note, :at, :expiresAt) RETURNING ${COLUMNS}`);
    this.#delete = db.prepare(
      `UPDATE rules SET deleted_at = :at WHERE id = :id AND deleted_at IS NULL RETURNING ${COLUMNS}`,
    );
    this.#restore = db.prepare("UPDATE rules SET deleted_at = NULL WHERE id = ? AND deleted_at IS NOT NULL");
    this.#all = db.prepare(`SELECT ${COLUMNS} FROM rules WHERE deleted_at IS NULL ORDER BY id`);
    this.#bump = db.prepare(`UPDATE site SET rules = ${nextOf("rules")}`);
  }

  list: Port["list"] = ({ after = 0, limit }) =>
    this.#connection.readOne(() => {
      const rows = this.#list.all({ after, limit: limit + 1 });
      return { rows: rows.slice(0, limit).map(toRule), more: rows.length > limit };
    });

  create: Port["create"] = (rule, by, at) =>
    this.#connection.write(() => {
      const row = this.#insert.get({ ...rule, words: rule.words && JSON.stringify(rule.words), at });
      if (!row) throw new Error("A rule is gone within its own transaction");
      this.#log(row.id, "rule.create", by, at, null, toSummary(rule));
      return toRule(row);
    });

  delete: Port["delete"] = (id, by, at) =>
    this.#connection.write(() => {
      const row = this.#delete.get({ id, at });
      if (!row) return null;
      this.#log(id, "rule.delete", by, at, toSummary(row), null);
      return toRule(row);
    });

  /** Takes back that it was made (`before` is null) or deleted. False where that is not how it stands. */
  undo(id: number, wasMade: boolean, at: string): boolean {
    const done = wasMade ? this.#delete.get({ id, at }) !== undefined : this.#restore.run(id).changes > 0;
    if (done) this.#bump.run();
    return done;
  }

  /** All of them, read anew only where this version of them is not the known one: whichever process changed them. */
  all(version: number): readonly Rule[] {
    if (this.#known.version !== version) this.#known = { version, rules: this.#all.all().map(toRule) };
    return this.#known.rules;
  }

  #log(subject: number, action: string, by: Actor, at: string, before: Summary, after: Summary): void {
    this.#bump.run();
    this.#audit.record({ at, by, action, type: "rule", subject, before, after, note: null, undoes: null });
  }
}

type Summary = Record<string, unknown> | null;

/** What the log says of a rule: no address and no words. */
function toSummary({ kind, action }: Pick<NewRule, "kind" | "action">): Summary {
  return { kind, action };
}

function toRule({ words, created_at, expires_at, ...rest }: Row): Rule {
  return { ...rest, words: words && JSON.parse(words), createdAt: created_at, expiresAt: expires_at };
}
