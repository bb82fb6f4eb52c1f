import { randomBytes } from "node:crypto";
import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import { toMatch } from "@/db/sqlite/match";
import { NEXT_VERSION } from "@/db/sqlite/version";
import type { NewPage, Post, PostHead, PostQuery, PostRef, Store } from "@/db/store";

type HeadRow = Omit<PostHead, "listed"> & { listed: number };

interface PostRow {
  id: number;
  slug: string;
  url: string | null;
  title: string;
  content: string | null;
  html: string | null;
  author: string | null;
  user_id: number | null;
  category: string | null;
  comments_open: number;
  comments: number;
  listed: number;
  version: number;
  created_at: string;
  updated_at: string;
}

const COLUMNS =
  "p.id, p.slug, p.url, p.title, p.content, p.html, p.author, p.user_id, p.category, p.comments_open, p.comments, p.listed, p.version, p.created_at, p.updated_at";

/** How a `PostRef` is written for SQL: which column, and the value sought. */
function toSought(ref: PostRef): ["id" | "slug" | "page", string | number] {
  if ("id" in ref) return ["id", ref.id];
  if ("slug" in ref) return ["slug", ref.slug];
  return ["page", ref.page];
}

export class Posts {
  readonly #connection: Connection;
  readonly #find: Record<"id" | "slug" | "page", Statement<[string | number], PostRow>>;
  readonly #head: Record<"id" | "slug" | "page", Statement<[string | number], HeadRow>>;
  readonly #counts: Statement<[string], { id: number | null; comments: number | null }>;
  readonly #lists = new Map<string, Statement<[object], PostRow>>();

