import { expect, test } from "@jest/globals";
import { makePost } from "@/__tests__/support/api";
import { parseExposition } from "@/__tests__/support/exposition";
import type { Server } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";
import { Asker, startWorkers, workersOf } from "@/__tests__/support/workers";

/** Reads the metrics on a connection of its own, so that any worker may answer. */
async function scrape({ url, adminToken }: Server) {
  const headers = { Authorization: `Bearer ${adminToken}`, Connection: "close" };
  const answer = await fetch(`${url}/api/metrics`, { headers });
  expect(answer.status).toBe(200);
  return parseExposition(await answer.text());
}

/** As `scrape`, with all of so many workers: who has not told within a second is left out. */
async function whole(server: Server, workers = 3) {
  let seen = await scrape(server);
  await until(async () => {
    const told = seen.samples.filter(({ name }) => name === "process_resident_memory_bytes").length;
    if (told < workers) seen = await scrape(server);
    return told >= workers;
  });
  return seen;
}

const list = { route: "/api/comments", method: "GET" };

test("each worker tells the numbers of all, and none is lost where one of them is replaced", async () => {
  const server = await startWorkers(3, { MODERATION: "open" });
  await makePost(server);
  // Each keeps its connection, so they are with different workers.
  const askers = [new Asker(server), new Asker(server), new Asker(server)];
  for (const asker of askers) for (let n = 0; n < 10; n++) await asker.ask();
  const total = "antiphon_http_requests_total";
  await until(async () => (await scrape(server)).sum(total, list) === 30);
  for (let n = 0; n < 6; n++) {
    const { sum, samples } = await whole(server);
    expect(sum(total, list)).toBe(30);
    expect(["1", "2", "3"].map((worker) => sum(total, { ...list, worker }))).toEqual([10, 10, 10]);
    expect(sum("antiphon_comments")).toBe(1);
    expect(samples.filter(({ name }) => name === "antiphon_queue_pending")).toHaveLength(1);
    expect(samples.filter(({ name }) => name === "process_resident_memory_bytes")).toHaveLength(3);
  }

  const [victim = 0] = workersOf(server);
  process.kill(victim, "SIGKILL");
  await until(() => workersOf(server).length === 3 && !workersOf(server).includes(victim));
  const { sum, samples } = await whole(server);
  const counts = ["1", "2", "3"].map((worker) => sum(total, { ...list, worker }));
  expect(counts.sort((a, b) => a - b)).toEqual([0, 10, 10]);
  expect(samples.filter(({ name }) => name === "process_resident_memory_bytes")).toHaveLength(3);

  // One that hangs is left out, and holds up nobody for long.
  const [stuck = 0] = workersOf(server);
  process.kill(stuck, "SIGSTOP");
  const answers = async () => {
    for (let n = 0; n < 6; n++) {
      const answer = await Promise.race([
        scrape(server),
        new Promise<null>((end) => setTimeout(end, 4000, null)),
      ]);
      if (answer) return answer;
    }
    throw new Error("Nobody answered");
  };
  const left = await answers();
  process.kill(stuck, "SIGCONT");
  expect(left.samples.filter(({ name }) => name === "process_resident_memory_bytes")).toHaveLength(2);
  for (const asker of askers) await asker.stop();
  await server.stop();
}, 60_000);
