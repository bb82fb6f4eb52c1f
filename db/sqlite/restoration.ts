import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import Database, { type Statement } from "better-sqlite3";
import { StartError } from "@/db/errors";
import type { Restoration as Port, RestoredRow } from "@/db/port/exports";
import { score } from "@/db/score";
import { makeFolder, migrate, readSecret, refuseForeign, toStartError } from "@/db/sqlite";
import { Connection, codeOf } from "@/db/sqlite/connection";
import { ADD } from "@/db/sqlite/restoredRows";
import { LEAVE_OUT, SETTLE } from "@/db/sqlite/restoredWhole";
import { SearchIndex } from "@/db/sqlite/searchIndex";

/** What a database has that nobody may lose. */
const KEPT = ["users", "posts", "comments", "files", "rules", "webhooks", "audit"];

const BESIDE = ["-wal", "-shm", "-journal"];

/** Opens a restoration of the database in `file`, which must be empty or not there. Throws `StartError`. */
export function openSqliteRestoration(file: string): Port {
  const path = resolve(file);
  try {
    makeFolder(path);
    return new Restoration(path, takeEmpty(path));
  } catch (error) {
    throw toStartError(error, path);
  }
}

/**
 * Makes sure that nothing is lost if another file takes this one's place, and that nobody has it open. Returns its secret
 * where it has one, as a folder of uploaded files may be marked with it.
 */
function takeEmpty(path: string): Buffer | null {
  if (!existsSync(path)) return null;
  const db = new Database(path, { fileMustExist: true });
  try {
    db.pragma("busy_timeout = 0");
    refuseForeign(db, path);
    const has = db.prepare<[string], number>("SELECT count(*) FROM sqlite_schema WHERE name = ?").pluck();
    const full = KEPT.filter(
      (table) => has.get(table) === 1 && db.prepare(`SELECT 1 FROM ${table} LIMIT 1`).get() !== undefined,
    );
    if (full.length > 0)
      throw new StartError(
        `The database ${path} is not empty (it has ${full.join(", ")}), and is left as it is. Stop its server and move it away, or name another file with --into.`,
      );
    // Only who is alone can do that; it takes the files beside it in, too.
    db.pragma("journal_mode = DELETE");
    return has.get("site") === 1 ? readSecret(db) : null;
  } catch (error) {
    if (!codeOf(error).startsWith("SQLITE_BUSY")) throw error;
    throw new StartError(`A server, or another program, uses the database ${path}; stop it, then try again.`);
  } finally {
    db.close();
  }
}

/**
 * Fills a file beside the one to be. Nobody else reads it, and until it is moved to its place it is worth nothing: so it
 * keeps no journal and waits for no disk until it is whole.
 */
class Restoration implements Port {
  readonly secret: Buffer;
  readonly #path: string;
  readonly #file: string;
  readonly #db: Database.Database;
  readonly #searchIndex: SearchIndex;
  readonly #rows = new Map<RestoredRow["kind"], Statement<object>[]>();
  #guests = 0;

