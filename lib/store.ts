import { Unavailable } from "@/db/errors";
import { openRestoration, openStore } from "@/db/open";
import type { Restoration } from "@/db/port/exports";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { openDepartures } from "@/lib/departures";
import { sweepFiles } from "@/lib/files/sweep";
import { firstStart } from "@/lib/firstStart";
import { Hub } from "@/lib/live/hub";
import { log } from "@/lib/log";
import { storeFamilies } from "@/lib/metrics/kept";
import { liveFamilies } from "@/lib/metrics/live";
import { metrics } from "@/lib/metrics/metrics";
import { keepUp } from "@/lib/upkeep";
import { finishWork } from "@/lib/users";

const HOUR = 3_600_000;

interface Opened {
  store: Store;
  hub: Hub;
  stopKeeping: () => Promise<void>;
}

declare global {
  /** One for the process: Next's bundles and server.ts have each their own copy of this module. */
  var antiphonStore: Promise<Opened> | undefined;
}

/** The one store of this process, opened, migrated and seeded at the first call. Throws `StartError`, `Unavailable`. */
export async function store(): Promise<Store> {
  globalThis.antiphonStore ??= open();
  return (await globalThis.antiphonStore).store;
}

/** What tells those who watch threads, of which there is one in this process, too. */
export async function hub(): Promise<Hub> {
  await store();
  const opened = await globalThis.antiphonStore;
  if (!opened) throw new Unavailable("The server is about to end");
  return opened.hub;
}

/** Ends all streams of events, if there ever were any. */
export async function closeStreams(): Promise<void> {
  const opened = await globalThis.antiphonStore?.catch(() => undefined);
  await opened?.hub.close();
}

/**
 * A store of its own for a command: opened and migrated, without the demo and the token of a first start. Whoever
 * opens it closes it. Throws `StartError`.
 */
export function openForCommand(): Store {
  return openStore(config().databaseUrl, { onUpgrade });
}

/** What fills this server's database from an export. Throws `StartError` where that is not empty. */
export function openForRestore(): Restoration {
  return openRestoration(config().databaseUrl);
}

/** Closes it, if it was ever opened. */
export async function closeStore(): Promise<void> {
  const opened = await globalThis.antiphonStore?.catch(() => undefined);
  globalThis.antiphonStore = undefined;
  if (!opened) return;
  await opened.stopKeeping();
  await opened.store.close();
}

async function open(): Promise<Opened> {
  try {
    const onStatement = log.isLevelEnabled("trace")
      ? (sql: string) => log.trace({ sql }, "statement")
      : undefined;
    const opened = openStore(config().databaseUrl, { onStatement, onUpgrade });
    metrics.add("store", () => storeFamilies(opened));
    const stop = await (config().keeper ? keep(opened) : join(opened));
    const stopDepartures = await openDepartures(opened);
    const hub = new Hub(opened, config().maxStreams);
    metrics.add("streams", () => liveFamilies(hub));
    endOnSignal(hub);
    const stopKeeping = async () => {
      await Promise.all([stopDepartures(), hub.close()]);
      await stop();
    };
    return { store: opened, hub, stopKeeping };
  } catch (error) {
    // The next caller tries again.
    globalThis.antiphonStore = undefined;
    throw error;
  }
}

/** A large database takes seconds to minutes, in which nothing else can be seen of the server. */
function onUpgrade(step: number, steps: number): void {
  console.error(`Bringing the database to this version: step ${step} of ${steps} …`);
}

/**
 * Plain `next start` waits for all answers before it ends, and a stream never ends by itself. Where nobody hears signals
 * they end the process anyway, and have to.
 */
function endOnSignal(hub: Hub): void {
  for (const signal of ["SIGTERM", "SIGINT"])
    if (process.listenerCount(signal) > 0) process.once(signal, () => void hub.close());
}

/** What one process does for all. Resolves with what ends it. */
async function keep(opened: Store): Promise<() => Promise<void>> {
  await firstStart(opened);
  await opened.mails.turn(config().mail !== null);
  await sweep(opened);
  const stopUpkeep = await keepUp(opened);
  const sweeping = setInterval(() => sweep(opened), HOUR).unref();
  return async () => {
    clearInterval(sweeping);
    await stopUpkeep();
  };
}

/** A process beside that one may be there because another died, and goes on with what that one had begun. */
async function join(opened: Store): Promise<() => Promise<void>> {
  await finishWork(opened).catch((error: unknown) => {
    log.error(
      { err: error },
      "could not finish what a worker had begun; the first one tries again within the hour",
    );
  });
  return async () => undefined;
}

async function sweep(opened: Store): Promise<void> {
  try {
    // What a restart came between.
    await finishWork(opened);
    await opened.sweep(Date.now(), config().addressRetention);
    await sweepFiles(opened, Date.now());
  } catch (error) {
    log.error({ err: error }, "could not clear out what has had its time; trying again in an hour");
  }
}
