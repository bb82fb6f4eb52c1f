import cluster, { type Worker } from "node:cluster";
import { setTimeout as wait } from "node:timers/promises";
import { log } from "@/lib/log";
import { order } from "@/lib/server/orders";

/** A worker that dies within this time of its start, in ms, may well die again. */
const SOON = 60_000;
const LONGEST_PAUSE = 30_000;

/** What a worker is given beside the environment of the primary. */
export type WorkerEnv = Record<string, string>;

/** How a worker ended that had not listened yet. */
export class Stillborn extends Error {
  constructor(
    readonly code: number | null,
    readonly signal: string | null,
  ) {
    super(`It ended by ${signal ?? `exit code ${code}`} before it could serve`);
  }
}

/** One of the places for workers: whoever dies there is replaced, until it is closed. */
export class Place {
  readonly #env: WorkerEnv;
  #worker: Worker | null = null;
  /** How often in a row a worker died soon after its start. */
  #deaths = 0;
  #closed = false;

  constructor(env: WorkerEnv) {
    this.#env = env;
  }

  /** Starts a worker and resolves with the port it listens on. Throws `Stillborn`. */
  async open(): Promise<number> {
    const { worker, port } = await start(this.#env);
    void this.#seat(worker);
    return port;
  }

  /** Starts a worker, and another and another until one serves. */
  async fill(): Promise<void> {
    while (!this.#closed) {
      try {
        await this.open();
        return;
      } catch (error) {
        if (!this.#closed) await this.#pause({ err: error }, "a worker could not start; starting another");
      }
    }
  }

  /** Puts a new worker in the place of the one that is there, which then retires. Throws `Stillborn`; the old one stays. */
  async renew(): Promise<void> {
    // Where there is none, a new one is on its way.
    if (this.#worker === null || this.#closed) return;
    const { worker } = await start(this.#env);
    await this.#seat(worker);
  }

  /** From now on nobody is replaced here. */
  close(): void {
    this.#closed = true;
  }

  /** Resolves once the one who was there before has ended. */
  async #seat(worker: Worker): Promise<void> {
    const since = Date.now();
    const before = this.#worker;
    this.#worker = worker;
    worker.once("exit", (code: number | null, signal: string | null) => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      if (this.#closed) return;
      if (Date.now() - since > SOON) this.#deaths = 0;
      const fields = { worker: worker.process.pid, code, signal };
      void this.#pause(fields, "a worker died; starting another").then(() => this.fill());
    });
    log.info({ worker: worker.process.pid }, "a worker serves");
    if (before !== null) await order(before, "retire");
  }

  async #pause(fields: object, sentence: string): Promise<void> {
    const pause = this.#deaths === 0 ? 0 : Math.min(LONGEST_PAUSE, 250 * 2 ** this.#deaths);
    this.#deaths++;
    log.error({ ...fields, pause }, sentence);
    await wait(pause);
  }
}

function start(env: WorkerEnv): Promise<{ worker: Worker; port: number }> {
  return new Promise((resolve, reject) => {
    const worker = cluster.fork(env);
    worker.once("listening", ({ port }) => resolve({ worker, port }));
    worker.once("exit", (code, signal) => reject(new Stillborn(code, signal)));
    // Where there can't be another process.
    worker.on("error", reject);
  });
}
