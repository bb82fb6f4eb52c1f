import type { Actor } from "@/db/port/audit";
import type { KeptFile } from "@/db/port/files";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { removeUnused } from "@/lib/files/erasure";
import { discard, removeBytes, requireSpace, type Staged, settle, stage } from "@/lib/files/folder";
import { toPath, toPaths } from "@/lib/files/names";
import { redraw } from "@/lib/files/pictures";
import { type FileType, isPicture, typeOf } from "@/lib/files/types";
import { Problem } from "@/lib/problems";
import type { FileAnswer } from "@/lib/schemas/files";
import { isModerator, toActor, type Who } from "@/lib/who";

/** A file that has come, and what its sender calls it. */
export interface Upload {
  staged: Staged;
  /** The name that it was sent under. */
  filename: string;
  /** The path that was asked for; null: any that is free. */
  path: string | null;
}

/** Throws 413 or 503 where as many bytes would find no room; better said before they come. */
export async function requireRoom(store: Store, bytes: number): Promise<void> {
  if ((await store.files.size()) + bytes > config().filesQuota) throw new Problem("file_quota_exceeded");
  await requireSpace(bytes);
}

/**
 * Keeps a file that has come. `created` is false where the same bytes have that name already. Throws `Problem`: a
 * type that is not taken, a damaged picture, a path that is taken, no room.
 */
export async function createFile(
  store: Store,
  who: Who,
  upload: Upload,
): Promise<{ file: KeptFile; created: boolean }> {
  const { filename, path } = upload;
  const { type, staged } = await prepare(upload.staged);
  const place = await settle(staged).finally(() => discard(staged));
  const { size, sha256 } = staged;
  const made = await store.files
    .create(
      {
        paths: path === null ? toPaths(filename, sha256) : [path],
        filename,
        type,
        size,
        sha256,
        place,
        user: who.user?.id ?? null,
        createdAt: new Date().toISOString(),
      },
      config().filesQuota,
    )
    .catch(async (error: unknown) => {
      await removeFailed(store, place, error);
      throw error;
    });
  if (made.refused !== null || made.file.place !== place) await removeBytes(place);
  if (made.refused !== null)
    throw new Problem(made.refused === "full" ? "file_quota_exceeded" : "file_path_taken");
  return made;
}

/** The file of that path. Throws 404. */
export async function requireFile(store: Store, parts: readonly string[]): Promise<KeptFile> {
  const path = toPath(parts);
  const file = path === null ? null : await store.files.find(path);
  if (file === null) throw new Problem("file_not_found");
  return file;
}

/** By which right `who` may delete the file: its own user's, or a moderator's, who is named in the audit log. Throws 403. */
export function requireFileRight(who: Who, file: KeptFile): Actor | null {
  if (who.user && who.user.id === file.user) return null;
  if (who.role === null || !isModerator(who)) throw new Problem("forbidden");
  return toActor({ role: who.role, user: who.user });
}

/** Deletes a file, and its bytes where no other file has them. Throws 404. */
export async function removeFile(store: Store, file: KeptFile, by: Actor | null): Promise<void> {
  const deleted = await store.files.delete(file.id, by, new Date().toISOString());
  if (deleted === false) throw new Problem("file_not_found");
  if (deleted.freed !== null) await removeBytes(deleted.freed);
}

/** A file as anybody may see it. */
export function toPublicFile(file: KeptFile, base: string): FileAnswer {
  const { path, filename, size, type, sha256 } = file;
  return { path: path.split("/"), fullPath: path, filename, size, type, sha256, url: base + addressOf(file) };
}

/** Where the file is, on this server. */
export function addressOf({ path }: Pick<KeptFile, "path">): string {
  return `/api/files/${path.split("/").map(encodeURIComponent).join("/")}`;
}

/** What the file is, and a form of it that is fit to be kept: pictures are drawn anew. */
async function prepare(came: Staged): Promise<{ type: FileType; staged: Staged }> {
  try {
    if (came.size === 0) throw new Problem("file_damaged", { error: "The file is empty" });
    const type = await typeOf(came.file);
    if (type === null) throw new Problem("file_type_not_allowed");
    if (!isPicture(type)) return { type, staged: came };
    const staged = await stage((to) => redraw(type, came.file, to));
    await discard(came);
    return { type, staged };
  } catch (error) {
    await discard(came);
    throw error;
  }
}

/** After a failed sync a restart may bring the row back: its bytes are left to the sweeper. */
async function removeFailed(store: Store, place: string, error: unknown): Promise<void> {
  if (error instanceof Error && error.message.includes("IOERR")) return;
  await removeUnused(store, [place]).catch(() => undefined);
}
