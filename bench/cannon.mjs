/**
 * node bench/cannon.mjs PLAN
 *
 * What load.lua is for wrk, for machines without it: autocannon with a file of a plan (see load.mjs), the result as JSON.
 */
import { readFileSync } from "node:fs";
import autocannon from "autocannon";
import { COMMENT } from "./data/threads.mjs";

const { url, headers, paths, write, status, connections, seconds, run } = JSON.parse(
  readFileSync(process.argv[2], "utf8"),
);
let [asked, wrote] = [0, 0];

const read = paths
  ? { setupRequest: (request) => ({ ...request, path: paths[asked++ % paths.length] }) }
  : {};
const post = {
  method: "POST",
  path: "/api/comments",
  headers: { "content-type": "application/json" },
  setupRequest: (request) => ({
    ...request,
    body: JSON.stringify({ post: write.post, author: "Reader", comment: `${COMMENT}\n\n${run} ${++wrote}` }),
  }),
};
const requests = write ? [...Array(write.every - 1).fill(read), post] : [read];

const result = await autocannon({ url, headers, requests, connections, duration: seconds });
const all = Object.entries(result.statusCodeStats).map(([code, { count }]) => [Number(code), count]);
const wanted = write ? [status, 201] : [status];
const answered = all.reduce((sum, [, count]) => sum + count, 0);
const refused = all.filter(([code]) => !wanted.includes(code)).reduce((sum, [, count]) => sum + count, 0);
console.log(
  JSON.stringify({
    requests: answered,
    seconds: result.duration,
    bytes: result.throughput.total,
    failed: refused + result.errors,
    p99: result.latency.p99,
  }),
);
