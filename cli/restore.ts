import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { loadEnvConfig } from "@next/env";
import { counted } from "@/cli/counted";
import { showProgress } from "@/cli/progress";
import { whereAsked } from "@/cli/whereAsked";
import { StartError, Unavailable } from "@/db/errors";
import type { RestoreReport } from "@/lib/export/restore";

/*
 * `npm run restore`: fills an empty database from an export. It runs as dist/restore.js, while no server does.
 */

// Garbage all the time, and V8 lets the heap grow to several times of what is in use.
setFlagsFromString("--heap-growing-percent=10");

const USAGE = `Usage: npm run restore -- FILE [--into DATABASE]

Fills a new database from an export (GET /api/export), which may be packed with gzip: everything, with its ids, or nothing
at all. Stop the server first.

  --into DATABASE  a file other than the one that DATABASE_URL names; the uploaded files go to the folder files beside it,
                   unless FILES_DIR says otherwise
  --help           show this
`;

interface Arguments {
  file: string;
  into: string | undefined;
}

async function main(): Promise<number> {
  const args = readArguments(process.argv.slice(2));
  if (args === "help") {
    console.log(USAGE);
    return 0;
  }
  if (typeof args === "string") {
    console.error(`${args}\n\n${USAGE}`);
    return 2;
  }
  Object.assign(process.env, { NODE_ENV: "production" });
  loadEnvConfig(resolve(__dirname, ".."));
  if (args.into !== undefined) process.env.DATABASE_URL = `file:${resolve(whereAsked("restore"), args.into)}`;
  report(await run(args.file));
  return 0;
}

/** What is asked, `"help"`, or a sentence on what is wrong with it. */
function readArguments(args: string[]): Arguments | "help" | string {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: { into: { type: "string" }, help: { type: "boolean", default: false, short: "h" } },
    });
    if (values.help) return "help";
    const [file, ...more] = positionals;
    if (file === undefined || more.length > 0) return "Name one file to restore.";
    return { file, into: values.into };
  } catch (error) {
    return error instanceof Error ? `${error.message.split(". ")[0]}.` : String(error);
  }
}

async function run(name: string): Promise<RestoreReport> {
  // Only now, because the settings are read as these load.
  const { openForRestore } = await import("@/lib/store");
  const { openFile } = await import("@/lib/seedFile");
  const { unpacked } = await import("@/lib/export/open");
  const { restore } = await import("@/lib/export/restore");

  const { size, chunks } = openFile(resolve(whereAsked("restore"), name), name);
  let bytes = 0;
  const progress = showProgress(process.stderr, () => (size > 0 ? bytes / size : null));
  const told = counted(chunks, (more) => (bytes += more));
  const into = openForRestore();
  try {
    return await restore(unpacked(told), into, (phase, lines) =>
      progress.show(phase, lines, phase === "index" ? lines : null),
    );
  } finally {
    progress.end();
    await into.close();
  }
}

function report({ counts, left }: RestoreReport): void {
  const nouns = ["post", "comment", "user", "file"] as const;
  const parts = nouns.map((noun) => plural(counts[noun] ?? 0, noun));
  console.log(`Restored: ${parts.join(", ")}.`);
  if (left > 0)
    console.log(
      `${plural(left, "row")} stayed out: deleted while the export was made, or files whose bytes it did not have.`,
    );
  console.log(
    "Passwords and tokens are not in an export: start the server, and follow the link that it prints.",
  );
}

const plural = (n: number, noun: string) => `${n.toLocaleString("en")} ${noun}${n === 1 ? "" : "s"}`;

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const known =
      error instanceof StartError ||
      error instanceof Unavailable ||
      (error instanceof Error && error.name === "Problem");
    console.error(known ? error.message : error);
    process.exitCode = 1;
  },
);
