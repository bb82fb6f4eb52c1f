/**
 * node bench/bareEvents.mjs PORT
 *
 * What Node itself needs to tell many at once: GET /events is a stream of server-sent events as such servers are usually
 * written, and what is posted to / goes to all of them.
 */
import { createServer } from "node:http";

const [port] = process.argv.slice(2);
const watching = new Set();

createServer((req, res) => {
  if (req.method === "POST") {
    const chunks = [];
    req.on("data", (chunk) => chunks.push(chunk));
    req.on("end", () => {
      res.writeHead(201).end();
      const frame = Buffer.concat(chunks);
      for (const one of watching) one.write(frame);
    });
  } else if (req.url === "/events") {
    res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
    res.write("event: ready\ndata: {}\n\n");
    watching.add(res);
    res.once("close", () => watching.delete(res));
  } else res.end();
}).listen(Number(port), "127.0.0.1");
