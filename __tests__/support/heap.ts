import { join } from "node:path";
import type { Server } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

/** The setting with which `heldBy` works. */
export const TELLS_HEAP = { NODE_OPTIONS: `-r ${join(__dirname, "tellHeap.cjs")}` };

/** How many bytes a server started with `TELLS_HEAP` holds, garbage not counted. */
export async function heldBy(server: Server): Promise<number> {
  const told = () => [...server.logs().matchAll(/^held \d+ (\d+)$/gm)].map(([, bytes]) => Number(bytes));
  const before = told().length;
  process.kill(server.pid, "SIGUSR2");
  await until(() => told().length > before);
  return told().at(-1) ?? 0;
}
