import { database } from "../databases.mjs";
import { inTurn } from "../measure.mjs";
import { antiphonFromStart, bareNext, stopAll } from "../servers.mjs";

const [ours, bare] = ["npm start, to the first thread", "bare next start, to the first hello"];

/** How long a restart takes. */
export const start = {
  name: "start",
  title: "From the start of a built server to its first answer",
  note: "The time in milliseconds, without npm's own.",
  bars: [{ what: "start to first answer, built", of: ours, than: bare, by: "startTime", atMost: 2 }],

  measure(bench) {
    const settings = database(bench.folder, "thousand", "start");
    const servers = { [bare]: () => bareNext({ free: true }), [ours]: () => antiphonFromStart(settings) };
    return inTurn(servers, bench.rounds, async (server) => {
      const { startTime } = await server();
      await stopAll();
      return { startTime };
    });
  },
};