  constructor(connection: Connection) {
    this.#connection = connection;
    const by = (column: string) =>
      connection.db.prepare<[string | number], PostRow>(
        `SELECT ${COLUMNS} FROM posts p WHERE p.${column} = ?`,
      );
    this.#find = { id: by("id"), slug: by("slug"), page: by("page") };
    const headBy = (column: string) =>
      connection.db.prepare<[string | number], HeadRow>(
        `SELECT id, slug, url, comments, listed, version FROM posts WHERE ${column} = ?`,
      );
    this.#head = { id: headBy("id"), slug: headBy("slug"), page: headBy("page") };
    this.#counts = connection.db.prepare(`
      SELECT p.id, p.comments FROM json_each(?) k LEFT JOIN posts p ON p.id = CASE k.value ->> 0
        WHEN 'id' THEN k.value ->> 1
        WHEN 'slug' THEN (SELECT id FROM posts WHERE slug = k.value ->> 1)
        WHEN 'page' THEN (SELECT id FROM posts WHERE page = k.value ->> 1) END
      ORDER BY k.key`);
  }

  head: Store["posts"]["head"] = (ref) =>
    this.#connection.readOne(() => {
      const [column, value] = toSought(ref);
      const row = this.#head[column].get(value);
      return row ? { ...row, listed: row.listed === 1 } : null;
    });

  find: Store["posts"]["find"] = (ref) =>
    this.#connection.readOne(() => {
      const [column, value] = toSought(ref);
      const row = this.#find[column].get(value);
      return row ? toPost(row) : null;
    });

  resolve: Store["posts"]["resolve"] = (refs) =>
    this.#connection.readOne(() =>
      this.#counts
        .all(JSON.stringify(refs.map(toSought)))
        .map(({ id, comments }) => (id === null || comments === null ? null : { id, comments })),
    );

  counts: Store["posts"]["counts"] = async (refs) =>
    (await this.resolve(refs)).map((post) => post?.comments ?? 0);

  list: Store["posts"]["list"] = (query) =>
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

/** The statement of `Store.posts.list`. Found by `q`, posts come by id: ranking is search's. */
export function postListSql(query: PostQuery): string {
  const found = query.q !== undefined;
  const where = [
    "p.listed = 1",
    query.author !== undefined && "p.author_key = :author",
    query.category !== undefined && "p.category = :category",
    found && "posts_fts MATCH :match",
    query.after && (found ? "f.rowid < :id" : "(p.created_at, p.id) < (:value, :id)"),
  ].filter((clause) => typeof clause === "string");
  return `
    SELECT ${COLUMNS} FROM ${found ? "posts_fts f CROSS JOIN posts p ON p.id = f.rowid" : "posts p"}
    WHERE ${where.join(" AND ")}
    ORDER BY ${found ? "f.rowid DESC" : "p.created_at DESC, p.id DESC"} LIMIT :limit`;
}

function toPost(row: PostRow): Post {
  const { user_id, comments_open, listed, created_at, updated_at, ...rest } = row;
  return {
    ...rest,
    user: user_id,
    commentsOpen: comments_open === 1,
    listed: listed === 1,
    createdAt: created_at,
    updatedAt: updated_at,
  };
}

/** What a comment needs to know of its post, and the making of one for a page; inside the caller's transaction. */
export class PostPlaces {
  readonly #find: Record<
    "id" | "slug" | "page",
    Statement<[string | number], { id: number; comments_open: number }>
  >;
  readonly #slugTaken: Statement<[string], number>;
  readonly #create: Statement<[object]>;
  readonly #index: Statement<[number | bigint]>;
  readonly #counted: Statement<[]>;

  constructor({ db }: Connection) {
    const by = (column: string) =>
      db.prepare<[string | number], { id: number; comments_open: number }>(
        `SELECT id, comments_open FROM posts WHERE ${column} = ?`,
      );
    this.#find = { id: by("id"), slug: by("slug"), page: by("page") };
    this.#slugTaken = db.prepare<[string], number>("SELECT 1 FROM posts WHERE slug = ?").pluck();
    this.#create = db.prepare(`
      INSERT INTO posts (slug, page, url, title, content, html, author, author_key, category, own, version, created_at, updated_at, import_key)
      VALUES (:slug, :page, :url, :title, :content, :html, :author, :authorKey, :category, :own, CAST(unixepoch('subsec') * 1000 AS INTEGER),
        :createdAt, :createdAt, :importKey)`);
    this.#index = db.prepare(
      "INSERT INTO posts_fts (rowid, title, content) SELECT id, title, content FROM posts WHERE id = ?",
    );
    this.#counted = db.prepare(`UPDATE site SET posts = posts + 1, version = ${NEXT_VERSION}`);
  }

  find(ref: PostRef | NewPage): { id: number; open: boolean } | null {
    const [column, value] = toSought("page" in ref ? { page: ref.page } : ref);
    const row = this.#find[column].get(value);
    return row ? { id: row.id, open: row.comments_open === 1 } : null;
  }

  /**
   * Makes the post with a free slug near the one wanted, and returns its id. `own`: it stands by itself; else it was
   * made on the way by a comment on its page, and is listed and counted once one of its comments is approved.
   */
  create(
    own: boolean,
    post: Omit<NewPage, "page" | "url"> & { page: string | null; url: string | null } & Partial<PostDetails>,
    createdAt: string,
  ): number {
    let slug = post.slug;
    for (let n = 2; this.#slugTaken.get(slug) !== undefined; n++) {
      // Many pages are called index: after a few numbers, chance is faster than counting on.
      slug = `${post.slug}-${n < 10 ? n : randomBytes(4).toString("hex")}`;
    }
    const { lastInsertRowid } = this.#create.run({
      content: null,
      html: null,
      author: null,
      authorKey: null,
      category: null,
      importKey: null,
      ...post,
      own: Number(own),
      slug,
      createdAt,
    });
    this.#index.run(lastInsertRowid);
    if (own) this.#counted.run();
    return Number(lastInsertRowid);
  }
}

interface PostDetails {
  content: string | null;
  html: string | null;
  author: string | null;
  authorKey: string | null;
  category: string | null;
  importKey: string | null;
}
