import { setTimeout as pause } from "node:timers/promises";
import type { Server } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

/** Stops the process for so long, as a machine that has far too much to do does. */
export async function freeze({ pid }: Pick<Server, "pid">, milliseconds: number): Promise<void> {
  process.kill(pid, "SIGSTOP");
  await pause(milliseconds);
  process.kill(pid, "SIGCONT");
}

/** Resolves once the server refuses what it can't keep up with, which it does for a second at least. */
export async function overload(server: Server): Promise<void> {
  await until(async () => {
    await freeze(server, 1700);
    // Of what nobody asked for before, so that it is not answered from what is ready.
    return (await fetch(`${server.url}/api/comments?q=word${Math.random()}`)).status === 503;
  });
}
