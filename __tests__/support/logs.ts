import { randomUUID } from "node:crypto";
import request from "@/__tests__/support/request";
import type { Server } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

/** All that the server has logged up to now: the log comes in batches, so this waits for a line of its own. */
export async function settledLogs(server: Server): Promise<string> {
  const id = randomUUID();
  await request(server.url).get("/api/hello").set("X-Request-Id", id).expect(200);
  await until(() => server.logs().includes(id));
  return server.logs();
}
