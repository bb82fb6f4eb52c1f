import { existsSync, openSync, readSync } from "node:fs";

/** The head of a WAL index stands there twice; one is as good as the other for telling whether it changed. */
const HEAD = 48;

/**
 * Tells whether anything was committed to a database in WAL mode, for a third of what the smallest statement costs: each
 * commit changes the head of the WAL index before it returns, with a counter and checksums (walformat.html §2.1 of
 * SQLite's documentation). It is one read of the file that SQLite shares between processes, and nothing is locked.
 */
export class WalIndex {
  readonly #file: number;
  /** Numbers, as two buffers are compared by a call out of JavaScript. */
  readonly #last = new Int32Array(HEAD / 4);
  readonly #now = new Int32Array(HEAD / 4);

  /**
   * Of the database in `path`, which some connection of this process has open and has read from. Null where it is not in
   * WAL mode, and on systems that were not seen to read what is mapped. The file is never closed: closing it would drop
   * SQLite's locks on it, which POSIX gives to the process and not to whoever took them.
   */
  static open(path: string): WalIndex | null {
    const file = `${path}-shm`;
    return /^(linux|darwin)$/.test(process.platform) && existsSync(file) ? new WalIndex(file) : null;
  }

  private constructor(file: string) {
    this.#file = openSync(file, "r");
  }

  /** Whether it is otherwise than at the last call. Read what you want to know after this, never before. */
  hasMoved(): boolean {
    readSync(this.#file, this.#now, 0, HEAD, 0);
    for (let n = 0; n < this.#now.length; n++) {
      if (this.#now[n] === this.#last[n]) continue;
      this.#last.set(this.#now);
      return true;
    }
    return false;
  }
}
