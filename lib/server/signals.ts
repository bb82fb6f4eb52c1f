import { constants } from "node:os";

/** SIGTERM or SIGINT: `stop`, then exit 0. A second one exits at once. */
export function stopOnSignal(stop: () => Promise<void>, fail: (error: unknown) => void): void {
  let since = 0;
  const onSignal = (signal: "SIGINT" | "SIGTERM") => {
    if (since === 0) {
      since = Date.now();
      stop().then(() => process.exit(0), fail);
      return;
    }
    // Ctrl-C under npm comes twice, once from the terminal and once from npm.
    if (Date.now() - since > 1000) process.exit(128 + constants.signals[signal]);
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
}
