import type { Server, Socket } from "node:net";
import { findAnswer } from "@/lib/http/guard";
import { log } from "@/lib/log";
import { one } from "@/lib/metrics/family";
import { metrics } from "@/lib/metrics/metrics";

/** How often all connections are looked at, in milliseconds. No request pays for it. */
const EVERY = 1000;
/** How long a reader may take nothing of what is ready for it. */
const PATIENCE = 30_000;
/** The most bytes that may wait for readers who are slower than `BRIEF`. */
const MOST_UNREAD = 64 * 1024 * 1024;
const BRIEF = 5000;

/**
 * Keeps the connections of a server to `most`, and what waits on them for slow readers within bounds. Connections on
 * which nothing is asked make room when it gets tight; where all are busy, further ones are hung up on. A connection whose
 * reader takes nothing for thirty seconds is cut; one that waits for an answer is not.
 */
export function limitConnections(server: Server, connections: ReadonlySet<Socket>, most: number): void {
  const unread = new Unread();
  let dropped = 0;
  let droppedEver = 0;
  // Not `maxConnections`: in a cluster the workers would hand what is too much on to each other, for ever.
  server.on("connection", (socket: Socket) => {
    if (connections.size <= most) return;
    dropped++;
    droppedEver++;
    socket.destroy();
  });
  metrics.add("connections", () => [
    one("gauge", "antiphon_connections", "Open connections.", connections.size),
    one(
      "counter",
      "antiphon_connections_dropped_total",
      "Connections hung up on, as there were too many.",
      droppedEver,
    ),
  ]);
  const look = () => {
    if (connections.size > most * 0.9) closeIdle(connections, connections.size - Math.floor(most * 0.8));
    unread.look(connections);
    if (dropped > 0) log.warn({ dropped, most }, "too many connections: hung up on some");
    dropped = 0;
  };
  const looking = setInterval(look, EVERY).unref();
  server.once("close", () => clearInterval(looking));
}

/** Ends so many connections that have been answered and ask nothing, the oldest first. */
function closeIdle(connections: ReadonlySet<Socket>, count: number): void {
  let left = count;
  for (const socket of connections) {
    if (left <= 0) return;
    // One that has not said anything yet is about to; Node cuts it if not.
    if (socket.bytesWritten === 0 || findAnswer(socket) !== null) continue;
    socket.destroySoon();
    left--;
  }
}

/** The connections whose readers are behind, since when, the slowest first. */
class Unread {
  readonly #since = new Map<Socket, number>();

  look(connections: ReadonlySet<Socket>): void {
    const now = performance.now();
    for (const socket of connections) this.#lookAt(socket, now);
    let held = 0;
    for (const socket of this.#since.keys()) {
      if (!connections.has(socket)) this.#since.delete(socket);
      else held += socket.writableLength;
    }
    for (const [socket, since] of this.#since) {
      if (held <= MOST_UNREAD || now - since < BRIEF) return;
      held -= socket.writableLength;
      socket.destroy();
    }
  }

  #lookAt(socket: Socket, now: number): void {
    const known = this.#since.has(socket);
    if (socket.writableLength > 0 && !known) {
      this.#since.set(socket, now);
      // Node's own timer sees the progress within one large chunk, too. It destroys the connection.
      socket.setTimeout(PATIENCE);
    } else if (socket.writableLength === 0 && known) {
      this.#since.delete(socket);
      // Between answers the time is that of keep-alive, which Node has set meanwhile.
      if (findAnswer(socket) !== null) socket.setTimeout(0);
    }
  }
}
