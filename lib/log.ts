import cluster from "node:cluster";
import pino from "pino";
import { config } from "@/lib/config";
import { LogFile } from "@/lib/logFile";

declare global {
  /** One for the process, so that lines come whole and in order: Next's bundles and server.ts have each their copy of this module. */
  var antiphonLog: pino.Logger | undefined;
}

globalThis.antiphonLog ??= pino(
  {
    level: config().logLevel,
    base: cluster.isWorker ? { worker: process.pid } : undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: ["*.authorization", "*.cookie", "*.password", "*.token", "*.editToken", "*.secret"],
  },
  new LogFile(1),
);

/** The log of this process: JSON lines on standard output, never with an address, a token or a text of a user. */
export const log = globalThis.antiphonLog;
