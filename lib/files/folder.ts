import { createHash, randomBytes, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm, statfs } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { config } from "@/lib/config";
import { log } from "@/lib/log";
import { Problem } from "@/lib/problems";

/** Where bytes stay until they are whole and checked. */
export const INCOMING = "incoming";

/** Room that is left to the rest of the machine, the database among it. */
const RESERVE = 16 * 1024 * 1024;

/** What a disk says that is full, read-only or broken, or a process that may not open more files. */
const FAULTS = new Set([
  "ENOSPC",
  "EDQUOT",
  "EROFS",
  "EIO",
  "EACCES",
  "EPERM",
  "EMFILE",
  "ENFILE",
  "ENOTDIR",
]);

/** A file of its own in the folder, whole and on the disk, that nothing refers to yet. */
export interface Staged {
  file: string;
  size: number;
  sha256: string;
}

/** The folder of this server's uploaded files. It is made when it is needed. */
export function filesFolder(): string {
  const { filesDir, databaseUrl } = config();
  return resolve(filesDir ?? join(dirname(databaseUrl.replace(/^file:/, "")), "files"));
}

/** Runs `work` and throws 503 for a fault of the disk. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!FAULTS.has(codeOf(error))) throw error;
    throw outOfOrder(error);
  }
}

/** The 503 for a folder that can't be used; the log has the reason. */
export function outOfOrder(error: unknown): Problem {
  log.error({ err: error }, "the folder of uploaded files can't be used");
  return new Problem("unavailable", { headers: { "Retry-After": 30 } });
}

/** Throws 503 unless the disk has room for twice as many bytes: as they come, and re-encoded. */
export async function requireSpace(bytes: number): Promise<void> {
  const { bavail, bsize } = await onDisk(async () => statfs(await makeFolder(filesFolder())));
  const free = bavail * bsize;
  if (free < 2 * bytes + RESERVE) throw outOfOrder(new Error(`The disk has ${free} bytes left`));
}

/** Writes what comes to the folder, chunk by chunk, and syncs it. Leaves nothing behind where that fails. */
export async function receive(source: AsyncIterable<Buffer>, limit: number): Promise<Staged> {
  return onDisk(async () => {
    const file = await nameIncoming();
    try {
      const handle = await open(file, "wx");
      try {
        const sum = createHash("sha256");
        let size = 0;
        for await (const chunk of source) {
          size += chunk.length;
          if (size > limit) throw new Problem("payload_too_large");
          sum.update(chunk);
          await handle.writeFile(chunk);
        }
        await handle.sync();
        return { file, size, sha256: sum.digest("hex") };
      } finally {
        await handle.close();
      }
    } catch (error) {
      await discard({ file });
      throw error;
    }
  });
}

/** The same for a file that `write` makes, under the name that it is given. */
export async function stage(write: (file: string) => Promise<void>): Promise<Staged> {
  return onDisk(async () => {
    const file = await nameIncoming();
    try {
      await write(file);
      await sync(file);
      const sum = createHash("sha256");
      let size = 0;
      for await (const chunk of createReadStream(file)) {
        sum.update(chunk);
        size += chunk.length;
      }
      return { file, size, sha256: sum.digest("hex") };
    } catch (error) {
      await discard({ file });
      throw error;
    }
  });
}

/**
 * Moves it to its place: the hash of the bytes, and a mark of its own, so that whoever deletes the same bytes meanwhile
 * deletes other ones. Once this resolves, it is there after a power cut, too.
 */
export async function settle({ file, sha256 }: Staged): Promise<string> {
  const place = `${sha256.slice(0, 2)}/${sha256.slice(2)}-${randomBytes(4).toString("hex")}`;
  const target = join(filesFolder(), place);
  return onDisk(async () => {
    const folder = await makeFolder(dirname(target));
    await rename(file, target);
    await sync(folder);
    return place;
  });
}

/** Removes what was staged and did not settle, if it is there. */
export async function discard({ file }: Pick<Staged, "file">): Promise<void> {
  await remove(file);
}

/** Removes the bytes at `place`. Where that fails, the sweeper tries again. */
export async function removeBytes(place: string): Promise<void> {
  await remove(join(filesFolder(), place));
}

/** The bytes at `place`, to be read and closed by the caller; null where they are lost. */
export async function openBytes(place: string): Promise<FileHandle | null> {
  try {
    return await onDisk(() => open(join(filesFolder(), place)));
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

async function remove(file: string): Promise<void> {
  try {
    await rm(file, { force: true });
  } catch (error) {
    log.error({ err: error }, "an uploaded file could not be removed; trying again in an hour");
  }
}

async function nameIncoming(): Promise<string> {
  return join(await makeFolder(join(filesFolder(), INCOMING)), randomUUID());
}

/** The folder, made where it is not there, with its name on the disk. */
async function makeFolder(folder: string): Promise<string> {
  const first = await mkdir(folder, { recursive: true });
  if (first !== undefined) {
    for (let made = folder; made.length >= first.length; made = dirname(made)) await sync(dirname(made));
  }
  return folder;
}

/** Brings a file, or the names in a folder, to the disk. */
async function sync(path: string): Promise<void> {
  const handle = await open(path).catch((error: unknown) => {
    // Windows opens no folders, and keeps their names by itself.
    if (process.platform === "win32") return null;
    throw error;
  });
  if (handle === null) return;
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
