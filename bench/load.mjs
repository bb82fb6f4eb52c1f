import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { ask } from "./ask.mjs";
import { cores, isInstalled, pin } from "./cores.mjs";
import { COMMENT } from "./data/threads.mjs";
import { cpuTime } from "./processes.mjs";
import { root } from "./servers.mjs";

const start = promisify(execFile);

export const tool = isInstalled("wrk") ? "wrk" : "autocannon";
export const CONNECTIONS = 10;

/**
 * Ten connections, kept alive, from another process, for some seconds. The plan: the `server`, the `path` or the
 * `paths` to ask, `headers`, the `status` to expect (200), and `write: { post, every }` where each nth request posts a
 * comment. `free`: the load is not kept to a core. Returns the requests answered each second, the server's CPU
 * microseconds for each, and the 99th percentile of their time in milliseconds. A wrong answer throws.
 */
export async function load(plan, seconds, folder) {
  const { server, status = 200 } = plan;
  const size = await probe(plan);
  const before = cpuTime(server.pid);
  const result = await (tool === "wrk" ? wrk : cannon)({ ...plan, status }, seconds, folder);
  const cpu = before === null ? null : (cpuTime(server.pid) - before) / result.requests;
  const { requests, bytes, failed, p99 } = result;
  const each = bytes / requests;
  const odd = status === 304 ? each > 2000 : each < size * 0.9;
  if (requests === 0 || failed > 0 || odd)
    throw new Error(
      `${describe(plan)}: ${requests} answers of ${Math.round(each)} bytes, where ${status} is right; ${failed} failed`,
    );
  return { rate: requests / result.seconds, cpu, p99 };
}

/** Asks once for each kind of request; the length of the body. */
async function probe(plan) {
  const { server, path = plan.paths?.[0], headers, status = 200, write } = plan;
  if (write) {
    const body = JSON.stringify({ post: write.post, author: "Reader", comment: `${COMMENT}\n\n${unique()}` });
    const posted = await ask(`${server.origin}/api/comments`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
    });
    if (posted.status !== 201) throw new Error(`POST is answered ${posted.status}: ${posted.body}`);
    if (write.every === 1) return posted.body.length;
  }
  const answer = await ask(server.origin + path, { headers });
  if (answer.status !== status)
    throw new Error(`${describe(plan)} is answered ${answer.status}: ${answer.body}`);
  return write ? 0 : answer.body.length;
}

async function wrk({ server, path = "/", paths, headers = {}, write, free }, seconds, folder) {
  const env = { ...process.env, BENCH_RUN: unique() };
  if (write)
    Object.assign(env, { BENCH_WRITE_EVERY: String(write.every), BENCH_WRITE_POST: String(write.post) });
  if (paths) {
    env.BENCH_PATHS = join(folder, "paths");
    writeFileSync(env.BENCH_PATHS, `${paths.join("\n")}\n`);
  }
  const fields = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const args = [
    "-t1",
    `-c${CONNECTIONS}`,
    `-d${seconds}s`,
    "--timeout",
    "10s",
    "-s",
    join(root, "bench/load.lua"),
  ];
  return output(free, "wrk", [...args, ...fields, server.origin + path], env);
}

function cannon({ server, path = "", free, ...plan }, seconds, folder) {
  const all = { ...plan, url: server.origin + path, connections: CONNECTIONS, seconds, run: unique() };
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(all));
  return output(free, process.execPath, [join(root, "bench/cannon.mjs"), file], process.env);
}

async function output(free, command, args, env) {
  const { stdout } = await start(...pin(free ? undefined : cores?.load, command, args), {
    env,
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1));
}

const unique = () => `${process.pid}-${Math.random().toString(36).slice(2)}`;
const describe = ({ server, path, paths }) => server.origin + (path ?? paths?.[0] ?? "/api/comments");
