import { setTimeout as wait } from "node:timers/promises";
import type { Database } from "better-sqlite3";
import { Unavailable } from "@/db/errors";

/** How long a write waits for another process before it gives up, in milliseconds. */
const PATIENCE = 5000;

/** Runs units of work on one connection and turns the faults of the file into `Unavailable`. */
export class Connection {
  /** After a failed fsync the kernel may have dropped pages: what the file holds is not known until a restart. */
  #broken = false;

  constructor(readonly db: Database) {}

  /** `work` sees one snapshot. */
  async read<T>(work: () => T): Promise<T> {
    try {
      return this.db.transaction(work).deferred();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  /** One statement is its own snapshot and needs no transaction around it. */
  async readOne<T>(statement: () => T): Promise<T> {
    try {
      return statement();
    } catch (error) {
      throw this.#translate(error);
    }
  }

  /**
   * `work` in one immediate transaction. It waits for other writers between tries, not inside SQLite, which would
   * block every reader of this process.
   */
  async write<T>(work: () => T): Promise<T> {
    const run = this.db.transaction(work).immediate;
    for (const deadline = Date.now() + PATIENCE; ; await wait(2 + Math.random() * 18)) {
      if (this.#broken) throw new Unavailable("The disk failed; restart the server once it is mended");
      try {
        return run();
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw this.#translate(error);
      }
    }
  }

  #translate(error: unknown): unknown {
    const code = codeOf(error);
    if (code === "SQLITE_IOERR_FSYNC") this.#broken = true;
    if (!/^SQLITE_(BUSY|LOCKED|FULL|READONLY|IOERR|CANTOPEN|NOMEM|CORRUPT|NOTADB|PROTOCOL)/.test(code))
      return error;
    return new Unavailable(`The database can't be used now (${code})`, 5, { cause: error });
  }
}

function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** By code, never by class: each Jest file has classes of its own. https://github.com/WiseLibs/better-sqlite3/issues/162 */
export function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
