/**
 * node bench/bareHttp.mjs PORT FOLDER
 *
 * The limit of Node itself: node:http sending ready bytes. /NAME sends the file of that name in FOLDER, read once;
 * /304 says that nothing is new.
 */
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

const [port, folder] = process.argv.slice(2);
const bodies = new Map(readdirSync(folder).map((name) => [`/${name}`, readFileSync(join(folder, name))]));

createServer((req, res) => {
  if (req.url === "/304") {
    res.writeHead(304).end();
    return;
  }
  const body = bodies.get(req.url);
  if (body)
    res.writeHead(200, { "Content-Type": "application/json", "Content-Length": body.length }).end(body);
  else res.writeHead(404).end();
}).listen(Number(port), "127.0.0.1");
