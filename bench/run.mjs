/**
 * npm run bench [-- --rounds 5 --seconds 2 --json]
 *
 * Antiphon beside a bare node:http server on the same store and beside a bare Next API route: rounds interleaved in
 * one run, so that a busy moment hurts all alike; medians; CPU time for each request, which is steadier than the rate.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { COMMENT, writeLibrary, writeThread } from "./data.mjs";
import { measure } from "./measure.mjs";
import { report } from "./report.mjs";
import { antiphon, bareHttp, bareNext, build, run, say, stopAll } from "./servers.mjs";

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    json: { type: "boolean" },
  },
});
/** How many comments are searched. */
const LIBRARY = 100_000;
const folder = mkdtempSync(join(tmpdir(), "antiphon-bench-"));

/** The settings of a server on a database of its own that holds what is in `files`. */
function seed(name, files) {
  say(`seeding ${name}`);
  const settings = {
    HOST: "127.0.0.1",
    DATABASE_URL: `file:${join(folder, `${name}.db`)}`,
    RATE_LIMIT: "off",
    MODERATION: "open",
    SEED: "off",
    ADMIN_TOKEN: "b".repeat(40),
  };
  run(["dist/seed.js", ...files], settings);
  return settings;
}

async function main() {
  build();
  const thread = seed("thread", writeThread(folder));
  const library = seed("library", writeLibrary(folder, LIBRARY));
  const server = await antiphon("4101", thread);
  const http = await bareHttp("4102", thread.DATABASE_URL);
  const hello = await bareNext("4103");
  const searched = await antiphon("4104", library);

  const headers = { "content-type": "application/json" };
  let written = 0;
  const write = () => JSON.stringify({ post: 2, author: "Reader", comment: `${COMMENT}\n\n${++written}` });
  const setupRequest = (request) => ({ ...request, body: write() });
  const search = (q) => ({ child: searched, url: `http://127.0.0.1:4104/api/search?q=${q}` });
  const contestants = {
    "bare Next route, hello": { child: hello, url: "http://127.0.0.1:4103/api/hello" },
    "bare node:http, thread of 50": { child: http, url: "http://127.0.0.1:4102/thread" },
    "bare node:http, one comment": { child: http, url: "http://127.0.0.1:4102/one" },
    "Antiphon, hello": { child: server, url: "http://127.0.0.1:4101/api/hello" },
    "Antiphon, GET thread of 50": { child: server, url: "http://127.0.0.1:4101/api/comments/1" },
    "Antiphon, GET one comment": { child: server, url: "http://127.0.0.1:4101/api/comments/1/1" },
    "Antiphon, POST (durable, Markdown, search index)": {
      child: server,
      url: "http://127.0.0.1:4101/api/comments",
      options: { requests: [{ method: "POST", headers, setupRequest }] },
    },
    "Antiphon, search of 100,000 comments: a rare word": search("%22quetzal%22"),
    "Antiphon, search of 100,000 comments: a word in nearly all": search("%22the%22"),
    "Antiphon, search of 100,000 comments: two words": search("archive+%22garden%22"),
    "Antiphon, search of 100,000 comments: the beginning of a word": search("gard"),
  };
  const rows = await measure(contestants, Number(values.rounds), Number(values.seconds));
  const text = report(rows, values);
  console.log(values.json ? JSON.stringify(rows, null, 2) : text);
}

try {
  await main();
} finally {
  stopAll();
  rmSync(folder, { recursive: true, force: true });
}
