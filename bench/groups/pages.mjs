import { ask } from "../ask.mjs";
import { database, LONG } from "../databases.mjs";
import { measure } from "../measure.mjs";
import { antiphon } from "../servers.mjs";

/** Far into a long thread. */
export const pages = {
  name: "pages",
  title: "Pages of 50 of a thread of 100,000",
  note: "The cache is off. Among 1,000,000 comments in the file.",
  bars: [
    { what: "page 1,000 of a thread of 100,000", of: "page 1,000", than: "page 1", by: "time", atMost: 1.2 },
  ],

  async measure(bench) {
    const server = await antiphon({ ...database(bench.folder, "million"), CACHE_SIZE: "0" });
    const first = `/api/comments/${LONG}`;
    return measure(
      {
        "page 1": { server, path: first },
        "page 1,000": { server, path: await follow(server.origin, first, 999) },
      },
      bench,
    );
  },
};

/** The path that the Link header leads to after so many steps. */
async function follow(origin, path, steps) {
  for (let step = 0; step < steps; step++) {
    const { headers } = await ask(origin + path);
    const { pathname, search } = new URL(/<([^>]*)>; *rel="next"/.exec(headers.link)[1], origin);
    path = pathname + search;
  }
  return path;
}
