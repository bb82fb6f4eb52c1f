import { openStore } from "@/db/open";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { sweepFiles } from "@/lib/files/sweep";
import { firstStart } from "@/lib/firstStart";
import { log } from "@/lib/log";
import { keepUp } from "@/lib/upkeep";
import { finishWork } from "@/lib/users";

const HOUR = 3_600_000;

interface Opened {
  store: Store;
  sweeping: NodeJS.Timeout;
  stopUpkeep: () => Promise<void>;
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

/**
 * A store of its own for a command: opened and migrated, without the demo and the token of a first start. Whoever
 * opens it closes it. Throws `StartError`.
 */
export function openForCommand(): Store {
  return openStore(config().databaseUrl);
}

/** Closes it, if it was ever opened. */
export async function closeStore(): Promise<void> {
  const opened = await globalThis.antiphonStore?.catch(() => undefined);
  globalThis.antiphonStore = undefined;
  if (!opened) return;
  clearInterval(opened.sweeping);
  await opened.stopUpkeep();
  await opened.store.close();
}

async function open(): Promise<Opened> {
  try {
    const trace = log.isLevelEnabled("trace") ? (sql: string) => log.trace({ sql }, "statement") : undefined;
    const opened = openStore(config().databaseUrl, trace);
    await firstStart(opened);
    await sweep(opened);
    const stopUpkeep = await keepUp(opened);
    return { store: opened, sweeping: setInterval(() => sweep(opened), HOUR).unref(), stopUpkeep };
  } catch (error) {
    // The next caller tries again.
    globalThis.antiphonStore = undefined;
    throw error;
  }
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
