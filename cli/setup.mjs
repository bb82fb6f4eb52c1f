/**
 * What must be there before Antiphon can run: its packages and its build. Does only what is stale, judged by content.
 *
 *   node cli/setup.mjs install   the packages
 *   node cli/setup.mjs build     the packages, then the build
 *
 * Node's own modules only, and nothing that Node 14 cannot parse or link: this runs before anything is installed,
 * and it is the old Node itself that has to say it is too old.
 */
import childProcess from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildElement, elementFiles } from "./element.mjs";

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...names) => path.join(root, ...names);

const sources = [
  ...["pages", "lib", "db", "components", "embed", "public", "docs", "cli", "server.ts"],
  ...["next.config.mjs", "tsconfig.json", "package.json", "package-lock.json"],
];
const entries = {
  "server.ts": "server.js",
  "cli/seed.ts": "seed.js",
  "cli/user.ts": "user.js",
  "cli/restore.ts": "restore.js",
  "cli/mail.ts": "mail.js",
};
const packagesStamp = at("node_modules", ".antiphon");
const buildStamp = at("dist", ".antiphon");

/** A fault with the one sentence that mends it, and what the failed program said. */
class Failure extends Error {
  constructor(sentence, output = "") {
    super(sentence);
    this.output = output;
  }
}

/**
 * Makes the packages (`"install"`), or the packages and the build (`"build"`), current. Two processes may call it at
 * once: one works, the other waits. Where it cannot, it says so in one sentence and ends the process with 1.
 */
export async function setUp(step) {
  try {
    requireNode();
    if (isReady(step)) return;
    await alone(async () => {
      if (!isInstalled()) await install();
      if (step === "build" && !isBuilt()) await build();
    });
  } catch (error) {
    const failure = error instanceof Failure ? error : new Failure(mend(String(error)) || String(error));
    if (failure.output) console.error(`\n${tail(failure.output)}\n`);
    console.error(failure.message);
    // So that npm sees that it failed, and starts nothing.
    process.exit(1);
  }
}

function requireNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 9)) return;
  throw new Failure(
    `Antiphon needs Node 20.9 or later; this is ${process.version}. Install it from nodejs.org and run npm start again.`,
  );
}

const isReady = (step) => isInstalled() && (step === "install" || isBuilt());
const isInstalled = () => readText(packagesStamp) === packagesHash();
const isBuilt = () =>
  [...Object.values(presentEntries()), ...elementFiles.map((name) => at(name))].every(fs.existsSync) &&
  readText(buildStamp) === stampOf(sourceHash());

function packagesHash() {
  const { dependencies, devDependencies } = JSON.parse(fs.readFileSync(at("package.json"), "utf8"));
  const machine = [process.versions.modules, process.platform, process.arch];
  return sha256([
    readText(at("package-lock.json")),
    JSON.stringify([dependencies, devDependencies, machine]),
  ]);
}

function sourceHash() {
  const names = sources.flatMap(filesUnder).filter((name) => !elementFiles.includes(name));
  return sha256(names.flatMap((name) => [name, fs.readFileSync(at(name))]));
}

/** Next's own build id belongs to the stamp: a .next that was deleted, or built by hand, is not the one we made. */
const stampOf = (hash) => `${hash} ${readText(at(".next", "BUILD_ID"))}`;

async function install() {
  fs.rmSync(packagesStamp, { force: true });
  const hash = packagesHash();
  // With NODE_ENV=production npm leaves out the tools that the build needs. Not `npm ci`: it refuses a lock file that
  // names the binaries of fewer platforms than package.json leads to, as ours may; this takes the locked versions too.
  const args = ["install", "--no-save", "--include=dev", "--no-audit", "--no-fund"];
  const npm = process.env.npm_execpath;
  await progress("Installing packages", () =>
    npm && /\.[cm]?js$/.test(npm)
      ? run(process.execPath, [npm, ...args])
      : run("npm", args, { shell: process.platform === "win32" }),
  );
  const sqlite = at("node_modules", "better-sqlite3");
  if (fs.existsSync(sqlite) && !fs.existsSync(path.join(sqlite, "build"))) {
    throw new Failure(
      "npm did not run the install script of better-sqlite3; run npm rebuild better-sqlite3 --ignore-scripts=false and then npm start again.",
    );
  }
  fs.writeFileSync(packagesStamp, hash);
}

async function build() {
  fs.rmSync(buildStamp, { force: true });
  const hash = sourceHash();
  const name = hash.slice(0, 12);
  await progress("Building the pages", () =>
    run(process.execPath, [at("node_modules", "next", "dist", "bin", "next"), "build", "--webpack"], {
      env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ANTIPHON_BUILD: name },
    }),
  );
  await progress("Building the server", () => bundle(name));
  fs.writeFileSync(buildStamp, stampOf(hash));
}

async function bundle(name) {
  const esbuild = await import("esbuild");
  try {
    for (const [entry, outfile] of Object.entries(presentEntries())) {
      await esbuild.build({
        absWorkingDir: root,
        entryPoints: [entry],
        outfile: `${outfile}.new`,
        bundle: true,
        platform: "node",
        target: "node20",
        format: "cjs",
        packages: "external",
        alias: { "@": root },
        define: { "process.env.ANTIPHON_BUILD": JSON.stringify(name) },
        logLevel: "silent",
      });
      // Whoever starts a server meanwhile finds the old one or the new one, never half of it.
      fs.renameSync(`${outfile}.new`, outfile);
    }
    await buildElement();
  } catch (error) {
    throw new Failure("The server could not be built; what went wrong is above.", String(error));
  } finally {
    // esbuild's own process would otherwise live as long as the server that is started next.
    await esbuild.stop();
  }
}

