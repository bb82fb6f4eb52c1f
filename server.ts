import cluster from "node:cluster";
import { createServer, type Server } from "node:http";
import { resolve } from "node:path";
import { loadEnvConfig, resetEnv } from "@next/env";
import { StartError, Unavailable } from "@/db/errors";
import type { Store } from "@/db/store";

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
  const { serve } = await import("@/lib/server/serve");
  const { closeStore, store } = await import("@/lib/store");
  const kept = await store();
  const app = await openNext();
  // Node looks for late requests only so often: twice a second makes its deadlines mean what they say.
  const server = createServer({ connectionsCheckingInterval: 500 });
  await chain(server, kept, app);
  await serve(server, async () => {
    await app.close();
    await closeStore();
  });
}

type App = Awaited<ReturnType<typeof openNext>>;

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

/** The way of a request, link by link: each answers it or hands it to the next. */
async function chain(server: Server, kept: Store, app: App): Promise<void> {
  const { cacheSize } = (await import("@/lib/config")).config();
  const { guard } = await import("@/lib/http/guard");
  const { cacheOrigin } = await import("@/lib/http/cacheOrigin");
  const { ResponseCache } = await import("@/lib/cache/responseCache");
  const { routes } = await import("@/lib/server/routes");
  const { Requests } = await import("@/lib/metrics/requests");
  const { cacheFamilies } = await import("@/lib/metrics/cache");
  const { metrics } = await import("@/lib/metrics/metrics");
  const { measure } = await import("@/lib/server/measure");
  const requests = new Requests();
  metrics.add("requests", requests.families);
  const handlers = await routes(root, app.getRequestHandler(), requests.name);
  const { pressure } = await import("@/lib/server/pressure");
  const held = measure(requests, pressure(handlers));
  if (cacheSize === 0) return guard(server, held);
  const cache = new ResponseCache(
    cacheOrigin(kept, (req) => requests.hitsOf(req)),
    cacheSize,
    held,
  );
  metrics.add("cache", () => cacheFamilies(cache));
  guard(server, cache.answer);
}

start().catch((error: unknown) => {
  console.error(error instanceof StartError || error instanceof Unavailable ? error.message : error);
  process.exit(1);
});
