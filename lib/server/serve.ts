import cluster from "node:cluster";
import { config } from "@/lib/config";
import type { ApiServer } from "@/lib/http/messages";
import { log } from "@/lib/log";
import { joinCensus } from "@/lib/server/census";
import { limitConnections } from "@/lib/server/connections";
import { fail } from "@/lib/server/fail";
import { greet } from "@/lib/server/greet";
import { listen } from "@/lib/server/listen";
import { obey } from "@/lib/server/orders";
import { restartOnSignal, stopOnSignal } from "@/lib/server/signals";
import { type Patience, PROMPT, watch } from "@/lib/server/traffic";
import { closeStreams } from "@/lib/store";

/**
 * Has `server` listen until a signal, or until the primary says so where this is a worker: then it drains, calls
 * `close`, and the process ends. Throws `StartError`.
 */
export async function serve(server: ApiServer, close: () => Promise<void>): Promise<void> {
  const { host, port, maxConnections } = config();
  const { connections, drain } = watch(server);
  limitConnections(server, connections, maxConnections);
  if (cluster.isWorker) joinCensus();
  await listen(server, host, port);
  let ending = false;
  const end = (patience: Patience) => {
    // They would never end by themselves, and whoever watches comes back, to another process.
    void closeStreams();
    const drained = drain(patience);
    if (!ending) drained.then(close).then(() => process.exit(0), fail);
    ending = true;
  };
  stopOnSignal(() => end(PROMPT));
  if (cluster.isWorker) {
    obey(end);
    return;
  }
  restartOnSignal(() =>
    log.warn("SIGHUP does nothing here: it restarts workers, and there is one process only"),
  );
  const address = server.address();
  greet(typeof address === "object" && address !== null ? address.port : port);
}
