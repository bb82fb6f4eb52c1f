import { database, HOT } from "../databases.mjs";
import { load } from "../load.mjs";
import { measure } from "../measure.mjs";
import { say } from "../say.mjs";
import { antiphon, nextStart } from "../servers.mjs";

const [on, off, plain] = ["the cache on", "the cache off", "plain next start"];

/** For how many seconds all requests write at first. */
const WRITING = 10;

/** A thread that is read while people write on it. */
export const mix = {
  name: "mix",
  title: "20 reads of one thread of 50 to each comment posted on it",
  note: "With the cache off the server still calls the handlers itself: a read costs so little then that the comment itself is most of the mix. Plain `next start` has every call go through Next's router and resolver.",
  bars: [
    { what: "POST + GET mix 1:20 on one hot thread", of: on, than: off, by: "rate", atLeast: 5 },
    {
      what: "… beside plain next start, which has no cache either",
      of: on,
      than: plain,
      by: "rate",
      atLeast: 5,
    },
  ],

  async measure(bench) {
    const plan = { path: `/api/comments/${HOT}`, write: { post: HOT, every: 21 } };
    const settings = (name) => database(bench.folder, "thousand", name);
    const contestants = {
      [on]: { ...plan, server: await antiphon(settings("mix-on")) },
      [off]: { ...plan, server: await antiphon({ ...settings("mix-off"), CACHE_SIZE: "0" }) },
      [plain]: { ...plan, server: await nextStart(settings("mix-plain")) },
    };
    say("  warming up what writes");
    // One request in 21 writes: V8 would take minutes to compile what that runs.
    const writing = { write: { post: HOT, every: 1 } };
    for (const one of Object.values(contestants)) await load({ ...one, ...writing }, WRITING, bench.folder);
    return measure(contestants, bench);
  },
};
