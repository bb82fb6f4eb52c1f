import { close, fdatasync, open } from "node:fs";
import { promisify } from "node:util";

/** Made once: each costs as much as a statement. */
const [openFile, sync, closeFile] = [promisify(open), promisify(fdatasync), promisify(close)];

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

  /**
   * Resolves when all that is committed now is on the disk. Rejects with the system's error, and with the same ever
   * after: the system tells of a loss once, and what is committed behind the gap is of no use.
   */
  settle(): Promise<void> {
    if (this.#running === undefined) return this.#sync();
    // The one that runs may have passed by what was committed since it began.
    this.#following ??= this.#running.then(() => this.#sync());
    return this.#following;
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#running, this.#following]);
    if (this.#file) await closeFile(await this.#file);
  }

  #sync(): Promise<void> {
    this.#following = undefined;
    this.#file ??= openFile(this.#path, "r+");
    this.#running = this.#file.then(sync).then(() => {
      this.#running = undefined;
    });
    return this.#running;
  }
}
