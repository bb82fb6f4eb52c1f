import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";

const entry = join(__dirname, "..", "..", "dist", "seed.js");
const folder = mkdtempSync(join(tmpdir(), "antiphon-seed-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A file of this test's own folder, which is gone after it; its path. */
export function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The path of a database that nobody has made yet. */
export function newDatabase(): string {
  return join(mkdtempSync(join(folder, "db-")), "antiphon.db");
}

/** What `npm run seed` runs, as a process. */
export function startSeed(database: string, args: string[], env: Record<string, string> = {}): ChildProcess {
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
export async function seed(database: string, args: string[], env: Record<string, string> = {}) {
  const child = startSeed(database, args, env);
  let out = "";
  let err = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
  const [code, signal]: (number | string | null)[] = await once(child, "close");
  return { code, signal, out, err };
}
