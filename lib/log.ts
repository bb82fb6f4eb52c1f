import cluster from "node:cluster";
import pino from "pino";
import { config } from "@/lib/config";

declare global {
  /** One for the process, so that lines come whole and in order: Next's bundles and server.ts have each their copy of this module. */
  var antiphonLog: pino.Logger | undefined;
}

globalThis.antiphonLog ??= pino(
  {
    level: config().logLevel,
    base: cluster.isWorker ? { worker: process.pid } : undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ["*.authorization", "*.cookie", "*.password", "*.token", "*.editToken"],
  },
  // A system call for each line would cost more than the line; a tenth of a second is what `kill -9` can take of it.
  // At most 4096 bytes at once: a pipe takes that whole (POSIX PIPE_BUF), whatever other workers write into it.
  pino.destination({ fd: 1, sync: false, minLength: 3500, maxWrite: 4096, periodicFlush: 100 }),
);

/** The log of this process: JSON lines on standard output, never with an address, a token or a text of a user. */
export const log = globalThis.antiphonLog;
