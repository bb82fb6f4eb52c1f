import { database, HOT } from "../databases.mjs";
import { measure } from "../measure.mjs";
import { antiphon, bareNext, bareStore } from "../servers.mjs";

const base = "bare Next route, hello";

/** What a request costs that no cache answers. */
export const path = {
  name: "path",
  title: "Without the response cache",
  note: "Beside the least that a Next API route can do. POST goes to a server with the cache on; it is durable (fsync), with Markdown, sanitising, search index and all checks, the limits lifted.",
  bars: [
    { what: "cold thread of 50", of: "Antiphon, GET thread of 50", than: base, by: "rate", atLeast: 0.5 },
    { what: "durable POST with everything on", of: "Antiphon, POST", than: base, by: "rate", atLeast: 0.3 },
  ],

  async measure(bench) {
    const settings = database(bench.folder, "thousand", "path");
    const server = await antiphon({ ...settings, CACHE_SIZE: "0" });
    const whole = await antiphon(database(bench.folder, "thousand", "written"));
    const hello = await bareNext();
    const store = await bareStore(settings.DATABASE_URL);
    return measure(
      {
        [base]: { server: hello, path: "/api/hello" },
        "the store behind node:http, thread of 50": { server: store, path: "/" },
        "Antiphon, hello": { server, path: "/api/hello" },
        "Antiphon, GET thread of 50": { server, path: `/api/comments/${HOT}` },
        "Antiphon, GET one comment": { server, path: "/api/comments/1/1" },
        "Antiphon, POST": { server: whole, write: { post: HOT + 1, every: 1 } },
      },
      bench,
    );
  },
};
