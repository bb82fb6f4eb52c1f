/**
 * node .ci/start.mjs FOLDER first|again: runs `npm start` there as a newcomer does, asks for the comments, stops it.
 *
 *   first   the two comments of the seed come first
 *   again   the first answer comes within two seconds of the command
 *
 * Either way SIGTERM to npm ends it with nothing left behind. Exits 1 with the reason where one of these fails.
 */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readlinkSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

const [folder, which] = process.argv.slice(2);
const port = await freePort();
const begin = performance.now();
const npm = spawn("npm", ["start"], {
  cwd: folder,
  env: { ...process.env, PORT: String(port) },
  stdio: ["ignore", "pipe", "pipe"],
  detached: true,
});
// Whatever goes wrong here, npm and what it started do not outlive this script.
process.on("exit", () => {
  try {
    process.kill(-npm.pid, "SIGKILL");
  } catch {
    // They have ended.
  }
});

let output = "";
for (const stream of [npm.stdout, npm.stderr]) {
  stream.on("data", (chunk) => {
    output += chunk;
    process.stdout.write(chunk);
  });
}
const ended = once(npm, "exit");

const comments = await firstAnswer(`http://127.0.0.1:${port}/api/comments`);
const milliseconds = Math.round(performance.now() - begin);
console.log(`First answer after ${milliseconds} ms`);

if (which === "again")
  assert.ok(milliseconds < 2000, `the first answer took ${milliseconds} ms, more than 2000`);
assert.deepEqual(
  comments.slice(0, 2).map(({ comment }) => comment),
  ["First", "Nice post"],
);
while (!output.includes(`Antiphon is at http://localhost:${port}`)) await pause(20);

npm.kill("SIGTERM");
await ended;
const deadline = performance.now() + 10_000;
while (processesIn(folder).length > 0) {
  assert.ok(performance.now() < deadline, `left behind: processes ${processesIn(folder).join(", ")}`);
  await pause(50);
}
console.log("Stopped, and left no process behind");

async function firstAnswer(url) {
  for (;;) {
    assert.equal(npm.exitCode, null, `npm start ended with ${npm.exitCode}`);
    try {
      const answer = await fetch(url);
      assert.equal(answer.status, 200);
      return await answer.json();
    } catch (error) {
      if (error.cause?.code !== "ECONNREFUSED") throw error;
      await pause(20);
    }
  }
}

/** Every process that works in `folder`, whoever its parent is. */
function processesIn(folder) {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return `${readlinkSync(`/proc/${pid}/cwd`)}/`.startsWith(`${folder}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  return port;
}
