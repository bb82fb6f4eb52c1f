import { randomThreads } from "../data/threads.mjs";
import { database, LONG, POSTS } from "../databases.mjs";
import { load } from "../load.mjs";
import { peakMemory } from "../processes.mjs";
import { antiphon } from "../servers.mjs";

const name = "two workers, the larger one's peak";

/** Memory of a process that has much to hold. */
export const memory = {
  name: "memory",
  title: "Memory with 1,000,000 comments under load",
  note: "Random threads, the long thread's first page and 1 comment posted to 20 reads; the cache is on. The peak (RSS) of the largest process, in MB.",
  bars: [
    { what: "memory with 1,000,000 comments under load, each worker", of: name, by: "memory", atMost: 400 },
  ],

  async measure(bench) {
    const server = await antiphon({ ...database(bench.folder, "million"), WORKERS: "2" }, { free: true });
    const paths = [...randomThreads(POSTS.million, 20_000), `/api/comments/${LONG}`];
    const plan = { server, paths, write: { post: LONG, every: 21 }, free: true };
    const result = await load(plan, Math.max(10, bench.rounds * bench.seconds), bench.folder);
    return [{ name, ...result, memory: peakMemory(server.pid) }];
  },
};
