import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const entry = join(__dirname, "..", "..", "dist", "restore.js");

/** What `npm run restore` runs, as a process. */
export function startRestore(
  database: string,
  args: string[],
  env: Record<string, string> = {},
): ChildProcess {
  return spawn(process.execPath, ["--max-semi-space-size=4", entry, ...args], {
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      __NEXT_PROCESSED_ENV: "true",
      DATABASE_URL: `file:${database}`,
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Runs it to its end. */
export async function restore(database: string, args: string[], env: Record<string, string> = {}) {
  const child = startRestore(database, args, env);
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [code]: (number | null)[] = await once(child, "close");
  return { code, out, err };
}
