import { log } from "@/lib/log";

/** Ends the process for a fault that nobody caught, after a line of log. */
export function fail(error: unknown): void {
  log.fatal({ err: error }, "stopped by a fault");
  process.exit(1);
}
