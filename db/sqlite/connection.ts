import { setImmediate as turn, setTimeout as wait } from "node:timers/promises";
import type { Database, Transaction } from "better-sqlite3";
import { Overloaded, Unavailable } from "@/db/errors";
import type { Load } from "@/db/port/base";
import type { WalSync } from "@/db/sqlite/walSync";

/** How long a unit of work waits for another process before it gives up, in milliseconds. */
const PATIENCE = 5000;
/** The most units of work in one commit, so that a storm of writes leaves turns for readers. */
const BATCH = 64;
/** The most units of work that wait: about a second's. */
const MOST_WAITING = 2000;

/** A unit of work that waits for its commit. */
interface Job {
  deadline: number;
  /** Does it and returns what to call once it is committed. */
  run(): () => void;
  fail(error: unknown): void;
}

/**
 * Runs units of work on one connection and turns the faults of the file into `Unavailable`.
 * SQLite itself never waits here (that would stop the whole process): what finds the file locked tries again later.
 */
export class Connection {
  readonly #waiting: Job[] = [];
  #writes = 0;
  #commits = 0;
  #seconds = 0;
  #draining = false;
  #announcing = false;
  /** After a failed fsync the kernel may have dropped pages: what the file holds is not known until a restart. */
  #broken = false;

  readonly #listeners = new Set<() => void>();

  /** Made once: to make it costs as much as to run it. */
  readonly #transaction: Transaction<(work: () => void) => void>;

  /** How many units of work are committed, and wait for the disk. */
  #unsettled = 0;
  readonly #wal: WalSync | undefined;

  /** `wal`: what brings commits to the disk before anybody hears of them; without it their loss harms nobody. */
  constructor(
    readonly db: Database,
    wal?: WalSync,
  ) {
    this.#wal = wal;
    this.#transaction = db.transaction((work) => work());
  }

  /** What it has done so far. */
  load(): Load {
    return {
      waiting: this.#waiting.length + this.#unsettled,
      writes: this.#writes,
      commits: this.#commits,
      seconds: this.#seconds,
    };
  }

  /** `work` sees one snapshot. */
  read<T>(work: () => T): Promise<T> {
    return this.readOne(() => this.db.transaction(work).deferred());
  }

  /** One statement is its own snapshot and needs no transaction around it. */
  async readOne<T>(statement: () => T): Promise<T> {
    for (const deadline = Date.now() + PATIENCE; ; await pause()) {
      try {
        return statement();
      } catch (error) {
        if (!isBusy(error) || Date.now() > deadline) throw this.#translate(error);
      }
    }
  }

  /**
   * `work` happens whole or not at all, in the order of the calls. Those that come in the same turn share one commit,
   * and those whose commits come while the disk is busy share its next sync. It may run twice, so it must touch nothing but the database. Rejects with `Overloaded`,
   * before anything is done, where too many wait.
   */
  write<T>(work: () => T): Promise<T> {
    if (this.#waiting.length + this.#unsettled >= MOST_WAITING)
      return Promise.reject(new Overloaded("Too many writes wait for the database", 2));
    return new Promise((resolve, reject) => {
      const run = () => {
        const value = work();
        return () => resolve(value);
      };
      this.#waiting.push({ deadline: Date.now() + PATIENCE, run, fail: reject });
      if (!this.#draining) void this.#drain();
    });
  }

  /** `listener` is called in a later turn after something was announced, so once that is committed, if it is. Returns what ends that. */
  listen(listener: () => void): () => void {
    const own = () => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Says, inside a unit of work, that others have something to do once it is committed. */
  announce(): void {
    if (this.#announcing || this.#listeners.size === 0) return;
    this.#announcing = true;
    setImmediate(() => {
      this.#announcing = false;
      for (const listener of this.#listeners) listener();
    });
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    for (await turn(); this.#waiting.length > 0; await turn()) {
      const batch = this.#waiting.splice(0, BATCH);
      if (this.#commit(batch)) continue;
      const now = Date.now();
      const locked = new Unavailable("The database is locked by another program");
      for (const job of batch.filter(({ deadline }) => deadline < now)) job.fail(locked);
      this.#waiting.unshift(...batch.filter(({ deadline }) => deadline >= now));
      await pause();
    }
    this.#draining = false;
  }

  /** False where the file is locked and nothing was done yet. */
  #commit(batch: Job[]): boolean {
    const done: (() => void)[] = [];
    const began = performance.now();
    try {
      if (this.#broken) throw new Unavailable("The disk failed; restart the server once it is mended");
      this.#transaction.immediate(() => {
        for (const job of batch) done.push(job.run());
      });
    } catch (error) {
      if (isBusy(error)) return false;
      const translated = this.#translate(error);
      // Seldom: what goes wrong in one is no matter of the others, so each is done again by itself. A savepoint for each
      // would spare that, and cost every commit a fifth.
      if (batch.length > 1 && !this.#broken) for (const job of batch) this.#commitOne(job);
      else for (const job of batch) job.fail(translated);
      return true;
    }
    void this.#settle(batch, done, began);
    return true;
  }

  /** Tells those of a commit how it went, once it is on the disk. */
  async #settle(batch: Job[], done: (() => void)[], began: number): Promise<void> {
    this.#unsettled += batch.length;
    try {
      await this.#wal?.settle();
      this.#commits++;
      this.#writes += batch.length;
      this.#seconds += (performance.now() - began) / 1000;
      for (const tell of done) tell();
    } catch (error) {
      this.#broken = true;
      const failed = new Unavailable("The disk did not take it; restart the server once it is mended", 5, {
        cause: error,
      });
      for (const job of batch) job.fail(failed);
    } finally {
      this.#unsettled -= batch.length;
    }
  }

  #commitOne(job: Job): void {
    if (!this.#commit([job])) this.#waiting.push(job);
  }

  #translate(error: unknown): unknown {
    if (codeOf(error) === "SQLITE_IOERR_FSYNC") this.#broken = true;
    return toFault(error);
  }
}

/** What to throw in place of `error`: `Unavailable` for a fault of the file, else the error itself. */
export function toFault(error: unknown): unknown {
  const code = codeOf(error);
  return isFault(error)
    ? new Unavailable(`The database can't be used now (${code})`, 5, { cause: error })
    : error;
}

/** Of random length, so that two processes don't meet again and again. */
function pause(): Promise<void> {
  return wait(1 + Math.random() * 3);
}

function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

function isFault(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED|FULL|READONLY|IOERR|CANTOPEN|NOMEM|CORRUPT|NOTADB|PROTOCOL)/.test(
    codeOf(error),
  );
}

/** By code, never by class: each Jest file has classes of its own. https://github.com/WiseLibs/better-sqlite3/issues/162 */
export function codeOf(error: unknown): string {
  return typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
}
