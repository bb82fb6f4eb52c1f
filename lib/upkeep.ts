import type { Store } from "@/db/store";
import { log } from "@/lib/log";
import { closedUntil } from "@/lib/posts";

const MINUTE = 60_000;

/**
 * Does what is due, now and every minute: closes posts by their age, and moves what large deletions left out of the
 * way. Resolves, once the first time is over, with what stops it.
 */
export async function keepUp(kept: Store): Promise<() => Promise<void>> {
  let over = false;
  let running: Promise<void> | undefined;
  const run = () => {
    running ??= tidy(kept, () => over).finally(() => {
      running = undefined;
    });
    return running;
  };
  await run();
  const timer = setInterval(run, MINUTE).unref();
  return async () => {
    over = true;
    clearInterval(timer);
    await running;
  };
}

async function tidy(kept: Store, isOver: () => boolean): Promise<void> {
  try {
    while (!isOver() && (await kept.posts.closeAged(closedUntil())));
    while (!isOver() && (await kept.posts.clear()));
  } catch (error) {
    log.error({ err: error }, "could not do what is due; trying again in a minute");
  }
}
