import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What a command is started with. `database`: the path of its file. */
export interface CommandSettings {
  database: string;
  args: string[];
  env?: Record<string, string>;
  /** Of Node. */
  flags?: string[];
}

/** What `npm run NAME` runs, as a process. */
export function startCommand(
  name: string,
  { database, args, env = {}, flags = [] }: CommandSettings,
): ChildProcess {
  const entry = join(__dirname, "..", "..", "dist", `${name}.js`);
  return spawn(process.execPath, [...flags, entry, ...args], {
    env: {
      NODE_ENV: "production",
      PATH: process.env.PATH,
      __NEXT_PROCESSED_ENV: "true",
      DATABASE_URL: `file:${database}`,
      ...env,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
}

/** What a command said until it ended, and how, with `input` as its standard input. */
export async function endOf(child: ChildProcess, input = "") {
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  // One that never reads it may be gone before all is written.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input);
  const [code, signal]: (number | string | null)[] = await once(child, "close");
  return { code, signal, out, err };
}
