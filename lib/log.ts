import cluster from "node:cluster";
import pino from "pino";
import { config } from "@/lib/config";
import { LogFile } from "@/lib/logFile";

const PIECE = 64 * 1024;
/** So much a pipe takes whole, whatever other workers write into it (POSIX PIPE_BUF). */
const SHARED_PIECE = 4096;

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
  new LogFile(1, cluster.isWorker ? SHARED_PIECE : PIECE),
);

/** The log of this process: JSON lines on standard output, never with an address, a token or a text of a user. */
export const log = globalThis.antiphonLog;
