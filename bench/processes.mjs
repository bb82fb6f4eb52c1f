import { readFileSync } from "node:fs";

/** What Linux calls a tick of CPU time, in microseconds. */
const TICK = 10_000;

/** User and system time so far of a process and its children, in microseconds; null where the system does not tell. */
export function cpuTime(pid) {
  if (process.platform !== "linux") return null;
  return family(pid).reduce((sum, one) => {
    const fields = readFileSync(`/proc/${one}/stat`, "utf8").split(") ")[1].split(" ");
    return sum + (Number(fields[11]) + Number(fields[12])) * TICK;
  }, 0);
}

/** The most memory that any one of a process and its children has had (RSS), in MB; null where nobody tells. */
export function peakMemory(pid) {
  if (process.platform !== "linux") return null;
  return Math.max(
    ...family(pid).map(
      (one) => Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${one}/status`, "utf8"))[1]) / 1024,
    ),
  );
}

/** What a process and its children have now (RSS), together, in MB; null where nobody tells. */
export function memory(pid) {
  if (process.platform !== "linux") return null;
  return family(pid).reduce(
    (sum, one) => sum + Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${one}/status`, "utf8"))[1]) / 1024,
    0,
  );
}

function family(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  return [pid, ...children.flatMap((child) => family(Number(child)))];
}
