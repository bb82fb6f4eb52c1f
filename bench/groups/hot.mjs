import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ask } from "../ask.mjs";
import { database } from "../databases.mjs";
import { measure } from "../measure.mjs";
import { say } from "../say.mjs";
import { antiphon, bareHttp } from "../servers.mjs";

const path = "/api/comments/1";
const gzip = { "accept-encoding": "gzip" };
const codings = { identity: {}, gzip };

/** The response cache beside node:http that sends the same bytes from memory. */
export const hot = {
  name: "hot",
  title: "A hot thread of 50 comments",
  note: "Beside bare `node:http`, which sends the same bytes ready from memory.",
  bars: [
    bar("hot thread of 50, identity", "identity"),
    bar("hot thread of 50, gzip", "gzip"),
    bar("304 on it", "304"),
  ],

  async measure(bench) {
    const server = await antiphon(database(bench.folder, "thousand", "hot"));
    const { bodies, tag } = await readBodies(server, join(bench.folder, "bodies"));
    const bare = await bareHttp(join(bench.folder, "bodies"));
    const contestants = {};
    for (const coding of bodies) {
      contestants[`bare node:http, ${coding}`] = { server: bare, path: `/${coding}` };
      contestants[`Antiphon, ${coding}`] = { server, path, headers: codings[coding] };
    }
    contestants["bare node:http, 304"] = { server: bare, path: "/304", status: 304 };
    contestants["Antiphon, 304"] = { server, path, headers: { "if-none-match": tag }, status: 304 };
    return measure(contestants, bench);
  },
};

/** Keeps what the server sends for each coding, byte for byte, in `folder`; the codings that it knows, and its ETag. */
async function readBodies(server, folder) {
  mkdirSync(folder);
  const bodies = [];
  for (const [coding, headers] of Object.entries(codings)) {
    const { headers: sent, body } = await ask(server.origin + path, { headers });
    if ((sent["content-encoding"] ?? "identity") === coding) {
      writeFileSync(join(folder, coding), body);
      bodies.push(coding);
    } else say(`  it sends no ${coding}`);
  }
  const { headers } = await ask(server.origin + path);
  return { bodies, tag: headers.etag };
}

function bar(what, coding) {
  return { what, of: `Antiphon, ${coding}`, than: `bare node:http, ${coding}`, by: "rate", atLeast: 0.7 };
}
