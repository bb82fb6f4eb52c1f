import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { ask } from "./ask.mjs";
import { cores, pin } from "./cores.mjs";
import { say } from "./say.mjs";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const next = join(root, "node_modules/next/dist/bin/next");
const bare = join(root, "bench/bare-next");
const flags = ["--max-semi-space-size=32"];
const production = { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
const children = new Set();

/** Builds what is measured beside Antiphon. */
export function build() {
  esbuild.buildSync({
    entryPoints: [join(root, "bench/bareStore.ts")],
    outfile: join(root, "dist/bench/bareStore.js"),
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    alias: { "@": root },
  });
  say("Building the bare Next route");
  run([next, "build", "--webpack", bare], production);
}

/** Runs a program of Node's to its end; `show`: what it says is progress. */
export function run(args, env, show = false) {
  const done = spawnSync(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ["ignore", show ? "ignore" : "pipe", show ? "inherit" : "pipe"],
  });
  if (done.status !== 0) throw new Error(`${args.join(" ")} ended with ${done.status}. ${done.stderr ?? ""}`);
}

/** Antiphon with these settings. `free`: not kept to one core. */
export const antiphon = (settings, options) =>
  start("Antiphon", "/api/hello", () => [...flags, "dist/server.js"], settings, options);

/** What `npm start` runs when nothing has to be built; ready with its first thread. */
export const antiphonFromStart = (settings) =>
  start("npm start", "/api/comments/1", () => [...flags, "cli/start.mjs"], settings, { free: true });

/** The same build under plain `next start`: no response cache, and every call through Next's router. */
export const nextStart = (settings) =>
  start(
    "plain next start",
    "/api/hello",
    (port) => [...flags, next, "start", root, "-p", port, "-H", "127.0.0.1"],
    settings,
  );

export const bareHttp = (folder) =>
  start("bare node:http", "/304", (port) => [...flags, "bench/bareHttp.mjs", port, folder]);

export const bareWorkers = (workers) =>
  start(
    "bare workers",
    "/",
    (port) => [...flags, "bench/bareWorkers.mjs", port, String(workers)],
    {},
    { free: true },
  );

export const bareEvents = () =>
  start("bare node:http", "/", (port) => [...flags, "bench/bareEvents.mjs", port]);

export const bareStore = (database) =>
  start("the store behind node:http", "/", (port) => [...flags, "dist/bench/bareStore.js", port, database]);

export const bareNext = (options) =>
  start(
    "the bare Next route",
    "/api/hello",
    (port) => [...flags, next, "start", bare, "-p", port, "-H", "127.0.0.1"],
    {},
    options,
  );

/**
 * A server as its own process, its log thrown away. Resolves once it answers `path`; `startTime`: how long that took,
 * in milliseconds.
 */
async function start(name, path, toArgs, settings = {}, { free = false } = {}) {
  const port = String(await freePort());
  const origin = `http://127.0.0.1:${port}`;
  const began = performance.now();
  const child = spawn(...pin(free ? undefined : cores?.server, process.execPath, toArgs(port)), {
    cwd: root,
    env: { ...process.env, ...production, ...settings, PORT: port },
    stdio: ["ignore", "ignore", "inherit"],
  });
  children.add(child);
  while (!(await answers(origin + path))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${name} did not start`);
    await wait(5);
  }
  return { pid: child.pid, child, origin, startTime: performance.now() - began };
}

async function answers(url) {
  try {
    return (await ask(url)).status < 400;
  } catch (error) {
    if (error.code === "ECONNREFUSED" || error.code === "ECONNRESET") return false;
    throw error;
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Ends all that was started. */
export async function stopAll() {
  await Promise.all([...children].map(stop));
}

async function stop(child) {
  children.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill();
  await gone;
}
