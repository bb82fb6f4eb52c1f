/**
 * npm run bench [-- --rounds 5 --seconds 2 --json]
 *
 * Antiphon beside a bare node:http server on the same store and beside a bare Next API route: rounds interleaved in
 * one run, so that a busy moment hurts all alike; medians; CPU time for each request, which is steadier than the rate.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import autocannon from "autocannon";
import esbuild from "esbuild";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    seconds: { type: "string", default: "2" },
    json: { type: "boolean" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "antiphon-bench-"));
const database = `file:${join(folder, "bench.db")}`;
const children = [];
const say = (text) => process.stderr.write(`${text}\n`);

const COMMENT = "Thank you, this *saved* me an afternoon.";

/** A server as its own process; resolves once it says `ready`. */
function start(name, args, env, ready) {
  say(`starting ${name}`);
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    let output = "";
    child.once("exit", (code) => reject(new Error(`${name} ended with ${code}`)));
    child.stdout.on("data", (chunk) => {
      output = `${output}${chunk}`.slice(-10_000);
      if (ready.test(output)) resolve(child);
    });
  });
}

/** User and system time of a process so far, in microseconds. */
function cpuTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}

async function load({ child, url, options = {} }, seconds) {
  const before = cpuTime(child.pid);
  const result = await autocannon({ url, connections: 10, duration: seconds, ...options });
  const answered = result["2xx"];
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${url}: ${result.non2xx} refused, ${result.errors} errors`);
  return { rate: answered / result.duration, cpu: (cpuTime(child.pid) - before) / answered };
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

async function main() {
  esbuild.buildSync({
    entryPoints: [join(root, "bench/bareHttp.ts")],
    outfile: join(root, "dist/bench/bareHttp.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    alias: { "@": root },
  });
  say("building the bare Next route");
  const next = join(root, "node_modules/next/dist/bin/next");
  const bare = join(root, "bench/bare-next");
  const built = spawnSync(process.execPath, [next, "build", "--webpack", bare], {
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
  if (built.status !== 0) throw new Error(String(built.stderr));

  const settings = {
    PORT: "4101",
    HOST: "127.0.0.1",
    DATABASE_URL: database,
    RATE_LIMIT: "off",
    MODERATION: "open",
    SEED: "off",
    ADMIN_TOKEN: "b".repeat(40),
  };
  const flags = ["--max-semi-space-size=64"];
  const posts = join(folder, "posts.json");
  writeFileSync(posts, JSON.stringify([{ title: "Bench" }, { title: "Written to" }]));
  const rows = Array.from({ length: 50 }, (_, n) => ({
    post: 1,
    author: `Reader ${n}`,
    comment: `${COMMENT}\n\n${n}`,
  }));
  writeFileSync(join(folder, "comments.json"), JSON.stringify(rows));
  const seeded = spawnSync(process.execPath, ["dist/seed.js", posts, join(folder, "comments.json")], {
    cwd: root,
    env: { ...process.env, ...settings },
  });
  if (seeded.status !== 0) throw new Error(String(seeded.stderr));

  const antiphon = await start(
    "Antiphon",
    [...flags, "dist/server.js"],
    { ...settings, NODE_ENV: "production" },
    /Antiphon is at/,
  );
  const http = await start(
    "bare node:http",
    [...flags, "dist/bench/bareHttp.js", database, "4102"],
    {},
    /listening/,
  );
  const hello = await start(
    "bare Next route",
    [...flags, next, "start", bare, "-p", "4103"],
    { NODE_ENV: "production" },
    /Ready in/,
  );

  const json = { "content-type": "application/json" };
  let written = 0;
  const write = () => JSON.stringify({ post: 2, author: "Reader", comment: `${COMMENT}\n\n${++written}` });
  const contestants = {
    "bare Next route, hello": { child: hello, url: "http://127.0.0.1:4103/api/hello" },
    "bare node:http, thread of 50": { child: http, url: "http://127.0.0.1:4102/thread" },
    "bare node:http, one comment": { child: http, url: "http://127.0.0.1:4102/one" },
    "Antiphon, hello": { child: antiphon, url: "http://127.0.0.1:4101/api/hello" },
    "Antiphon, GET thread of 50": { child: antiphon, url: "http://127.0.0.1:4101/api/comments/1" },
    "Antiphon, GET one comment": { child: antiphon, url: "http://127.0.0.1:4101/api/comments/1/1" },
    "Antiphon, POST (durable, Markdown, search index)": {
      child: antiphon,
      url: "http://127.0.0.1:4101/api/comments",
      options: {
        requests: [
          { method: "POST", headers: json, setupRequest: (request) => ({ ...request, body: write() }) },
        ],
      },
    },
  };
  const results = Object.fromEntries(Object.keys(contestants).map((name) => [name, []]));
  const rounds = Number(values.rounds);
  for (let round = 0; round <= rounds; round++) {
    say(round === 0 ? "warming up" : `round ${round} of ${rounds}`);
    for (const [name, contestant] of Object.entries(contestants)) {
      const result = await load(contestant, Number(values.seconds));
      if (round > 0) results[name].push(result);
    }
  }
  report(results);
}

function report(results) {
  const rows = Object.entries(results).map(([name, runs]) => ({
    name,
    rate: median(runs.map(({ rate }) => rate)),
    cpu: median(runs.map(({ cpu }) => cpu)),
  }));
  const [base] = rows;
  const table = [
    "| what | requests/s | of the bare Next route | CPU µs each |",
    "|---|--:|--:|--:|",
    ...rows.map(
      ({ name, rate, cpu }) =>
        `| ${name} | ${Math.round(rate).toLocaleString("en")} | ${(rate / base.rate).toFixed(2)} | ${Math.round(cpu)} |`,
    ),
  ].join("\n");
  const about = `Medians of ${values.rounds} interleaved rounds of ${values.seconds} s, 10 connections. Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "CPU"}; client and server share them.`;
  writeFileSync(
    join(root, "bench/results.md"),
    `# What a request costs\n\n${about} Made by \`npm run bench\`.\n\n${table}\n`,
  );
  console.log(values.json ? JSON.stringify(rows, null, 2) : `\n${table}\n\n${about}`);
}

try {
  await main();
} finally {
  for (const child of children) {
    child.removeAllListeners("exit");
    child.kill();
  }
  rmSync(folder, { recursive: true, force: true });
}
