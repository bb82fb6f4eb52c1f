import type { Statement } from "better-sqlite3";
import type { Posts as Port, PostHead, PostQuery } from "@/db/port/posts";
import { Aliases } from "@/db/sqlite/aliases";
import { Closing } from "@/db/sqlite/closing";
import type { Connection } from "@/db/sqlite/connection";
import { pageSql } from "@/db/sqlite/keyset";
import { toMatch } from "@/db/sqlite/match";
import { byName, idOf, toSought } from "@/db/sqlite/places";
import { PostChanges } from "@/db/sqlite/postChanges";
import { PostMerge } from "@/db/sqlite/postMerge";
import { POST_COLUMNS, type PostRow, toPost } from "@/db/sqlite/postRow";
import { PostTrash } from "@/db/sqlite/postTrash";

type HeadRow = Omit<PostHead, "listed" | "commentsOpen"> & { listed: number; comments_open: number };

export class Posts implements Port {
  readonly create: Port["create"];
  readonly change: Port["change"];
  readonly delete: Port["delete"];
  readonly undo: Port["undo"];
  readonly clear: Port["clear"];
  /** As `undo`, inside the caller's transaction and without an entry in the audit log. */
  readonly restore: PostTrash["restore"];
  readonly merge: Port["merge"];
  readonly aliases: Port["aliases"];
  readonly addAlias: Port["addAlias"];
  readonly removeAlias: Port["removeAlias"];
  readonly pagesUnder: Port["pagesUnder"];
  readonly remap: Port["remap"];
  readonly closeAged: Port["closeAged"];
  readonly #connection: Connection;
  readonly #find: ReturnType<typeof byName<PostRow>>;
  readonly #head: ReturnType<typeof byName<HeadRow>>;
  readonly #counts: Statement<[string], { id: number | null; comments: number | null }>;
  readonly #titles: Statement<[string], [id: number, title: string]>;
  readonly #lists = new Map<string, Statement<[object], PostRow>>();

  constructor(connection: Connection) {
    this.#connection = connection;
    const changes = new PostChanges(connection);
    const trash = new PostTrash(connection);
    const aliases = new Aliases(connection);
    this.create = changes.create;
    this.change = changes.change;
    this.delete = trash.delete;
    this.undo = trash.undo;
    this.clear = trash.clear;
    this.restore = (audit) => trash.restore(audit);
    this.merge = new PostMerge(connection).merge;
    this.aliases = aliases.aliases;
    this.addAlias = aliases.addAlias;
    this.removeAlias = aliases.removeAlias;
    this.pagesUnder = aliases.pagesUnder;
    this.remap = aliases.remap;
    this.closeAged = new Closing(connection).closeAged;
    this.#find = byName(connection.db, `SELECT ${POST_COLUMNS} FROM posts p`);
    this.#head = byName(
      connection.db,
      "SELECT p.id, p.slug, p.url, p.comments, p.comments_open, p.listed, p.version FROM posts p",
    );
    this.#titles = connection.db.prepare<[string], [id: number, title: string]>(TITLES).raw();
    const name = "(k.value ->> 1)";
    this.#counts = connection.db.prepare(`
      SELECT p.id, p.comments FROM json_each(?) k LEFT JOIN posts p ON p.gone IS NULL AND p.id = CASE k.value ->> 0
        WHEN 'id' THEN ${idOf.id(name)} WHEN 'slug' THEN ${idOf.slug(name)} WHEN 'page' THEN ${idOf.page(name)} END
      ORDER BY k.key`);
  }

  head: Port["head"] = (ref) =>
    this.#connection.readOne(() => {
      const [column, value] = toSought(ref);
      const row = this.#head[column].get({ value });
      if (!row) return null;
      const { comments_open, ...head } = row;
      return { ...head, commentsOpen: comments_open === 1, listed: row.listed === 1 };
    });

  find: Port["find"] = (ref) =>
    this.#connection.readOne(() => {
      const [column, value] = toSought(ref);
      const row = this.#find[column].get({ value });
      return row ? toPost(row) : null;
    });

  resolve: Port["resolve"] = (refs) =>
    this.#connection.readOne(() =>
      this.#counts
        .all(JSON.stringify(refs.map(toSought)))
        .map(({ id, comments }) => (id === null || comments === null ? null : { id, comments })),
    );

  counts: Port["counts"] = async (refs) => (await this.resolve(refs)).map((post) => post?.comments ?? 0);

  titles: Port["titles"] = (ids) =>
    this.#connection.readOne(() => new Map(this.#titles.all(JSON.stringify(ids))));

  list: Port["list"] = (query) =>
    this.#connection.readOne(() => {
      const rows = this.#list(query).all({
        author: query.author,
        category: query.category,
        match: query.q === undefined ? undefined : toMatch(query.q),
        value: query.after?.value,
        id: query.after?.id,
        limit: query.limit + 1,
      });
      return { rows: rows.slice(0, query.limit).map(toPost), more: rows.length > query.limit };
    });

  /** One statement for each combination of filters, prepared once. */
  #list(query: PostQuery): Statement<[object], PostRow> {
    const sql = postListSql(query);
    const statement = this.#lists.get(sql) ?? this.#connection.db.prepare<[object], PostRow>(sql);
    this.#lists.set(sql, statement);
    return statement;
  }
}

/** The statement of `Posts.titles`. */
export const TITLES = `
  SELECT p.id, p.title FROM json_each(?) k CROSS JOIN posts p ON p.id = k.value AND p.gone IS NULL`;

/** The statement of `Posts.list`. Found by `q`, posts come by id: ranking is search's. */
export function postListSql({ q, author, category, after }: PostQuery): string {
  const wanted = [
    "p.listed = 1",
    author !== undefined && "p.author_key = :author",
    category !== undefined && "p.category = :category",
  ].filter((clause) => typeof clause === "string");
  const where = wanted.join(" AND ");
  if (q !== undefined)
    return `SELECT ${POST_COLUMNS} FROM posts_fts f CROSS JOIN posts p ON p.id = f.rowid
      WHERE ${where} AND posts_fts MATCH :match ${after ? "AND f.rowid < :id" : ""}
      ORDER BY f.rowid DESC LIMIT :limit + 0`;
  return pageSql(
    { table: "p", column: "created_at", direction: "DESC" },
    after !== undefined,
    (end) => `SELECT ${POST_COLUMNS} FROM posts p WHERE ${where} ${end}`,
  );
}
