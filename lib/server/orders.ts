import cluster, { type Worker } from "node:cluster";
import { once } from "node:events";
import { GENTLE, type Patience, PROMPT } from "@/lib/server/traffic";

/** What a primary tells a worker to do: to end while others serve, or because all is to end. */
const ORDERS = { retire: GENTLE, stop: PROMPT } as const;

/** Has this worker do what its primary tells it, and end as well when the primary is gone. */
export function obey(end: (patience: Patience) => void): void {
  process.on("message", (order) => {
    if (order === "retire" || order === "stop") end(ORDERS[order]);
  });
  const self = cluster.worker;
  self?.once("disconnect", () => {
    // Or Node exits at once, whatever runs.
    self.exitedAfterDisconnect = true;
    end(PROMPT);
  });
}

/** Tells a worker that listens to end; resolves once it has, or has been killed because it did not. */
export async function order(worker: Worker, what: keyof typeof ORDERS): Promise<void> {
  if (worker.isDead()) return;
  const exit = once(worker, "exit");
  // One that can't hear it is about to end by itself.
  if (worker.isConnected()) worker.send(what, () => undefined);
  const limit = setTimeout(() => worker.process.kill("SIGKILL"), ORDERS[what].running + 3000);
  await exit;
  clearTimeout(limit);
}
