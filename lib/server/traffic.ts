import type { ServerResponse } from "node:http";
import { Server as NetServer, type Socket } from "node:net";
import { findAnswer } from "@/lib/http/guard";
import type { ApiServer } from "@/lib/http/messages";

/** How often it is looked at who has become idle, while a server drains, in milliseconds. */
const EVERY = 20;

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

/** Who is connected to a server, and how it is drained. */
export interface Traffic {
  connections: ReadonlySet<Socket>;
  /**
   * No more connections; resolves when the running requests are answered, or cut off after `patience`. It may be called
   * again with less patience.
   */
  drain(patience: Patience): Promise<void>;
}

/** Keeps account of a server's connections. No request pays for it: what runs on one is looked up when it is drained. */
export function watch(server: ApiServer): Traffic {
  const connections = new Set<Socket>();
  server.on("connection", (socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  let drained: Promise<void> | undefined;
  let sparing = true;
  const drain = ({ idle, running }: Patience) => {
    drained ??= close(server, connections, () => sparing);
    after(idle, () => {
      sparing = false;
    });
    after(running, () => server.closeAllConnections());
    return drained;
  };
  return { connections, drain };
}

function close(server: ApiServer, connections: ReadonlySet<Socket>, isSparing: () => boolean): Promise<void> {
  const lastCall = (res: ServerResponse | null) => {
    if (res && !res.headersSent) res.setHeader("Connection", "close");
  };
  return new Promise((resolve) => {
    // Node's closeIdleConnections spares those on which no request ever came.
    const looking = setInterval(() => {
      if (isSparing()) return;
      for (const socket of connections) if (findAnswer(socket) === null) socket.destroySoon();
    }, EVERY);
    // Not http's own `close`: that hangs up on idle connections at once.
    NetServer.prototype.close.call(server, () => {
      clearInterval(looking);
      resolve();
    });
    server.prependListener("request", (_req, res) => lastCall(res));
    for (const socket of connections) lastCall(findAnswer(socket));
  });
}

function after(milliseconds: number, act: () => void): void {
  if (milliseconds === 0) act();
  else setTimeout(act, milliseconds).unref();
}
