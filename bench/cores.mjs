import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Whether there is such a program here. */
export const isInstalled = (program) => !spawnSync(program, ["-v"]).error;

/** One core for the server and one for the load, or null where a process cannot be kept to a core. */
export const cores = findCores();

function findCores() {
  if (process.platform !== "linux" || !isInstalled("taskset")) return null;
  const [server, load] = allowed();
  return load === undefined ? null : { server, load };
}

/** The cores that this process may use: a container has not always all. */
function allowed() {
  const list = /^Cpus_allowed_list:\s*(\S+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  return list.split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, n) => first + n);
  });
}

/** The command line that keeps a program to `core`; the same where there is none. */
export function pin(core, command, args) {
  return core === undefined ? [command, args] : ["taskset", ["-c", String(core), command, ...args]];
}
