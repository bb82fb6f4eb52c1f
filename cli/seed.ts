import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { loadEnvConfig } from "@next/env";
import { counted } from "@/cli/counted";
import { showProgress } from "@/cli/progress";
import { whereAsked } from "@/cli/whereAsked";
import { StartError, Unavailable } from "@/db/errors";
import type { FileRefusal } from "@/lib/seedImport";

/*
 * `npm run seed`: imports posts, comments and users from JSON files. It runs as dist/seed.js, beside the server if need be.
 */

// A long import makes garbage all the time, and V8 lets the heap grow to several times of what is in use.
setFlagsFromString("--heap-growing-percent=10");

const USAGE = `Usage: npm run seed -- [--keep-going] FILE…
       npm run seed -- --remove

Imports posts, comments and users from files that hold a JSON array, or a JSON object on each line. What was
imported before is left as it is.

  --keep-going  import what can be imported, even if some rows are refused
  --remove      take the demo content of the first start out again
  --help        show this
`;

const MOST_REFUSALS = 50;

interface Arguments {
  files: string[];
  keepGoing: boolean;
  remove: boolean;
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
  return args.remove ? await remove() : await seed(args);
}

/** What is asked, `"help"`, or a sentence on what is wrong with it. */
function readArguments(args: string[]): Arguments | "help" | string {
  const flag = { type: "boolean", default: false } as const;
  try {
    const { values, positionals: files } = parseArgs({
      args,
      allowPositionals: true,
      options: { "keep-going": flag, remove: flag, help: { ...flag, short: "h" } },
    });
    if (values.help) return "help";
    if (values.remove && (files.length > 0 || values["keep-going"]))
      return "--remove goes with nothing else.";
    if (!values.remove && files.length === 0) return "Name a file to import.";
    return { files, keepGoing: values["keep-going"], remove: values.remove };
  } catch (error) {
    return error instanceof Error ? `${error.message.split(". ")[0]}.` : String(error);
  }
}

async function seed({ files: names, keepGoing }: Arguments): Promise<number> {
  // Only now, because the settings are read as these load.
  const { openForCommand } = await import("@/lib/store");
  const { openFile } = await import("@/lib/seedFile");
  const { importFiles } = await import("@/lib/seedImport");

  const files = names.map((name) => ({ name, file: openFile(resolve(whereAsked("seed"), name), name) }));
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  let bytes = 0;
  for (const { file } of files) file.chunks = counted(file.chunks, (more) => (bytes += more));
  const progress = showProgress(process.stderr, () => (size > 0 ? bytes / size : null));

  const store = openForCommand();
  try {
    const { created, known, refused, kept } = await importFiles(store, files, {
      keepGoing,
      onProgress: progress.show,
    });
    progress.end();
    console.log(
      `${count(created)} came, ${count(known)} were there already, ${count(refused.length)} were refused.`,
    );
    complain(refused);
    if (kept) return 0;
    console.error("Nothing was imported; mend these or add --keep-going.");
    return 1;
  } finally {
    await store.close();
  }
}

async function remove(): Promise<number> {
  const { openForCommand } = await import("@/lib/store");
  const { DEMO } = await import("@/lib/firstStart");
  const store = openForCommand();
  try {
    const gone = await store.imports.remove(DEMO);
    if (Object.values(gone).every((n) => n === 0)) console.log("There is no demo content here.");
    else
      console.log(
        `The demo is out: ${plural(gone.posts, "post")}, ${plural(gone.comments, "comment")}, ${plural(gone.users, "user")}.`,
      );
    if (gone.kept > 0)
      console.log(`${plural(gone.kept, "post")} stayed, because other people commented there.`);
    return 0;
  } finally {
    await store.close();
  }
}

function complain(refused: FileRefusal[]): void {
  for (const { name, line, reason } of refused.slice(0, MOST_REFUSALS))
    console.error(`${name}:${line}: ${reason}`);
  if (refused.length > MOST_REFUSALS) console.error(`… and ${count(refused.length - MOST_REFUSALS)} more.`);
}

const count = (n: number) => n.toLocaleString("en");
const plural = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const known = error instanceof StartError || error instanceof Unavailable;
    console.error(known ? error.message : error);
    process.exitCode = 1;
  },
);
