import type { Server, ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";

/** Who is connected, and which answers are under way. */
interface Traffic {
  connections: Set<Socket>;
  running: Set<ServerResponse>;
}

/** How long a server that takes no more connections lets those on which nothing runs be, and running requests run: ms. */
export interface Patience {
  idle: number;
  running: number;
}

/** For an end that somebody waits for. */
export const PROMPT: Patience = { idle: 0, running: 10_000 };

/**
 * For one that nobody waits for, since others serve meanwhile. Whoever keeps asking is told with an answer that it is
 * the last on this connection, so that no request meets a connection that is just being closed; and a request may take
 * as long as the slowest upload.
 */
export const GENTLE: Patience = { idle: 5_000, running: 300_000 };

/**
 * Keeps account of a server's traffic. What it returns drains the server: no more connections, and it resolves when the
 * running requests are answered, or cut off after `patience`. It may be called again with less patience.
 */
export function watch(server: Server): (patience: Patience) => Promise<void> {
  const traffic: Traffic = { connections: new Set(), running: new Set() };
  server.on("connection", (socket) => {
    traffic.connections.add(socket);
    socket.once("close", () => traffic.connections.delete(socket));
  });
  server.prependListener("request", (_req, res) => {
    traffic.running.add(res);
    res.once("close", () => traffic.running.delete(res));
  });
  let drained: Promise<void> | undefined;
  let sparing = true;
  const hangUpIdle = () => sparing || hangUp(traffic);
  return ({ idle, running }) => {
    drained ??= close(server, traffic.running, hangUpIdle);
    after(idle, () => {
      sparing = false;
      hangUpIdle();
    });
    after(running, () => server.closeAllConnections());
    return drained;
  };
}

function close(server: Server, running: Set<ServerResponse>, hangUpIdle: () => void): Promise<void> {
  const lastCall = (res: ServerResponse) => {
    if (!res.headersSent) res.setHeader("Connection", "close");
    res.once("close", hangUpIdle);
  };
  return new Promise((resolve) => {
    // Not http's own `close`: that hangs up on idle connections at once.
    NetServer.prototype.close.call(server, () => resolve());
    server.prependListener("request", (_req, res) => lastCall(res));
    running.forEach(lastCall);
  });
}

/** Node's closeIdleConnections spares those on which no request ever came. */
function hangUp({ connections, running }: Traffic): void {
  const busy = new Set([...running].map((res) => res.req.socket));
  for (const socket of connections) if (!busy.has(socket)) socket.destroySoon();
}

function after(milliseconds: number, act: () => void): void {
  if (milliseconds === 0) act();
  else setTimeout(act, milliseconds).unref();
}
