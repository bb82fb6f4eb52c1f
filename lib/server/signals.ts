import { constants } from "node:os";
import { isatty } from "node:tty";

/** SIGTERM or SIGINT: `stop`. At a second one `atOnce`, and the process exits in that moment. */
export function stopOnSignal(stop: () => void, atOnce: () => void = () => undefined): void {
  let since = 0;
  const onSignal = (signal: "SIGINT" | "SIGTERM") => {
    if (since === 0) {
      since = Date.now();
      stop();
      return;
    }
    // Ctrl-C under npm comes twice, once from the terminal and once from npm.
    if (Date.now() - since <= 1000) return;
    atOnce();
    process.exit(128 + constants.signals[signal]);
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
}

/** SIGHUP: `restart`. Where it came because the terminal was closed that this was started from, it means SIGTERM. */
export function restartOnSignal(restart: () => void): void {
  const terminals = [0, 1, 2].filter((fd) => isatty(fd));
  process.on("SIGHUP", () => {
    if (terminals.every((fd) => isatty(fd))) restart();
    else process.kill(process.pid, "SIGTERM");
  });
}
