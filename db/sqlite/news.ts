import type { Database, Statement } from "better-sqlite3";
import { Unavailable } from "@/db/errors";
import type { PostRef } from "@/db/port/posts";
import { toFault } from "@/db/sqlite/connection";
import { byName, toSought } from "@/db/sqlite/places";
import { WalIndex } from "@/db/sqlite/walIndex";
import type { PostVersion } from "@/db/store";

/**
 * Reads versions at once, on a connection that does nothing else: each read is a snapshot of its own, so it sees
 * whatever was committed before it, by whatever process. The site's is read anew only where something was committed. It
 * never waits: a file that is locked against readers is `Unavailable` at once.
 */
export class News {
  readonly #db: Database;
  readonly #site: Statement<[], number>;
  readonly #post: ReturnType<typeof byName<PostVersion>>;
  #walIndex: WalIndex | null | undefined;
  #version: number | undefined;

  constructor(db: Database) {
    this.#db = db;
    this.#site = db.prepare<[], number>("SELECT version FROM site").pluck();
    this.#post = byName(db, "SELECT p.id, p.version FROM posts p");
  }

  ofSite = (): number => {
    // Opened only for whoever asks, since it stays open.
    if (this.#walIndex === undefined) this.#walIndex = WalIndex.open(this.#db.name);
    if (this.#walIndex === null || this.#walIndex.hasMoved()) this.#version = undefined;
    this.#version ??= read(() => this.#site.get());
    if (this.#version === undefined) throw new Unavailable("The database has lost its site row");
    return this.#version;
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
