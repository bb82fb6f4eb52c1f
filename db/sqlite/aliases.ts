import type { Statement } from "better-sqlite3";
import type { Actor } from "@/db/port/audit";
import type { Alias, KnownPage, PageCollision, PageMove, Posts } from "@/db/port/posts";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import { PostPlaces } from "@/db/sqlite/places";
import { NEXT_VERSION } from "@/db/sqlite/version";

/** Thrown through the transaction to undo it; never leaves this file. */
class Undo extends Error {
  constructor(readonly outcome: PageCollision[] | null) {
    super("undone");
  }
}

/** The pages that lead to posts: aliases, and moving many at once. */
export class Aliases {
  readonly #connection: Connection;
  readonly #places: PostPlaces;
  readonly #audit: Audit;
  readonly #list: Statement<[number], Alias>;
  readonly #add: Statement<[string, number, string, string]>;
  readonly #remove: Statement<[string, number], { url: string }>;
  readonly #bumpSite: Statement<[]>;
  readonly #isThere: Statement<[number], number>;
  readonly #under: Statement<object, Omit<KnownPage, "alias"> & { alias: number }>;
  readonly #holder: Record<"page" | "alias", Statement<[string], number>>;
  readonly #setPage: Statement<object>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#places = new PostPlaces(connection);
    this.#audit = new Audit(connection);
    this.#list = db.prepare(
      "SELECT page, url, created_at AS createdAt FROM aliases WHERE post = ? ORDER BY page",
    );
    this.#add = db.prepare("INSERT INTO aliases (page, post, url, created_at) VALUES (?, ?, ?, ?)");
    this.#remove = db.prepare("DELETE FROM aliases WHERE page = ? AND post = ? RETURNING url");
    this.#bumpSite = db.prepare(`UPDATE site SET version = ${NEXT_VERSION}`);
    this.#isThere = db.prepare<[number], number>("SELECT 1 FROM posts WHERE id = ? AND gone IS NULL").pluck();
    this.#under = db.prepare(pagesUnderSql());
    const holder = (sql: string) => db.prepare<[string], number>(sql).pluck();
    this.#holder = {
      page: holder("SELECT id FROM posts WHERE page = ?"),
      alias: holder("SELECT post FROM aliases WHERE page = ?"),
    };
    this.#setPage = db.prepare(`
      UPDATE posts SET page = :page, url = :url, updated_at = max(:at, created_at), version = ${NEXT_VERSION} WHERE id = :id`);
  }

  aliases: Posts["aliases"] = (post) => this.#connection.readOne(() => this.#list.all(post));

  addAlias: Posts["addAlias"] = (post, { page, url }, by, at) =>
    this.#connection.write(() => {
      if (this.#isThere.get(post) === undefined) return { refused: "absent" };
      if (this.#places.findTaker(page, post) !== undefined) return { refused: "page_taken" };
      if (this.#places.findTaker(page) !== undefined) return { refused: null, isNew: false };
      this.#add.run(page, post, url, at);
      // What counts by page say has changed.
      this.#bumpSite.run();
      this.#audit.recordPost("post.alias", post, by, at, null, { alias: url });
      return { refused: null, isNew: true };
    });

  removeAlias: Posts["removeAlias"] = (post, page, by, at) =>
    this.#connection.write(() => {
      const removed = this.#remove.get(page, post);
      if (!removed) return false;
      this.#bumpSite.run();
      this.#audit.recordPost("post.alias", post, by, at, { alias: removed.url }, null);
      return true;
    });

  pagesUnder: Posts["pagesUnder"] = (key, limit) =>
    this.#connection.readOne(() =>
      this.#under.all({ key, limit }).map(({ alias, ...page }) => ({ ...page, alias: alias === 1 })),
    );

  remap: Posts["remap"] = async (moves, dryRun, by, at) => {
    try {
      return await this.#connection.write(() => {
        const collisions = moves.flatMap((move) => this.#move(move, by, at) ?? []);
        if (dryRun) throw new Undo(collisions);
        if (collisions.length < moves.length) this.#bumpSite.run();
        return collisions;
      });
    } catch (error) {
      if (error instanceof Undo) return error.outcome;
      throw error;
    }
  };

  #move(move: PageMove, by: Actor, at: string): PageCollision | null {
    const { from, to } = move;
    const { post } = from;
    if (this.#holder[from.alias ? "alias" : "page"].get(from.page) !== post) throw new Undo(null);
    const takenBy = this.#places.findTaker(to.page, post);
    if (takenBy !== undefined) return { ...move, takenBy };
    if (from.alias) {
      if (this.#places.findTaker(to.page) === undefined) this.#add.run(to.page, post, to.url, at);
      this.#audit.recordPost("post.remap", post, by, at, { alias: from.url }, { alias: to.url });
    } else {
      this.#remove.get(to.page, post);
      this.#setPage.run({ ...to, id: post, at });
      this.#add.run(from.page, post, from.url, at);
      this.#audit.recordPost("post.remap", post, by, at, { url: from.url }, { url: to.url });
    }
    return null;
  }
}

/** The statement of `Posts.pagesUnder`. The character after `/` is `0`, that after `?` is `@`. */
export function pagesUnderSql(): string {
  const part = (select: string, table: string) =>
    [
      "page = :key",
      "page >= :key || '/' AND page < :key || '0'",
      "page >= :key || '?' AND page < :key || '@'",
    ]
      .map((where) => `SELECT ${select} FROM ${table} WHERE ${where}`)
      .join(" UNION ALL ");
  return `SELECT * FROM (${part("id AS post, page, url, 0 AS alias", "posts")}
    UNION ALL ${part("post, page, url, 1 AS alias", "aliases")}) ORDER BY page LIMIT :limit + 0`;
}
