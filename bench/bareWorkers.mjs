/**
 * node bench/bareWorkers.mjs PORT WORKERS
 *
 * What the cores of this machine give: workers that share nothing, and whose answer takes about as long to make as a
 * cold thread and is about as long.
 */
import cluster from "node:cluster";
import { createServer } from "node:http";
import { COMMENT } from "./data/threads.mjs";

const [port, workers] = process.argv.slice(2).map(Number);
const comments = Array.from({ length: 50 }, (_, id) => ({
  id,
  author: "Reader",
  comment: COMMENT.repeat(9),
}));
const thread = JSON.stringify(comments);

if (cluster.isPrimary) for (let n = 0; n < workers; n++) cluster.fork();
else
  createServer((_req, res) => {
    let body = thread;
    for (let n = 0; n < 3; n++) body = JSON.stringify(JSON.parse(body));
    const headers = { "Content-Type": "application/json", "Content-Length": Buffer.byteLength(body) };
    res.writeHead(200, headers).end(body);
  }).listen(port, "127.0.0.1");
