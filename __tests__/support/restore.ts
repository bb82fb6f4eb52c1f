import type { ChildProcess } from "node:child_process";
import { endOf, startCommand } from "@/__tests__/support/command";

/** What `npm run restore` runs, as a process. */
export function startRestore(
  database: string,
  args: string[],
  env: Record<string, string> = {},
): ChildProcess {
  return startCommand("restore", { database, args, env, flags: ["--max-semi-space-size=4"] });
}

/** Runs it to its end. */
export function restore(database: string, args: string[], env: Record<string, string> = {}) {
  return endOf(startRestore(database, args, env));
}
