import pino from "pino";
import { config } from "@/lib/config";

/** The log of this process: JSON lines on standard output, never with an address, a token or a text of a user. */
export const log = pino({
  level: config().logLevel,
  base: undefined,
  timestamp: pino.stdTimeFunctions.isoTime,
  redact: ["*.authorization", "*.cookie", "*.password", "*.token", "*.editToken"],
});
