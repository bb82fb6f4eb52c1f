import { randomThreads } from "../data/threads.mjs";
import { database, HOT, POSTS } from "../databases.mjs";
import { measure } from "../measure.mjs";
import { antiphon } from "../servers.mjs";

/** What a thread costs as the file grows. */
export const size = {
  name: "size",
  title: "A thread of 50 in a small and in a large file",
  note: "The cache is off: this is about the store. The comments of one thread lie as far apart in the file as they can.",
  bars: [bar("a hot thread", "hot", 1.2), bar("random threads", "random", 2)],

  async measure(bench) {
    const off = (kind) => antiphon({ ...database(bench.folder, kind), CACHE_SIZE: "0" });
    const [small, large] = [await off("thousand"), await off("million")];
    const path = `/api/comments/${HOT}`;
    return measure(
      {
        "1,000 comments, hot": { server: small, path },
        "1,000,000 comments, hot": { server: large, path },
        "1,000 comments, random": { server: small, paths: randomThreads(POSTS.thousand) },
        "1,000,000 comments, random": { server: large, paths: randomThreads(POSTS.million) },
      },
      bench,
    );
  },
};

function bar(what, which, atMost) {
  return {
    what: `GET ${what}, 1,000 → 1,000,000 comments in the file`,
    of: `1,000,000 comments, ${which}`,
    than: `1,000 comments, ${which}`,
    by: "time",
    atMost,
  };
}
