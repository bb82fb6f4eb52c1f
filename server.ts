import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { constants } from "node:os";
import { resolve } from "node:path";
import { loadEnvConfig } from "@next/env";
import { StartError, Unavailable } from "@/db/errors";
import { localAddress } from "@/lib/localAddress";

/*
 * The production entry: start, serve, stop. It runs as dist/server.js, so the project is one folder up.
 */
const root = resolve(__dirname, "..");
const patience = 10_000;

async function start(): Promise<void> {
  // Next reads these when it loads, and would otherwise stop on a signal without waiting for running requests.
  Object.assign(process.env, { NODE_ENV: "production", NEXT_MANUAL_SIG_HANDLE: "1" });
  loadEnvConfig(root);
  // Only now, because the settings are read as these load.
  const { config } = await import("@/lib/config");
  const { host, port, allowedOrigins, cacheSize } = config();
  const { log } = await import("@/lib/log");
  const { closeStore, store } = await import("@/lib/store");
  const { guard } = await import("@/lib/http/guard");
  const { cacheOrigin } = await import("@/lib/http/cacheOrigin");
  const { ResponseCache } = await import("@/lib/cache/responseCache");
  const fail = (error: unknown) => {
    log.fatal({ err: error }, "stopped by a fault");
    process.exit(1);
  };
  process.on("uncaughtException", fail).on("unhandledRejection", fail);
  const kept = await store();

  const { default: next } = await import("next");
  // Next listens for upgrades on the server it is given, and hangs up on them. This one never listens, so that a
  // client which offers HTTP/2 by an upgrade is answered in HTTP/1.1.
  const app = next({ dev: false, dir: root, hostname: host, port, httpServer: createServer() });
  await app.prepare();

  // Node looks for late requests only so often: twice a second makes its deadlines mean what they say.
  const server = createServer({ connectionsCheckingInterval: 500 });
  const cache = new ResponseCache(cacheOrigin(kept), cacheSize, app.getRequestHandler());
  guard(server, cache.answer);
  const traffic = watch(server);
  await listen(server, host, port);
  stopOnSignal(async () => {
    await drain(server, traffic);
    await app.close();
    await closeStore();
  }, fail);
  greet(server.address(), host, allowedOrigins === null);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => reject(toStartError(error, host, port)));
    server.listen(port, host, resolve);
  });
}

function toStartError(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const mends: Record<string, string> = {
    EADDRINUSE: `Port ${port} is taken; set PORT to another, e.g. PORT=${port + 1} npm start.`,
    EACCES: `This user may not listen on port ${port}; set PORT to one above 1023, e.g. PORT=3000 npm start.`,
    EADDRNOTAVAIL: `HOST=${host} is not an address of this machine; set HOST to one that is, e.g. HOST=127.0.0.1 npm start.`,
    ENOTFOUND: `HOST=${host} is no name that this machine knows; set HOST to an address, e.g. HOST=127.0.0.1 npm start.`,
  };
  const mend = mends[error.code ?? ""];
  return mend ? new StartError(mend) : error;
}

/** Who is connected, and which answers are under way. */
interface Traffic {
  connections: Set<Socket>;
  running: Set<ServerResponse>;
}

function watch(server: Server): Traffic {
  const traffic: Traffic = { connections: new Set(), running: new Set() };
  server.on("connection", (socket) => {
    traffic.connections.add(socket);
    socket.once("close", () => traffic.connections.delete(socket));
  });
  server.prependListener("request", (_req, res) => {
    traffic.running.add(res);
    res.once("close", () => traffic.running.delete(res));
  });
  return traffic;
}

/** Takes no more connections, and resolves when the running requests are answered, or cut off after ten seconds. */
function drain(server: Server, { connections, running }: Traffic): Promise<void> {
  // Node's closeIdleConnections spares those on which no request ever came.
  const hangUpIdle = () => {
    const busy = new Set([...running].map((res) => res.req.socket));
    for (const socket of connections) if (!busy.has(socket)) socket.destroySoon();
  };
  const lastCall = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader("Connection", "close");
    res.once("close", hangUpIdle);
  };
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.prependListener("request", (_req, res) => lastCall(res));
    running.forEach(lastCall);
    hangUpIdle();
    setTimeout(() => server.closeAllConnections(), patience).unref();
  });
}

/** SIGTERM or SIGINT: `stop`, then exit 0. A second one exits at once. */
function stopOnSignal(stop: () => Promise<void>, fail: (error: unknown) => void): void {
  let since = 0;
  const onSignal = (signal: "SIGINT" | "SIGTERM") => {
    if (since === 0) {
      since = Date.now();
      stop().then(() => process.exit(0), fail);
      return;
    }
    // Ctrl-C under npm comes twice, once from the terminal and once from npm.
    if (Date.now() - since > 1000) process.exit(128 + constants.signals[signal]);
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
}

function greet(address: AddressInfo | string | null, host: string, alone: boolean): void {
  const port = typeof address === "object" ? address?.port : undefined;
  const url = localAddress(host, port ?? 0);
  const lines = [
    `Antiphon is at ${url}`,
    "",
    `  ${url}/  the front page, where you can comment`,
    `  ${url}/api/comments  the same comments, for programs`,
    `  ${url}/docs/problems  what each error means, and its mend`,
  ];
  if (alone) {
    lines.push(
      "  For comments on a site elsewhere, set ALLOWED_ORIGINS to it, e.g. ALLOWED_ORIGINS=https://blog.example",
    );
  }
  console.log(`\n${lines.join("\n")}\n`);
}

start().catch((error: unknown) => {
  console.error(error instanceof StartError || error instanceof Unavailable ? error.message : error);
  process.exit(1);
});