  constructor(path: string, secret: Buffer | null) {
    this.#path = path;
    this.#file = `${path}.restoring`;
    removeLeftover(this.#file);
    const db = new Database(this.#file);
    this.#db = db;
    try {
      db.pragma("locking_mode = EXCLUSIVE");
      db.pragma("journal_mode = OFF");
      db.pragma("synchronous = OFF");
      db.pragma("foreign_keys = OFF");
      db.pragma("cache_size = -64000");
      migrate(db);
      db.pragma("temp_store = FILE");
      if (secret !== null) db.prepare("UPDATE site SET secret = ?").run(secret);
      this.#searchIndex = new SearchIndex(new Connection(db));
      this.#searchIndex.pause();
      db.function("score", { deterministic: true }, (up, down) => score(Number(up), Number(down)));
      this.secret = readSecret(db);
    } catch (error) {
      this.#discard();
      throw error;
    }
  }

  add: Port["add"] = async (rows) =>
    this.#sayWhy(() =>
      this.#db.transaction(() => {
        for (const row of rows) {
          const bound = toBound(row, this.#nameGuest(row));
          for (const statement of this.#prepare(row)) statement.run(bound);
        }
      })(),
    );

  finish: Port["finish"] = async (lastIds) => this.#sayWhy(() => this.#finish(lastIds));

  #finish(lastIds: Record<string, number>): { left: number } {
    let left = 0;
    for (const sql of LEAVE_OUT) left += this.#db.prepare(sql).run().changes;
    for (const sql of SETTLE) this.#db.exec(sql);
    this.#searchIndex.rebuild();
    this.#setLastIds(lastIds);
    const broken = this.#db.pragma("foreign_key_check");
    if (Array.isArray(broken) && broken.length > 0)
      throw new Error(`What was restored does not hold together: ${JSON.stringify(broken.slice(0, 5))}`);
    this.#db.close();
    sync(this.#file);
    // It may have been made in the meantime.
    takeEmpty(this.#path);
    for (const end of BESIDE) rmSync(this.#path + end, { force: true });
    renameSync(this.#file, this.#path);
    if (process.platform !== "win32") sync(dirname(this.#path));
    return { left };
  }

  close: Port["close"] = async () => this.#discard();

  #sayWhy<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!codeOf(error).startsWith("SQLITE_CONSTRAINT")) throw toStartError(error, this.#path);
      throw new StartError(
        `The export does not hold together (${error instanceof Error ? error.message : error}). Nothing was restored.`,
      );
    }
  }

  #prepare({ kind }: RestoredRow): Statement<object>[] {
    const statements = this.#rows.get(kind) ?? ADD[kind].map((sql) => this.#db.prepare<object>(sql));
    this.#rows.set(kind, statements);
    return statements;
  }

  /** Whose the vote or report of a guest was is not known; it keeps its place among those of its comment. */
  #nameGuest(row: RestoredRow): object {
    if (row.kind !== "vote" && row.kind !== "report") return {};
    return { by: row.by ?? `forgotten:${(this.#guests++).toString(16).padStart(16, "0")}` };
  }

  /** Ids that were given to what is gone are not given again. */
  #setLastIds(lastIds: Record<string, number>): void {
    const raise = this.#db.prepare("UPDATE sqlite_sequence SET seq = max(seq, :last) WHERE name = :name");
    const begin = this.#db.prepare(
      "INSERT INTO sqlite_sequence (name, seq) SELECT :name, :last WHERE EXISTS (SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = :name AND sql LIKE '%AUTOINCREMENT%')",
    );
    for (const [name, last] of Object.entries(lastIds))
      if (name !== "tokens" && name !== "sessions" && raise.run({ name, last }).changes === 0)
        begin.run({ name, last });
  }

  #discard(): void {
    this.#db.close();
    for (const end of ["", ...BESIDE]) rmSync(this.#file + end, { force: true });
  }
}

/** Of one that was killed. Whoever is at work holds it. */
function removeLeftover(file: string): void {
  if (existsSync(file)) {
    const db = new Database(file, { timeout: 0 });
    try {
      db.exec("BEGIN EXCLUSIVE");
    } catch (error) {
      if (codeOf(error).startsWith("SQLITE_BUSY"))
        throw new StartError("Another restore into this database is at work; let it end, then try again.");
      // However much of it there is, nobody needs it.
    } finally {
      db.close();
    }
  }
  for (const end of ["", ...BESIDE]) rmSync(file + end, { force: true });
}

/** What SQLite takes for values: no booleans, no objects. */
function toBound(row: object, more: object): object {
  return Object.fromEntries(
    Object.entries({ ...row, ...more }).map(([name, value]) => {
      if (typeof value === "boolean") return [name, Number(value)];
      return [name, typeof value === "object" && value !== null ? JSON.stringify(value) : value];
    }),
  );
}

function sync(path: string): void {
  const opened = openSync(path, "r");
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
