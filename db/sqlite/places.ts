import { randomBytes } from "node:crypto";
import type { Database, Statement } from "better-sqlite3";
import type { NewPage, PostRef } from "@/db/port/posts";
import type { Connection } from "@/db/sqlite/connection";
import { NEXT_VERSION } from "@/db/sqlite/version";

type Kind = "id" | "slug" | "page";

/** How a `PostRef` is written for SQL: what kind of name, and the name. */
export function toSought(ref: PostRef): [Kind, string | number] {
  if ("id" in ref) return ["id", ref.id];
  if ("slug" in ref) return ["slug", ref.slug];
  return ["page", ref.page];
}

/** SQL of the id of the post that the value of `name` names, by a name of its own, a former one or an alias. */
export const idOf: Record<Kind, (name: string) => string> = {
  id: (name) => `coalesce((SELECT post FROM former_ids WHERE id = ${name}), ${name})`,
  slug: (name) =>
    `coalesce((SELECT id FROM posts WHERE slug = ${name}), (SELECT post FROM former_slugs WHERE slug = ${name}))`,
  page: (name) =>
    `coalesce((SELECT id FROM posts WHERE page = ${name}), (SELECT post FROM aliases WHERE page = ${name}))`,
};

/** A statement for each kind of name: `select` is SQL up to the condition on `posts p`; binds `:value`. */
export function byName<Row>(db: Database, select: string) {
  const by = (kind: Kind) =>
    db.prepare<{ value: string | number }, Row>(
      `${select} WHERE p.id = ${idOf[kind](":value")} AND p.gone IS NULL`,
    );
  return { id: by("id"), slug: by("slug"), page: by("page") };
}

/** Slugs that would hide behind a path of the API: /api/comments/by-url. */
const RESERVED = new Set(["by-url"]);

interface PlaceRow {
  id: number;
  comments_open: number;
  closing: "open" | "closed" | "never";
  created_at: string;
}

/** What a comment needs to know of its post, names that are taken, and the making of posts; inside the caller's transaction. */
export class PostPlaces {
  readonly #find: Record<Kind, Statement<{ value: string | number }, PlaceRow>>;
  readonly #slugTaken: Statement<{ slug: string; except: number }, number>;
  readonly #pageTaken: Statement<{ page: string; except: number }, number>;
  readonly #create: Statement<[object]>;
  readonly #index: Statement<[number | bigint]>;
  readonly #counted: Statement<[]>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#find = byName(db, "SELECT p.id, p.comments_open, p.closing, p.created_at FROM posts p");
    this.#slugTaken = db
      .prepare<{ slug: string; except: number }, number>(`
        SELECT id FROM posts WHERE slug = :slug AND id <> :except
        UNION ALL SELECT post FROM former_slugs WHERE slug = :slug AND post <> :except`)
      .pluck();
    this.#pageTaken = db
      .prepare<{ page: string; except: number }, number>(`
        SELECT id FROM posts WHERE page = :page AND id <> :except
        UNION ALL SELECT post FROM aliases WHERE page = :page AND post <> :except`)
      .pluck();
    this.#create = db.prepare(`
      INSERT INTO posts (slug, page, url, title, content, html, author, author_key, user_id, category, comments_open, own, version,
        created_at, updated_at, import_key)
      VALUES (:slug, :page, :url, :title, :content, :html, :author, :authorKey, :user, :category, :commentsOpen, :own,
        CAST(unixepoch('subsec') * 1000 AS INTEGER), :createdAt, :createdAt, :importKey)`);
    this.#index = db.prepare(
      "INSERT INTO posts_fts (rowid, title, content) SELECT id, title, content FROM posts WHERE id = ?",
    );
    this.#counted = db.prepare(`UPDATE site SET posts = posts + 1, version = ${NEXT_VERSION}`);
  }

  /** `closedUntil`: posts of that age or older are closed, but for those that somebody opened again. */
  find(ref: PostRef | NewPage, closedUntil: string | null = null): { id: number; open: boolean } | null {
    const [kind, value] = toSought("page" in ref ? { page: ref.page } : ref);
    const row = this.#find[kind].get({ value });
    if (!row) return null;
    const aged = closedUntil !== null && row.closing === "open" && row.created_at <= closedUntil;
    return { id: row.id, open: row.comments_open === 1 && !aged };
  }

  /** Whether a post other than `except` has the slug, or had it. */
  isSlugTaken(slug: string, except = 0): boolean {
    return RESERVED.has(slug) || this.#slugTaken.get({ slug, except }) !== undefined;
  }

  /** The post other than `except` that the page leads to. */
  findTaker(page: string, except = 0): number | undefined {
    return this.#pageTaken.get({ page, except });
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
    for (let n = 2; this.isSlugTaken(slug); n++) {
      // Many pages are called index: after a few numbers, chance is faster than counting on.
      slug = `${post.slug}-${n < 10 ? n : randomBytes(4).toString("hex")}`;
    }
    const { lastInsertRowid } = this.#create.run({
      content: null,
      html: null,
      author: null,
      authorKey: null,
      user: null,
      category: null,
      importKey: null,
      ...post,
      commentsOpen: Number(post.commentsOpen ?? true),
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
  user: number | null;
  category: string | null;
  commentsOpen: boolean;
  importKey: string | null;
}
