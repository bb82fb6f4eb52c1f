import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

const patience = 20_000;

/** Resolves as soon as `condition` holds; rejects, naming it, where it has not held for 20 s. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patience;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`Not within ${patience / 1000} s: ${condition}`);
    await pause(10);
  }
}

/** Whether a process of this id is there; one that has ended and was not collected yet is not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== "linux") return true;
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}
