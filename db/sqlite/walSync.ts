import { close, fdatasync, open } from "node:fs";
import { promisify } from "node:util";

/**
 * Brings the write-ahead log of a database to the disk beside the event loop: SQLite's own `synchronous=FULL` does the
 * same within the commit, and nobody is answered while the disk takes its time. One sync is for all that was committed
 * before it began, whoever waits for it.
 */
export class WalSync {
  readonly #path: string;
  #file: Promise<number> | undefined;
  #running: Promise<void> | undefined;
  #following: Promise<void> | undefined;

  /** `path`: of the database, which is in WAL mode and stays open while this is used. */
  constructor(path: string) {
    this.#path = `${path}-wal`;
  }

  /** Resolves when all that is committed now is on the disk. Rejects with the system's error. */
  settle(): Promise<void> {
    if (this.#running === undefined) return this.#sync();
    // The one that runs may have passed by what was committed since it began.
    this.#following ??= this.#running.then(
      () => this.#sync(),
      () => this.#sync(),
    );
    return this.#following;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#running, this.#following]);
    if (this.#file) await promisify(close)(await this.#file);
  }

  #sync(): Promise<void> {
    this.#following = undefined;
    this.#file ??= promisify(open)(this.#path, "r+");
    const running = this.#file.then(promisify(fdatasync)).finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    this.#running = running;
    return running;
  }
}
