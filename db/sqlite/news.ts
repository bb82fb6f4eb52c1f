import type { Database, Statement } from "better-sqlite3";
import { Unavailable } from "@/db/errors";
import type { PostRef } from "@/db/port/posts";
import { toFault } from "@/db/sqlite/connection";
import { byName, toSought } from "@/db/sqlite/places";
import type { PostVersion } from "@/db/store";

/**
 * Reads versions at once, on a connection that does nothing else: each read is a snapshot of its own, so it sees
 * whatever was committed before it, by whatever process. A read takes under 2 µs, most of it for the lock that opens
 * the snapshot; asking `PRAGMA data_version` first would take as long where nothing was committed, and longer where
 * something was. It never waits: a file that is locked against readers is `Unavailable` at once.
 */
export class News {
  readonly #site: Statement<[], number>;
  readonly #post: ReturnType<typeof byName<PostVersion>>;

  constructor(db: Database) {
    this.#site = db.prepare<[], number>("SELECT version FROM site").pluck();
    this.#post = byName(db, "SELECT p.id, p.version FROM posts p");
  }

  ofSite = (): number => {
    const version = read(() => this.#site.get());
    if (version === undefined) throw new Unavailable("The database has lost its site row");
    return version;
  };

  ofPost = (ref: PostRef): PostVersion | null => {
    const [kind, value] = toSought(ref);
    return read(() => this.#post[kind].get({ value })) ?? null;
  };
}

function read<T>(statement: () => T): T {
  try {
    return statement();
  } catch (error) {
    throw toFault(error);
  }
}
