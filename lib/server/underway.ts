import cluster, { type Worker } from "node:cluster";
import { setTimeout as wait } from "node:timers/promises";

/** A connection that the primary has sent to a worker. */
interface Underway {
  seq: number;
  connection: object;
}

/**
 * Has the primary take back the connections that were on their way to a worker as it died. Node waits for ever for the
 * worker's word that it took one (lib/internal/cluster/round_robin_handle.js), and so would the client. Once the worker
 * is gone, this refuses in its stead, as a worker does that listens no more, and Node hands the connection to another;
 * where there is no other, it is closed. Nobody has read from it, so no request is done twice.
 */
export function takeBack(): void {
  const listening = new Set<Worker>();
  cluster.on("listening", (worker) => listening.add(worker));
  cluster.on("fork", (worker) => {
    // One at most: Node sends the next when it has been told of the last.
    let last: Underway | null = null;
    worker.process.send = new Proxy(worker.process.send, {
      apply(send, self, args) {
        last = findUnderway(args) ?? last;
        return Reflect.apply(send, self, args);
      },
    });
    worker.process.on("internalMessage", (message) => {
      if (isClose(message)) listening.delete(worker);
    });
    worker.once("exit", async () => {
      listening.delete(worker);
      // What it said before its end is still to be read.
      while (worker.isConnected()) await wait(1);
      // Node forgets to, where something was on its way, and then would not strike the worker off its list.
      worker.process.emit("disconnect");
      if (last !== null) refuse(worker, last, listening.size > 0);
    });
  });
}

/** Of one that was taken Node knows nothing any more: then this does nothing. */
function refuse(worker: Worker, { seq, connection }: Underway, hasOthers: boolean): void {
  if (hasOthers) {
    worker.process.emit("internalMessage", { cmd: "NODE_CLUSTER", ack: seq, accepted: false }, undefined);
  } else if ("close" in connection && typeof connection.close === "function") connection.close();
}

function findUnderway([message, connection]: unknown[]): Underway | null {
  if (typeof message !== "object" || message === null || !("act" in message && "seq" in message)) return null;
  if (message.act !== "newconn" || typeof message.seq !== "number") return null;
  return typeof connection === "object" && connection !== null ? { seq: message.seq, connection } : null;
}

function isClose(message: unknown): boolean {
  return typeof message === "object" && message !== null && "act" in message && message.act === "close";
}
