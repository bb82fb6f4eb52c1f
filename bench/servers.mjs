import { spawn, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const say = (text) => process.stderr.write(`${text}\n`);

const next = join(root, "node_modules/next/dist/bin/next");
const bare = join(root, "bench/bare-next");
const flags = ["--max-semi-space-size=64"];
const children = [];

/** Builds what is measured beside Antiphon. */
export function build() {
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
  run([next, "build", "--webpack", bare], { NEXT_TELEMETRY_DISABLED: "1" });
}

/** Runs a program of Node's to its end. */
export function run(args, env) {
  const done = spawnSync(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
  if (done.status !== 0) throw new Error(String(done.stderr));
}

export const antiphon = (port, settings) =>
  start(
    "Antiphon",
    ["dist/server.js"],
    { ...settings, PORT: port, NODE_ENV: "production" },
    /Antiphon is at/,
  );

export const bareHttp = (port, database) =>
  start("bare node:http", ["dist/bench/bareHttp.js", database, port], {}, /listening/);

export const bareNext = (port) =>
  start("bare Next route", [next, "start", bare, "-p", port], { NODE_ENV: "production" }, /Ready in/);

/** A server as its own process; resolves once it says `ready`. */
function start(name, args, env, ready) {
  say(`starting ${name}`);
  const child = spawn(process.execPath, [...flags, ...args], {
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

export function stopAll() {
  for (const child of children) {
    child.removeAllListeners("exit");
    child.kill();
  }
}

/** User and system time of a process so far, in microseconds. */
export function cpuTime({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 10_000;
}
