import { availableParallelism } from "node:os";
import { database, HOT } from "../databases.mjs";
import { measure } from "../measure.mjs";
import { say } from "../say.mjs";
import { antiphon, bareWorkers } from "../servers.mjs";

const [one, two] = ["one worker", "two workers"];
const [bareOne, bareTwo] = ["bare node:http, one worker", "bare node:http, two workers"];

/** More cores. */
export const workers = {
  name: "workers",
  title: "Cold threads of 50, one worker and two",
  note: "The cache is off. Neither the server nor the load is kept to a core, so on two cores the load takes some of what two workers could have. Beside them, workers that share nothing and work about as long for an answer: what this machine's cores give.",
  bars: [
    { what: "two workers on two cores, cold threads", of: two, than: one, by: "rate", atLeast: 1.5 },
    { what: "… and CPU for each request", of: two, than: one, by: "cpu", atMost: 1.1 },
  ],

  async measure(bench) {
    if (availableParallelism() < 2) {
      say("  this machine has one core");
      return [];
    }
    const settings = { ...database(bench.folder, "thousand", "workers"), CACHE_SIZE: "0" };
    const plan = { path: `/api/comments/${HOT}`, free: true };
    return measure(
      {
        [one]: { ...plan, server: await antiphon({ ...settings, WORKERS: "1" }, { free: true }) },
        [two]: { ...plan, server: await antiphon({ ...settings, WORKERS: "2" }, { free: true }) },
        [bareOne]: { path: "/", free: true, server: await bareWorkers(1) },
        [bareTwo]: { path: "/", free: true, server: await bareWorkers(2) },
      },
      bench,
    );
  },
};
