import type { Statement } from "better-sqlite3";
import type { Actor } from "@/db/port/audit";
import type { FileCreated, FileNames, KeptFile, NewFile } from "@/db/port/files";
import type { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import { NEXT_VERSION } from "@/db/sqlite/version";

const COLUMNS =
  "f.id, f.path, f.filename, b.type, b.size, f.sha256, b.place, f.user_id AS user, f.created_at AS createdAt";
const FILES = `SELECT ${COLUMNS} FROM files f JOIN blobs b ON b.sha256 = f.sha256`;

/** A user's files by id; `:after` is null for the first page. */
export const FILE_LIST = `${FILES} WHERE f.user_id = :user AND f.id > ifnull(:after, 0) ORDER BY f.id LIMIT :limit + 0`;

/** Uploaded files and which bytes each has; the bytes themselves are not in the database. */
export class Files implements FileNames {
  readonly #connection: Connection;
  readonly #audit: Audit;
  readonly #find: Statement<[string], KeptFile>;
  readonly #findById: Statement<[number], KeptFile>;
  readonly #list: Statement<{ user: number; after: number | null; limit: number }, KeptFile>;
  readonly #used: Statement<[string], string>;
  readonly #size: Statement<[], number>;
  readonly #grow: Statement<[number]>;
  readonly #addBlob: Statement<NewFile>;
  readonly #addFile: Statement<{
    path: string;
    filename: string;
    sha256: string;
    user: number | null;
    at: string;
  }>;
  readonly #take: Statement<[string]>;
  readonly #removeFile: Statement<[number]>;
  readonly #release: Statement<[string]>;
  readonly #removeBlob: Statement<[string], { place: string; size: number }>;
  readonly #bumpSite: Statement<[]>;

  constructor(connection: Connection, audit: Audit) {
    this.#connection = connection;
    this.#audit = audit;
    const { db } = connection;
    this.#find = db.prepare(`${FILES} WHERE f.path = ?`);
    this.#findById = db.prepare(`${FILES} WHERE f.id = ?`);
    this.#list = db.prepare(FILE_LIST);
    this.#used = db
      .prepare<[string], string>("SELECT place FROM blobs WHERE place IN (SELECT value FROM json_each(?))")
      .pluck();
    this.#size = db.prepare<[], number>("SELECT file_bytes FROM site").pluck();
    this.#grow = db.prepare("UPDATE site SET file_bytes = file_bytes + ?");
    this.#addBlob = db.prepare(`
      INSERT INTO blobs (sha256, place, type, size) VALUES (:sha256, :place, :type, :size)
      ON CONFLICT (sha256) DO NOTHING`);
    this.#addFile = db.prepare(`
      INSERT INTO files (path, filename, sha256, user_id, created_at)
      VALUES (:path, :filename, :sha256, :user, :at)`);
    this.#take = db.prepare("UPDATE blobs SET files = files + 1 WHERE sha256 = ?");
    this.#removeFile = db
      .prepare<[number], string>("DELETE FROM files WHERE id = ? RETURNING sha256")
      .pluck();
    this.#release = db.prepare("UPDATE blobs SET files = files - 1 WHERE sha256 = ?");
    this.#removeBlob = db.prepare("DELETE FROM blobs WHERE sha256 = ? AND files = 0 RETURNING place, size");
    this.#bumpSite = db.prepare(`UPDATE site SET version = ${NEXT_VERSION}`);
  }

  find: FileNames["find"] = (path) => this.#connection.readOne(() => this.#find.get(path) ?? null);

  create: FileNames["create"] = (draft, quota) =>
    this.#connection.write((): FileCreated => {
      for (const path of draft.paths) {
        const there = this.#find.get(path);
        if (there === undefined) return this.#add(path, draft, quota);
        if (there.sha256 === draft.sha256) return { refused: null, file: there, created: false };
      }
      return { refused: "taken" };
    });

  delete: FileNames["delete"] = (id, by, at) =>
    this.#connection.write(() => {
      const file = this.#findById.get(id);
      if (file === undefined) return false;
      const freed = this.#remove(file);
      this.#bumpSite.run();
      if (by) this.#record(file, by, at);
      return { freed };
    });

  /** Deletes up to `most` files of a user, inside the caller's transaction, and returns how many they were. */
  removeSome(user: number, most: number): number {
    const files = this.#list.all({ user, after: null, limit: most });
    for (const file of files) this.#remove(file);
    if (files.length > 0) this.#bumpSite.run();
    return files.length;
  }

  list: FileNames["list"] = (user, after, limit) =>
    this.#connection.readOne(() => {
      const rows = this.#list.all({ user, after, limit: limit + 1 });
      return { rows: rows.slice(0, limit), more: rows.length > limit };
    });

  size = () => this.#connection.readOne(() => this.#size.get() ?? 0);

  used: FileNames["used"] = (places) =>
    this.#connection.readOne(() => this.#used.all(JSON.stringify(places)));

  /** The place of its bytes where no other file has them. */
  #remove({ id, sha256 }: KeptFile): string | null {
    this.#removeFile.run(id);
    this.#release.run(sha256);
    const blob = this.#removeBlob.get(sha256);
    if (blob) this.#grow.run(-blob.size);
    return blob?.place ?? null;
  }

  /** Which file it was, for the log; the bytes can't be brought back. */
  #record(file: KeptFile, by: Actor, at: string): void {
    const { path, filename, type, size, sha256, user } = file;
    const before = { path, filename, type, size, sha256, user };
    const rest = { subject: file.id, after: null, note: null, undoes: null };
    this.#audit.record({ at, by, action: "file.delete", type: "file", before, ...rest });
  }

  #add(path: string, draft: NewFile, quota: number): FileCreated {
    const { filename, sha256, user, createdAt } = draft;
    if (this.#addBlob.run(draft).changes > 0) {
      if ((this.#size.get() ?? 0) + draft.size > quota) {
        this.#removeBlob.get(sha256);
        return { refused: "full" };
      }
      this.#grow.run(draft.size);
    }
    this.#addFile.run({ path, filename, sha256, user, at: createdAt });
    this.#take.run(sha256);
    this.#bumpSite.run();
    const file = this.#find.get(path);
    if (!file) throw new Error(`The file ${path} is not there after it was made`);
    return { refused: null, file, created: true };
  }
}
