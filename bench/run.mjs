/**
 * npm run bench [-- --rounds 5 --seconds 2 --only NAME --json]
 *
 * Antiphon beside what it cannot be faster than, group by group: rounds interleaved, medians, CPU time for each
 * request, and what is reached of what the project wants to reach. A whole run also writes the figures where they are
 * shown: bench/results.md, bench/results.svg and the README. `--only`, which may be given several times, writes nothing.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { constants, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { judge } from "./bars.mjs";
import { cores } from "./cores.mjs";
import { events } from "./groups/events.mjs";
import { hot } from "./groups/hot.mjs";
import { memory } from "./groups/memory.mjs";
import { mix } from "./groups/mix.mjs";
import { pages } from "./groups/pages.mjs";
import { path } from "./groups/path.mjs";
import { search } from "./groups/search.mjs";
import { size } from "./groups/size.mjs";
import { start } from "./groups/start.mjs";
import { workers } from "./groups/workers.mjs";
import { CONNECTIONS, tool } from "./load.mjs";
import { publish } from "./publish.mjs";
import { report } from "./report.mjs";
import { say } from "./say.mjs";
import { build, stopAll } from "./servers.mjs";

// Memory comes after the others that read the million, because it writes on them.
const all = [hot, path, mix, size, pages, memory, workers, events, start, search];

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    only: { type: "string", multiple: true },
    json: { type: "boolean", default: false },
  },
});
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)];
const wanted = all.filter(({ name }) => values.only?.includes(name) ?? true);

function findMistake() {
  const names = all.map(({ name }) => name);
  const unknown = values.only?.find((name) => !names.includes(name));
  if (unknown !== undefined) return `There is no group ${unknown}; there are ${names.join(", ")}.`;
  const whole = [rounds, seconds].every((number) => Number.isInteger(number) && number > 0);
  return whole ? null : "--rounds and --seconds are whole numbers from 1.";
}

async function main() {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-bench-run-"));
  // Only so: who ends the bench must not leave its servers behind, and waits for nothing else.
  const stop = (signal) => stopAll().then(() => process.exit(128 + constants.signals[signal]));
  process.once("SIGINT", stop).once("SIGTERM", stop);
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  try {
    build();
    const groups = [];
    for (const { name, title, note, bars, measure } of wanted) {
      say(`${name}: ${title}`);
      const rows = await measure({ rounds, seconds, folder });
      groups.push({ name, title, note, rows, bars: judge(bars, rows) });
      await stopAll();
    }
    const result = { about: about(), groups };
    if (wanted.length === all.length) publish(result);
    console.log(values.json ? JSON.stringify(result, null, 2) : report(result));
  } finally {
    await stopAll();
  }
}

function about() {
  const options = process.argv.slice(2).filter((option) => option !== "--json");
  return {
    command: ["npm run bench", ...(options.length > 0 ? ["--", ...options] : [])].join(" "),
    date: new Date().toISOString().slice(0, 10),
    machine: `${cpus().length} × ${cpus()[0]?.model.trim() ?? "CPU"}`,
    node: process.version,
    load: tool,
    pinned: cores !== null,
    rounds,
    seconds,
    connections: CONNECTIONS,
  };
}

const mistake = findMistake();
if (mistake) {
  console.error(mistake);
  process.exitCode = 2;
} else await main();
