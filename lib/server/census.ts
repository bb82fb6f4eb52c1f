import cluster, { type Worker } from "node:cluster";
import { z } from "zod";
import { type Snapshot, snapshotShape } from "@/lib/metrics/family";
import { metrics } from "@/lib/metrics/metrics";

/** How long the primary waits for workers to tell what they count, in milliseconds. Who is too busy is left out. */
const PATIENCE = 1000;

const round = z.int();
/** What a worker says to the primary. */
const fromWorker = z.union([
  z.strictObject({ census: z.literal("wanted"), round }),
  z.strictObject({ census: z.literal("told"), round, snapshot: snapshotShape }),
]);
/** What the primary says to a worker. */
const fromPrimary = z.union([
  z.strictObject({ census: z.literal("asked"), round }),
  z.strictObject({ census: z.literal("done"), round, snapshots: z.array(snapshotShape) }),
]);

/** Whichever worker is asked for the metrics tells those of all: has the primary ask round. */
export function joinCensus(): void {
  const waiting = new Map<number, (snapshots: Snapshot[]) => void>();
  let rounds = 0;
  const say = (message: z.input<typeof fromWorker>) => process.send?.(message, () => undefined);
  process.on("message", (raw) => {
    const { data } = fromPrimary.safeParse(raw);
    if (data?.census === "asked") say({ census: "told", round: data.round, snapshot: metrics.snapshot() });
    else if (data) waiting.get(data.round)?.(data.snapshots);
  });
  metrics.gather = () =>
    new Promise((resolve) => {
      const round = ++rounds;
      const end = (snapshots: Snapshot[]) => {
        clearTimeout(limit);
        waiting.delete(round);
        resolve(snapshots);
      };
      // Where the primary is gone.
      const limit = setTimeout(() => end([metrics.snapshot()]), PATIENCE * 2);
      waiting.set(round, end);
      say({ census: "wanted", round });
    });
}

/** Makes the primary ask all workers when one of them wants to know. */
export function holdCensus(): void {
  const running = new Map<number, (worker: Worker, snapshot: Snapshot) => void>();
  const listening = new WeakSet<Worker>();
  let rounds = 0;
  cluster.on("listening", (worker) => listening.add(worker));
  cluster.on("message", (worker, raw) => {
    const { data } = fromWorker.safeParse(raw);
    if (data?.census === "told") running.get(data.round)?.(worker, data.snapshot);
    else if (data) begin(worker, data.round);
  });
  const begin = (asker: Worker, theirs: number) => {
    const round = ++rounds;
    const snapshots: Snapshot[] = [];
    const missing = new Set<Worker>();
    for (const one of Object.values(cluster.workers ?? {}))
      if (one && listening.has(one) && one.isConnected()) missing.add(one);
    const end = () => {
      clearTimeout(limit);
      running.delete(round);
      say(asker, { census: "done", round: theirs, snapshots });
    };
    const limit = setTimeout(end, PATIENCE);
    running.set(round, (worker, snapshot) => {
      if (missing.delete(worker)) snapshots.push(snapshot);
      if (missing.size === 0) end();
    });
    for (const one of missing) say(one, { census: "asked", round });
  };
}

function say(worker: Worker, message: z.input<typeof fromPrimary>): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
