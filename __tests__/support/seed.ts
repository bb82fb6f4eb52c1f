import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";
import { endOf, startCommand } from "@/__tests__/support/command";

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
  return startCommand("seed", { database, args, env, flags: ["--max-semi-space-size=4"] });
}

/** Runs it to its end. */
export function seed(database: string, args: string[], env: Record<string, string> = {}) {
  return endOf(startSeed(database, args, env));
}
