import { readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Store } from "@/db/store";
import { filesFolder, INCOMING, onDisk } from "@/lib/files/folder";
import { keyed } from "@/lib/secrets";

/** An upload under way is younger than that. */
const GRACE = 3_600_000;

/** The name of the file that says whose folder it is. */
const OWNER = "owner";

/**
 * Removes what uploads and deletions that were cut off have left: bytes that no file has, and half of a body. Touches
 * nothing that is younger than an hour, or that this server would not have written. Throws where the folder belongs
 * to another database, which knows nothing of our files, as we know nothing of its own.
 */
export async function sweepFiles(kept: Pick<Store, "files" | "secret">, now: number): Promise<void> {
  const root = filesFolder();
  const folders = await namesIn(root);
  if (folders.length === 0) return;
  await requireOwn(root, keyed(kept.secret, "files", OWNER));
  for (const folder of folders) {
    if (folder === INCOMING) await removeOld(root, await placesIn(root, folder, /^[0-9a-f-]{36}$/), now);
    if (!/^[0-9a-f]{2}$/.test(folder)) continue;
    const places = await placesIn(root, folder, /^[0-9a-f]{62}-[0-9a-f]{8}$/);
    const used = new Set(await kept.files.used(places));
    await removeOld(
      root,
      places.filter((place) => !used.has(place)),
      now,
    );
  }
}

/** Whether the folder is this database's, or may become that: it has no other one's mark. */
export async function isOwnFolder({ secret }: Pick<Store, "secret">): Promise<boolean> {
  const mark = await onDisk(() => readFile(join(filesFolder(), OWNER), "utf8").catch(ignore("ENOENT")));
  return mark === undefined || mark === keyed(secret, "files", OWNER);
}

async function requireOwn(root: string, owner: string): Promise<void> {
  await onDisk(async () => {
    const file = join(root, OWNER);
    await writeFile(file, owner, { flag: "wx" }).catch(ignore("EEXIST"));
    if ((await readFile(file, "utf8")) !== owner)
      throw new Error(
        `${root} has the uploaded files of another database; set FILES_DIR to a folder of this one's own`,
      );
  });
}

async function removeOld(root: string, places: string[], now: number): Promise<void> {
  for (const place of places) {
    const file = join(root, place);
    const found = await stat(file).catch(ignore("ENOENT"));
    if (found && now - found.mtimeMs > GRACE) await rm(file, { force: true });
  }
}

async function placesIn(root: string, folder: string, name: RegExp): Promise<string[]> {
  const names = await namesIn(join(root, folder));
  return names.filter((one) => name.test(one)).map((one) => `${folder}/${one}`);
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(ignore("ENOENT"))) ?? [];
}

function ignore(code: string) {
  return (error: unknown): undefined => {
    if (!(error instanceof Error && "code" in error && error.code === code)) throw error;
  };
}
