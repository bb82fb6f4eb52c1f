import cluster from "node:cluster";
import { createServer } from "node:http";
import { resolve } from "node:path";
import { loadEnvConfig, resetEnv } from "@next/env";
import { StartError, Unavailable } from "@/db/errors";

/*
 * The production entry. It runs as dist/server.js, so the project is one folder up.
 */
const root = resolve(__dirname, "..");

async function start(): Promise<void> {
  // Next reads these when it loads, and would otherwise stop on a signal without waiting for running requests.
  Object.assign(process.env, { NODE_ENV: "production", NEXT_MANUAL_SIG_HANDLE: "1" });
  // Meant for the primary, though a terminal sends it to all.
  if (cluster.isWorker) process.on("SIGHUP", () => undefined);
  // A full disk or a closed terminal behind them is no reason to end.
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
  loadEnvConfig(root);
  // Only now, because the settings are read as these load.
  const { config } = await import("@/lib/config");
  const { workers } = config();
  const { fail } = await import("@/lib/server/fail");
  process.on("uncaughtException", fail).on("unhandledRejection", fail);
  if (cluster.isWorker || workers === 1) return serveHere();
  // So that workers read .env, each as it is at their start.
  resetEnv();
  const { lead } = await import("@/lib/server/workers");
  await lead(__filename);
}

async function serveHere(): Promise<void> {
  const { ApiRequest, ApiResponse } = await import("@/lib/http/messages");
  const { chain } = await import("@/lib/server/chain");
  const { serve } = await import("@/lib/server/serve");
  const { closeStore, store } = await import("@/lib/store");
  const kept = await store();
  const app = await openNext();
  // Node looks for late requests only so often: twice a second makes its deadlines mean what they say.
  const messages = { IncomingMessage: ApiRequest, ServerResponse: ApiResponse };
  const server = createServer({ ...messages, connectionsCheckingInterval: 500 });
  await chain(server, root, kept, app.getRequestHandler());
  await serve(server, async () => {
    await app.close();
    await closeStore();
  });
}

async function openNext() {
  const { config } = await import("@/lib/config");
  const { host, port } = config();
  const { default: next } = await import("next");
  // Next listens for upgrades on the server it is given, and hangs up on them. This one never listens, so that a
  // client which offers HTTP/2 by an upgrade is answered in HTTP/1.1.
  const app = next({ dev: false, dir: root, hostname: host, port, httpServer: createServer() });
  await app.prepare();
  return app;
}

start().catch((error: unknown) => {
  console.error(error instanceof StartError || error instanceof Unavailable ? error.message : error);
  // What was opened already would keep the process alive.
  process.exit(1);
});
