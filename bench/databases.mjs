import { createHash } from "node:crypto";
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { grow } from "./data/grow.mjs";
import { writeLibrary } from "./data/library.mjs";
import { THREAD, writeThreads } from "./data/threads.mjs";
import { say } from "./say.mjs";
import { root, run } from "./servers.mjs";

/** The post with a hot thread of 50, the one with 100,000, and how many posts have a thread of 50. */
export const HOT = 1;
export const LONG = 18_001;
export const POSTS = { thousand: 20, million: 18_000 };

const kinds = {
  thousand: (folder) => writeThreads(folder, { posts: POSTS.thousand }),
  // One turn of fifty; `grow` makes the others.
  million: (folder) => writeThreads(folder, { posts: POSTS.million, long: 100_000 / THREAD, rounds: 1 }),
  library: (folder) => writeLibrary(folder, 100_000),
};

/** Made once for each schema, and kept under the system's folder for temporary files. */
const shelf = join(tmpdir(), "antiphon-bench");

/**
 * The settings of a server on a database of its own, a copy in `folder`: `thousand` comments in 20 threads, a
 * `million` in 18,000 and a long one, or a `library` of 100,000 long comments. The same `name` is the same copy.
 */
export function database(folder, kind, name = kind) {
  const file = join(folder, `${name}.db`);
  if (!existsSync(file)) copyFileSync(make(kind), file, constants.COPYFILE_FICLONE);
  return settingsOf(file);
}

function settingsOf(file) {
  return {
    HOST: "127.0.0.1",
    DATABASE_URL: `file:${file}`,
    RATE_LIMIT: "off",
    MODERATION: "open",
    SEED: "off",
    ADMIN_TOKEN: "b".repeat(40),
  };
}

function make(kind) {
  const file = join(shelf, `${kind}-${version()}.db`);
  if (existsSync(file)) return file;
  say(`Making the database of the ${kind}${kind === "million" ? "; this takes a minute or two, once" : ""}`);
  mkdirSync(shelf, { recursive: true });
  for (const old of readdirSync(shelf))
    if (old.startsWith(`${kind}-`)) rmSync(join(shelf, old), { recursive: true });
  const work = join(shelf, `${kind}-${process.pid}`);
  mkdirSync(work);
  run(
    ["--max-semi-space-size=4", "dist/seed.js", ...kinds[kind](work)],
    settingsOf(join(work, "made.db")),
    true,
  );
  if (kind === "million") grow(join(work, "made.db"), THREAD);
  renameSync(join(work, "made.db"), file);
  rmSync(work, { recursive: true });
  return file;
}

/** Changes with the schema and with what is written. */
function version() {
  const hash = createHash("sha256");
  for (const folder of ["db/sqlite/schema", "bench/data"])
    for (const name of readdirSync(join(root, folder)).sort())
      hash.update(readFileSync(join(root, folder, name)));
  return hash.digest("hex").slice(0, 12);
}
