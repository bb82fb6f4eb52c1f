import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { StartError } from "@/db/errors";
import { config } from "@/lib/config";
import { log } from "@/lib/log";
import { holdCensus } from "@/lib/server/census";
import { fail } from "@/lib/server/fail";
import { greet } from "@/lib/server/greet";
import { order } from "@/lib/server/orders";
import { Place, Stillborn } from "@/lib/server/place";
import { restartOnSignal, stopOnSignal } from "@/lib/server/signals";
import { takeBack } from "@/lib/server/underway";

/**
 * Makes this process the primary: it starts WORKERS processes of the script `exec`, hands them the connections in turn,
 * and replaces those that die. SIGHUP renews one after another. Throws `StartError`.
 */
export async function lead(exec: string): Promise<void> {
  // In turn on every system. The primary has the port, so a connection waits for whoever is there.
  cluster.schedulingPolicy = cluster.SCHED_RR;
  cluster.setupPrimary({ exec, args: [] });
  holdCensus();
  takeBack();
  const [first, ...others] = makePlaces();
  if (first === undefined) return;
  const places = [first, ...others];
  const serving = new WeakSet<Worker>();
  cluster.on("listening", (worker) => serving.add(worker));
  let stopping = false;
  const stop = async () => {
    stopping = true;
    for (const place of places) place.close();
    await Promise.all(workers().map((worker) => (serving.has(worker) ? order(worker, "stop") : end(worker))));
  };
  stopOnSignal(
    () => void stop().then(() => process.exit(0), fail),
    () => {
      for (const worker of workers()) worker.process.kill("SIGKILL");
    },
  );
  try {
    // Alone: it migrates the database, and where it can't start, no other can.
    greet(await first.open());
  } catch (error) {
    if (!stopping) refuse(error);
    return;
  }
  const filled = Promise.all(others.map((place) => place.fill()));
  restartOnSignal(oneAtATime(filled, () => renew(places)));
}

/** What two workers may not differ in stays as it was at the start; the rest of the settings a new one reads anew. */
function makePlaces(): Place[] {
  const { host, port, databaseUrl, filesDir, workers } = config();
  const same = { HOST: host, PORT: String(port), DATABASE_URL: databaseUrl, FILES_DIR: filesDir ?? "" };
  return Array.from({ length: workers }, (_, n) => new Place({ ...same, ANTIPHON_WORKER: String(n + 1) }));
}

async function renew(places: Place[]): Promise<void> {
  log.info("renewing the workers, one after another");
  try {
    for (const place of places) await place.renew();
    log.info("the workers are renewed");
  } catch (error) {
    log.error({ err: error }, "a new worker could not start; those that have not been renewed go on");
  }
}

/** Calls `work` for each call of what it returns, once `before` and the last one are over; calls that wait are one. */
function oneAtATime(before: Promise<unknown>, work: () => Promise<void>): () => void {
  let last = before;
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    last = last.then(() => {
      waiting = false;
      return work();
    });
  };
}

function refuse(error: unknown): never {
  if (!(error instanceof Stillborn)) throw error;
  // One that ended by itself has said why.
  if (error.signal !== null)
    throw new StartError(`The first worker was ended by ${error.signal} as it started.`);
  process.exit(error.code || 1);
}

function workers(): Worker[] {
  const all = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  return all.filter((worker) => !worker.isDead());
}

/** Ends one that has not got so far that it takes orders. */
async function end(worker: Worker): Promise<void> {
  const exit = once(worker, "exit");
  worker.process.kill("SIGTERM");
  await exit;
}
