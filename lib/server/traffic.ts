import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";

const patience = 10_000;

/** Who is connected, and which answers are under way. */
export interface Traffic {
  connections: Set<Socket>;
  running: Set<ServerResponse>;
}

/** Keeps account of a server's traffic from now on. */
export function watch(server: Server): Traffic {
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
export function drain(server: Server, { connections, running }: Traffic): Promise<void> {
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