function presentEntries() {
  const present = Object.entries(entries).filter(([entry]) => fs.existsSync(at(entry)));
  return Object.fromEntries(present.map(([entry, outfile]) => [entry, at("dist", outfile)]));
}

/** Runs `work` while no other process does. A lock whose owner is gone, or has been silent for a minute, is void. */
async function alone(work) {
  const lock = at("dist", ".lock");
  const mine = `${lock}.${process.pid}`;
  const release = () => {
    for (const name of [mine, lock]) fs.rmSync(name, { recursive: true, force: true });
  };
  fs.mkdirSync(mine, { recursive: true });
  fs.writeFileSync(path.join(mine, "pid"), String(process.pid));
  if (!take(mine, lock)) {
    await progress("Waiting for another process that sets up", async () => {
      while (!take(mine, lock)) await pause(100);
    });
  }
  process.on("exit", release);
  const heartbeat = setInterval(() => fs.utimesSync(lock, new Date(), new Date()), 1000);
  try {
    await work();
  } finally {
    clearInterval(heartbeat);
    process.off("exit", release);
    release();
  }
}

function take(mine, lock) {
  try {
    // A folder moves onto another only if that one is empty, so the lock appears whole, with its owner in it, or not.
    fs.renameSync(mine, lock);
    return true;
  } catch (error) {
    const held =
      ["ENOTEMPTY", "EEXIST"].includes(error.code) || (os.platform() === "win32" && error.code === "EPERM");
    if (!held) throw error;
  }
  if (isAbandoned(lock)) fs.rmSync(lock, { recursive: true, force: true });
  return false;
}

function isAbandoned(lock) {
  const owner = Number(readText(path.join(lock, "pid")));
  if (!owner) return false;
  try {
    process.kill(owner, 0);
    return owner === process.pid || Date.now() - fs.statSync(lock).mtimeMs > 60_000;
  } catch (error) {
    return error.code === "ESRCH";
  }
}

/** Runs a program to its end, quietly. What it said is shown only when it fails. */
function run(command, args, options = {}) {
  // A group of its own, so that a signal to us ends the whole of it.
  const grouped = process.platform !== "win32";
  const child = childProcess.spawn(command, args, {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    detached: grouped,
    ...options,
  });
  const stop = (signal) => {
    try {
      process.kill(grouped ? -child.pid : child.pid, signal);
    } catch {
      // It has already ended.
    }
    // What a shell says of a program that a signal ended.
    process.exit(128 + os.constants.signals[signal]);
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  return new Promise((resolve, reject) => {
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", (error) => reject(new Failure(`${command} could not be started: ${error.message}.`)));
    child.on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Failure(mend(output) || "It failed; what went wrong is above.", output));
    });
  }).finally(() => process.off("SIGINT", stop).off("SIGTERM", stop));
}

/** The sentence that mends what `output` complains of; empty where nothing is known about it. */
function mend(output) {
  const noNetwork = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT/;
  const denied = /(?:EACCES|EPERM|EROFS)[^\n]*?'([^'\n]+)'/.exec(output);
  if (/gyp ERR!/.test(output) && !/gyp ERR![^\n]*(?:ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT)/.test(output)) {
    return "better-sqlite3 has to be compiled here: install python3, make and a C++ compiler (Debian: apt-get install python3 make g++; macOS: xcode-select --install) and run it again.";
  }
  if (denied)
    return `${denied[1]} cannot be written; give this user the right to write there and run it again.`;
  if (/ENOSPC/.test(output)) return "The disk is full; make room and run it again.";
  if (noNetwork.test(output)) {
    return "The packages could not be fetched; check the network (and the proxy, if there is one) and run it again.";
  }
  return "";
}

/** Shows that something is going on: a ticking line on a terminal, elsewhere a line at each end. */
async function progress(what, work) {
  const start = Date.now();
  const seconds = () => `${Math.round((Date.now() - start) / 1000)} s`;
  const terminal = process.stderr.isTTY;
  const show = (text) => process.stderr.write(terminal ? `\r\x1b[K${text}` : `${text}\n`);
  show(`${what} …`);
  const ticking = terminal ? setInterval(() => show(`${what} … ${seconds()}`), 250) : undefined;
  try {
    await work();
    show(`${what}: done in ${seconds()}`);
  } catch (error) {
    show(`${what}: failed after ${seconds()}`);
    throw error;
  } finally {
    clearInterval(ticking);
    if (terminal) process.stderr.write("\n");
  }
}

function filesUnder(name) {
  if (!fs.existsSync(at(name))) return [];
  if (!fs.statSync(at(name)).isDirectory()) return [name];
  const files = [];
  for (const child of fs.readdirSync(at(name), { withFileTypes: true })) {
    if (child.name.startsWith(".")) continue;
    if (child.isFile()) files.push(`${name}/${child.name}`);
    else files.push(...filesUnder(`${name}/${child.name}`));
  }
  return files.sort();
}

function sha256(parts) {
  const hash = crypto.createHash("sha256");
  // The length keeps ["ab", "c"] and ["a", "bc"] apart.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest("hex");
}

function readText(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "ENOTDIR") return "";
    throw error;
  }
}

const tail = (text) => text.trimEnd().split("\n").slice(-40).join("\n");
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

if (process.argv[1] && fs.realpathSync(process.argv[1]) === fs.realpathSync(fileURLToPath(import.meta.url))) {
  const step = process.argv[2];
  if (step === "install" || step === "build") setUp(step);
  else {
    console.error("Say what to set up: node cli/setup.mjs install, or node cli/setup.mjs build.");
    // So that npm runs nothing after it.
    process.exit(1);
  }
}
