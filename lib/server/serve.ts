import type { Server } from "node:http";
import { config } from "@/lib/config";
import { log } from "@/lib/log";
import { greet } from "@/lib/server/greet";
import { listen } from "@/lib/server/listen";
import { stopOnSignal } from "@/lib/server/signals";
import { drain, watch } from "@/lib/server/traffic";

/** Ends the process for a fault that nobody caught, after a line of log. */
export function fail(error: unknown): void {
  log.fatal({ err: error }, "stopped by a fault");
  process.exit(1);
}

/** Has `server` listen and greet, until a signal: then it drains, calls `close`, and the process ends. Throws `StartError`. */
export async function serve(server: Server, close: () => Promise<void>): Promise<void> {
  const { host, port } = config();
  const traffic = watch(server);
  await listen(server, host, port);
  stopOnSignal(async () => {
    await drain(server, traffic);
    await close();
  }, fail);
  const address = server.address();
  greet(typeof address === "object" && address !== null ? address.port : port);
}
