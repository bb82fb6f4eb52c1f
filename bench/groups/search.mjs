import { database } from "../databases.mjs";
import { measure } from "../measure.mjs";
import { antiphon } from "../servers.mjs";

const questions = {
  "a rare word": "%22quetzal%22",
  "a word in nearly all": "%22the%22",
  "two words": "archive+%22garden%22",
  "the beginning of a word": "gard",
};

/** Full-text search. */
export const search = {
  name: "search",
  title: "Search of 100,000 comments",
  note: "The cache is off. Of some forty words each, as unevenly common as those of a language.",
  bars: [],

  async measure(bench) {
    const server = await antiphon({ ...database(bench.folder, "library"), CACHE_SIZE: "0" });
    const plans = Object.entries(questions).map(([name, q]) => [
      name,
      { server, path: `/api/search?q=${q}` },
    ]);
    return measure(Object.fromEntries(plans), bench);
  },
};
