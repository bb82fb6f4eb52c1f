import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";

const project = join(__dirname, "..", "..");
const program = join(project, "node_modules", "dependency-cruiser", "bin", "dependency-cruise.mjs");
const rooms = ["pages", "lib", "db", "components", "embed", "cli", "server.ts"];

interface Violation {
  rule: { name: string };
  from: string;
  to: string;
}

/** The violations of our import rules in `folder`, as `rule: from → to`. */
async function violationsIn(folder: string): Promise<string[]> {
  const present = rooms.filter((room) => existsSync(join(folder, room)));
  const args = [program, "--config", ".dependency-cruiser.cjs", "--output-type", "json", ...present];
  const output = await new Promise<string>((resolve) => {
    // It exits with the number of violations; what they are is in its output.
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 28 }, (_error, stdout) =>
      resolve(stdout),
    );
  });
  const { summary }: { summary: { totalCruised: number; violations: Violation[] } } = JSON.parse(output);
  expect(summary.totalCruised).toBeGreaterThan(0);
  return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
}

it("imports run one way: pages → lib → db", async () => {
  expect(await violationsIn(project)).toEqual([]);
});

describe("a violation is caught", () => {
  const planted = mkdtempSync(join(tmpdir(), "antiphon-imports-"));
  afterAll(() => rmSync(planted, { recursive: true, force: true }));

  const files: Record<string, string> = {
    "db/open.ts": 'export const open = "open";',
    "db/errors.ts": "export class StartError extends Error {}",
    "db/store.ts": "export type Store = string; export const value = 1;",
    "db/upward.ts": 'import "@/lib/store";',
    "db/web.ts": 'import "next";',
    "lib/store.ts": 'import "@/db/open";',
    "lib/upward.ts": 'import "@/pages/index";',
    "lib/backdoor.ts": 'import "../db/open";',
    "lib/a.ts": 'import "@/lib/b";',
    "lib/b.ts": 'import "@/lib/a";',
    "lib/lost.ts": 'import "@/lib/nowhere";',
    "pages/index.tsx":
      'import "@/lib/store"; import "@/db/errors"; import type { Store } from "@/db/store"; export type S = Store;',
    "pages/shortcut.tsx": 'import { value } from "@/db/store"; export default value;',
    "components/Reach.tsx": 'import "@/lib/store";',
    "components/Html.tsx": 'export const html = "";',
    "lib/translator.ts": 'export const say = "say";',
    "lib/thread.ts": "export type Shown = string;",
    "lib/client/call.ts": 'export const call = "call";',
    "embed/index.ts":
      'import "@/lib/client/call"; import "@/lib/translator"; import "./server"; import "@/components/Html"; import "react"; import type { Shown } from "@/lib/thread"; export type S = Shown;',
    "embed/server.ts": 'import "@/lib/thread";',
    "server.ts": 'import "@/lib/store"; import "@/pages/index";',
  };

  it("in each of these, and nowhere else", async () => {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(planted, name)), { recursive: true });
      writeFileSync(join(planted, name), `${text}\n`);
    }
    for (const name of [".dependency-cruiser.cjs", "tsconfig.json", "package.json"]) {
      cpSync(join(project, name), join(planted, name));
    }
    symlinkSync(join(project, "node_modules"), join(planted, "node_modules"));

    const found = await violationsIn(planted);
    expect(found.map((line) => line.replace(/→ .*node_modules.*/, "→ node_modules")).sort()).toEqual(
      [
        "browser-side-uses-the-api: components/Reach.tsx → lib/store.ts",
        "element-is-small: embed/index.ts → components/Html.tsx",
        "element-is-small: embed/index.ts → node_modules",
        "element-is-small: embed/server.ts → lib/thread.ts",
        "db-stands-alone: db/upward.ts → lib/store.ts",
        "db-stands-alone: db/web.ts → node_modules",
        "lib-is-below-the-pages: lib/upward.ts → pages/index.tsx",
        "no-circle: lib/a.ts → lib/b.ts",
        "no-dead-end: lib/lost.ts → @/lib/nowhere",
        "nobody-imports-pages: lib/upward.ts → pages/index.tsx",
        "nobody-imports-pages: server.ts → pages/index.tsx",
        "one-door-to-the-database: lib/backdoor.ts → db/open.ts",
        "pages-use-lib: pages/shortcut.tsx → db/store.ts",
      ].sort(),
    );
  });
});
