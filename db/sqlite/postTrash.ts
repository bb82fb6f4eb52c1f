import type { Statement } from "better-sqlite3";
import type { PostDeleted, PostRestored, Posts } from "@/db/port/posts";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import { Herald } from "@/db/sqlite/herald";
import { PostPlaces } from "@/db/sqlite/places";
import { POST_COLUMNS, type PostRow, toMembers, toPost } from "@/db/sqlite/postRow";
import { Shelf } from "@/db/sqlite/shelf";
import { NEXT_VERSION } from "@/db/sqlite/version";
import { Visibility } from "@/db/sqlite/visibility";

/** How many comments are moved in one transaction: each costs a fraction of a millisecond, and nobody else gets a turn. */
const PIECE = 100;

interface Names {
  post: number;
  slug: string;
  page: string | null;
}

/**
 * Deletes posts with all that hangs on them, and brings them back. The deletion itself marks the post as gone and
 * makes its names free; its comments then go to the shelf piece by piece, the last first, so that none goes before its replies.
 */
export class PostTrash {
  readonly #connection: Connection;
  readonly #places: PostPlaces;
  readonly #audit: Audit;
  readonly #herald: Herald;
  readonly #shelf: Shelf;
  readonly #visibility: Visibility;
  readonly #find: Statement<[number], PostRow>;
  readonly #addDeletion: Statement<[number, number, string]>;
  readonly #dropNames: Statement<[number]>[];
  readonly #setGone: Statement<{ audit: number; id: number }>;
  readonly #count: Statement<{ comments: number; posts: number }>;
  readonly #going: Statement<[], { id: number; gone: number }>;
  readonly #last: Statement<{ post: number; limit: number }, number>;
  readonly #dropComments: Statement<[string]>;
  readonly #unindexPost: Statement<[number]>;
  readonly #dropPost: Statement<[number]>;
  readonly #kept: Statement<[number], Names>;
  readonly #keptPages: Statement<[number], string>;
  readonly #keptSlugs: Statement<[number], string>;
  readonly #still: Statement<[number], { comments: number; listed: number }>;
  readonly #indexPost: Statement<[number]>;
  readonly #erased: Statement<[number], { id: number; parent: number | null }>;
  readonly #hide: Statement<[number]>;
  readonly #settle: Statement<[number], { comments: number; listed: number }>;
  readonly #dropDeletion: Statement<[number]>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#places = new PostPlaces(connection);
    this.#audit = new Audit(connection);
    this.#herald = new Herald(connection);
    this.#shelf = new Shelf(connection);
    this.#visibility = new Visibility(connection);
    this.#find = db.prepare(`SELECT ${POST_COLUMNS} FROM posts p WHERE p.id = ? AND p.gone IS NULL`);
    this.#addDeletion = db.prepare("INSERT INTO deletions (audit_id, post, deleted_at) VALUES (?, ?, ?)");
    this.#dropNames = ["aliases", "former_slugs", "former_ids"].map((table) =>
      db.prepare<[number]>(`DELETE FROM ${table} WHERE post = ?`),
    );
    // No slug has a space.
    this.#setGone = db.prepare(`
      UPDATE posts SET gone = :audit, slug = concat('gone ', id), page = NULL, url = NULL, own = 0, comments = 0 WHERE id = :id`);
    this.#count = db.prepare(
      `UPDATE site SET comments = comments + :comments, posts = posts + :posts, version = ${NEXT_VERSION}`,
    );
    this.#going = db.prepare("SELECT id, gone FROM posts WHERE gone IS NOT NULL ORDER BY gone LIMIT 1");
    this.#last = db.prepare<{ post: number; limit: number }, number>(lastSql()).pluck();
    const these = "(SELECT value FROM json_each(?))";
    this.#dropComments = db.prepare(`DELETE FROM comments WHERE id IN ${these}`);
    this.#unindexPost = db.prepare(
      "INSERT INTO posts_fts (posts_fts, rowid, title, content) SELECT 'delete', id, title, content FROM posts WHERE id = ?",
    );
    this.#dropPost = db.prepare("DELETE FROM posts WHERE id = ?");
    this.#kept = db.prepare(`
      SELECT row ->> 'id' AS post, row ->> 'slug' AS slug, row ->> 'page' AS page
      FROM trashed_rows WHERE audit_id = ? AND kind = 'posts'`);
    const names = (kind: string, member: string) =>
      db
        .prepare<[number], string>(
          `SELECT row ->> '${member}' FROM trashed_rows WHERE audit_id = ? AND kind = '${kind}'`,
        )
        .pluck();
    this.#keptPages = names("aliases", "page");
    this.#keptSlugs = names("former_slugs", "slug");
    this.#still = db.prepare("SELECT comments, listed FROM posts WHERE id = ?");
    this.#indexPost = db.prepare(
      "INSERT INTO posts_fts (rowid, title, content) SELECT id, title, content FROM posts WHERE id = ?",
    );
    this.#erased = db.prepare(
      "SELECT id, parent FROM comments WHERE post = ? AND status = 'deleted' AND visible = 1 AND replies = 0",
    );
    this.#hide = db.prepare("UPDATE comments SET visible = 0 WHERE id = ?");
    this.#settle = db.prepare(`
      UPDATE posts SET version = ${NEXT_VERSION},
        comments = (SELECT count(*) FROM comments c WHERE c.post = posts.id AND c.status = 'approved')
      WHERE id = ? RETURNING comments, listed`);
    this.#dropDeletion = db.prepare("DELETE FROM deletions WHERE audit_id = ?");
  }

  delete: Posts["delete"] = (...asked) => this.#connection.write(() => this.remove(...asked));

  /** As `delete`, inside the caller's transaction. */
  remove(...[id, by, at, version]: Parameters<Posts["delete"]>): PostDeleted {
    const row = this.#find.get(id);
    if (!row) return { refused: "absent" };
    if (version !== null && version !== row.version) return { refused: "stale" };
    const post = toPost(row);
    const audit = this.#audit.record({
      at,
      by,
      action: "post.delete",
      type: "post",
      subject: id,
      before: toMembers(post),
      after: null,
      note: null,
      undoes: null,
    });
    this.#addDeletion.run(audit, id, at);
    this.#shelf.keep("posts", audit, [id]);
    for (const drop of this.#dropNames) drop.run(id);
    this.#setGone.run({ audit, id });
    this.#count.run({ comments: -row.comments, posts: -row.listed });
    this.#clearPiece(id, audit);
    const { slug, url, title } = post;
    if (post.listed) this.#herald.tell("post.deleted", { post: id, at, detail: { slug, url, title } });
    this.#herald.tellThread(id);
    return { refused: null, post, audit };
  }

  clear: Posts["clear"] = async () => {
    if (!(await this.#connection.readOne(() => this.#going.get()))) return false;
    return this.#connection.write(() => {
      const next = this.#going.get();
      if (next) this.#clearPiece(next.id, next.gone);
      // Search ranks by how often words are in all texts, so each piece that leaves its index is news.
      this.#visibility.bumpSite();
      return this.#going.get() !== undefined;
    });
  };

  undo: Posts["undo"] = (audit, by, at) =>
    this.#connection.write((): PostRestored => {
      const restored = this.restore(audit);
      if (restored.refused !== null) return restored;
      const { post } = restored;
      const rest = { type: "post", subject: post, before: null, after: null, note: null } as const;
      this.#audit.record({ at, by, action: "post.restore", undoes: audit, ...rest });
      return restored;
    });

  /** Brings back what the deletion in that entry of the audit log took. Inside the caller's transaction. */
  restore(audit: number): PostRestored {
    const kept = this.#kept.get(audit);
    if (!kept) return { refused: "not_restorable" };
    const { post } = kept;
    const slugs = [kept.slug, ...this.#keptSlugs.all(audit)];
    if (slugs.some((slug) => this.#places.isSlugTaken(slug, post))) return { refused: "slug_taken" };
    const pages = [...(kept.page === null ? [] : [kept.page]), ...this.#keptPages.all(audit)];
    if (pages.some((page) => this.#places.findTaker(page, post) !== undefined))
      return { refused: "page_taken" };
    const still = this.#still.get(post);
    this.#shelf.put(audit);
    if (!still) this.#indexPost.run(post);
    this.#hideErased(post);
    const now = this.#settle.get(post);
    if (!now) throw new Error(`Post ${post} did not come back`);
    const { comments = 0, listed = 0 } = still ?? {};
    this.#count.run({ comments: now.comments - comments, posts: now.listed - listed });
    this.#dropDeletion.run(audit);
    this.#herald.tell("post.restored", { post });
    this.#herald.tellThread(post);
    return { refused: null, post };
  }

  /** What its author erased in the meantime comes back as a tombstone, where it has visible replies. */
  #hideErased(post: number): void {
    for (const { id, parent } of this.#erased.all(post)) {
      this.#hide.run(id);
      this.#visibility.tellParents(parent, -1);
    }
  }

  /** Moves the last comments of a post that is gone to the shelf, and the post itself once it has none. */
  #clearPiece(id: number, audit: number): void {
    const last = this.#last.all({ post: id, limit: PIECE });
    const ids = JSON.stringify(last);
    this.#shelf.keep("comments", audit, last);
    this.#dropComments.run(ids);
    if (last.length === PIECE) return;
    this.#unindexPost.run(id);
    this.#dropPost.run(id);
  }
}

/** The statement that finds the last comments of a post, off the index that has every status apart. */
export function lastSql(): string {
  const part = (status: string) => `
    SELECT * FROM (SELECT id, created_at FROM comments WHERE post = :post AND status = '${status}'
      ORDER BY created_at DESC, id DESC LIMIT :limit + 0)`;
  return `SELECT id FROM (${["approved", "pending", "spam", "deleted"].map(part).join(" UNION ALL ")})
    ORDER BY created_at DESC, id DESC LIMIT :limit + 0`;
}
