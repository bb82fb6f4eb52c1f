import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

const READY = "event: ready\n";
const EVENT = Buffer.from("event: comment.created\n");

/** Many who watch one address. They count events, and read nothing else of what comes. */
export class Streams {
  #sockets = [];
  #open = 0;
  /** How many events came, to all together. */
  heard = 0;

  get size() {
    return this.#sockets.length;
  }

  /** Resolves once `count` of them are told what happens. */
  static async open(origin, path, count) {
    const streams = new Streams();
    const { hostname, port } = new URL(origin);
    while (streams.#sockets.length < count) {
      for (let n = 0; n < 50; n++) await streams.#add(hostname, Number(port), path);
      while (streams.#open < streams.#sockets.length) await wait(1);
    }
    return streams;
  }

  async #add(hostname, port, path) {
    const socket = connect(port, hostname);
    this.#sockets.push(socket);
    await once(socket, "connect");
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`);
    let head = "";
    socket.on("data", (bytes) => {
      if (head !== null) {
        head += bytes.toString("latin1");
        if (!head.includes(READY)) return;
        head = null;
        this.#open++;
      } else for (let at = bytes.indexOf(EVENT); at >= 0; at = bytes.indexOf(EVENT, at + 1)) this.heard++;
    });
    socket.on("close", () => this.#open--);
    socket.on("error", () => {});
  }

  /** Resolves once so many events came; rejects where that takes ten seconds, or a stream was cut. */
  async hears(count) {
    const deadline = performance.now() + 10_000;
    while (this.heard < count) {
      if (performance.now() > deadline || this.#open < this.#sockets.length)
        throw new Error(`${this.heard} of ${count} events came, and ${this.#open} streams are open`);
      await new Promise(setImmediate);
    }
  }

  close() {
    for (const socket of this.#sockets) socket.destroy();
  }
}
