import type { Statement } from "better-sqlite3";
import type { Post, PostChange, PostChanged, PostCreated, Posts } from "@/db/port/posts";
import { Answers } from "@/db/sqlite/answers";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import { Herald } from "@/db/sqlite/herald";
import { PostPlaces } from "@/db/sqlite/places";
import { POST_COLUMNS, type PostRow, toMembers, toPost } from "@/db/sqlite/postRow";
import { NEXT_VERSION } from "@/db/sqlite/version";

type Detailed = PostRow & { page: string | null; author_key: string | null; closing: string };

/** Posts made and changed by people, each with its entry in the audit log. */
export class PostChanges {
  readonly #connection: Connection;
  readonly #places: PostPlaces;
  readonly #answers: Answers;
  readonly #audit: Audit;
  readonly #herald: Herald;
  readonly #find: Statement<[number], Detailed>;
  readonly #set: Statement<object>;
  readonly #unindex: Statement<[number, string, string | null]>;
  readonly #index: Statement<[number, string, string | null]>;
  readonly #keepSlug: Statement<[string, number]>;
  readonly #dropFormerSlug: Statement<[string]>;
  readonly #dropAlias: Statement<[string]>;
  readonly #bumpSite: Statement<[]>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#places = new PostPlaces(connection);
    this.#answers = new Answers(connection);
    this.#audit = new Audit(connection);
    this.#herald = new Herald(connection);
    this.#find = db.prepare(
      `SELECT ${POST_COLUMNS}, p.page, p.author_key, p.closing FROM posts p WHERE p.id = ? AND p.gone IS NULL`,
    );
    this.#set = db.prepare(`
      UPDATE posts SET title = :title, slug = :slug, page = :page, url = :url, content = :content, html = :html, author = :author,
        author_key = :author_key, category = :category, comments_open = :comments_open, closing = :closing,
        updated_at = max(:at, created_at), version = ${NEXT_VERSION}
      WHERE id = :id`);
    this.#unindex = db.prepare(
      "INSERT INTO posts_fts (posts_fts, rowid, title, content) VALUES ('delete', ?, ?, ?)",
    );
    this.#index = db.prepare("INSERT INTO posts_fts (rowid, title, content) VALUES (?, ?, ?)");
    this.#keepSlug = db.prepare("INSERT INTO former_slugs (slug, post) VALUES (?, ?)");
    this.#dropFormerSlug = db.prepare("DELETE FROM former_slugs WHERE slug = ?");
    this.#dropAlias = db.prepare("DELETE FROM aliases WHERE page = ?");
    this.#bumpSite = db.prepare(`UPDATE site SET version = ${NEXT_VERSION}`);
  }

  create: Posts["create"] = (...asked) => this.#connection.write(() => this.make(...asked));

  change: Posts["change"] = (...asked) => this.#connection.write(() => this.alter(...asked));

  /** As `create`, inside the caller's transaction. */
  make(...[draft, key, by]: Parameters<Posts["create"]>): PostCreated {
    const seen = key && this.#answers.find(key.key);
    if (seen)
      return seen.request === key.request
        ? { refused: null, replayed: true, post: JSON.parse(seen.answer) }
        : { refused: "idempotency_key_reused" };
    const { place, slugAsked, createdAt, ...rest } = draft;
    if (slugAsked && this.#places.isSlugTaken(draft.slug)) return { refused: "slug_taken" };
    if (place && this.#places.findTaker(place.page) !== undefined) return { refused: "page_taken" };
    const where = place ?? { page: null, url: null };
    const post = this.#require(this.#places.create(true, { ...rest, ...where }, createdAt));
    this.#audit.recordPost("post.create", post.id, by, createdAt, null, toMembers(post));
    this.#herald.tell("post.created", { post: post.id, at: createdAt });
    if (key) this.#answers.save(key, JSON.stringify(post), createdAt);
    return { refused: null, replayed: false, post };
  }

  /** As `change`, inside the caller's transaction. */
  alter(...[id, change, by, at, version]: Parameters<Posts["change"]>): PostChanged {
    const row = this.#find.get(id);
    if (!row) return { refused: "absent" };
    if (version !== null && version !== row.version) return { refused: "stale" };
    const { slug, place } = change;
    if (slug !== undefined && slug !== row.slug && this.#places.isSlugTaken(slug, id))
      return { refused: "slug_taken" };
    if (place && this.#places.findTaker(place.page, id) !== undefined) return { refused: "page_taken" };
    const next = toNext(row, change);
    const [before, after] = differing(toMembers(toPost(row)), toMembers(toPost(next)));
    if (Object.keys(after).length === 0) return { refused: null, post: toPost(row) };
    this.#moveNames(row, next);
    this.#unindex.run(id, row.title, row.content);
    this.#set.run({ ...next, at });
    this.#index.run(id, next.title, next.content);
    this.#bumpSite.run();
    this.#audit.recordPost("post.edit", id, by, at, before, after);
    this.#herald.tell("post.updated", { post: id, at });
    return { refused: null, post: this.#require(id) };
  }

  /** The former slug leads on; a name that was a former one of the same post is its own again. */
  #moveNames(before: Detailed, after: Detailed): void {
    if (after.page !== null && after.page !== before.page) this.#dropAlias.run(after.page);
    if (after.slug === before.slug) return;
    this.#dropFormerSlug.run(after.slug);
    this.#keepSlug.run(before.slug, before.id);
  }

  #require(id: number): Post {
    const row = this.#find.get(id);
    if (!row) throw new Error(`Post ${id} is gone within its own transaction`);
    return toPost(row);
  }
}

function toNext(row: Detailed, change: PostChange): Detailed {
  const { title, slug, place, text, byline, category, commentsOpen } = change;
  const opened = commentsOpen === true && row.comments_open === 0;
  return {
    ...row,
    ...(title !== undefined && { title }),
    ...(slug !== undefined && { slug }),
    ...(place !== undefined && { page: place?.page ?? null, url: place?.url ?? null }),
    ...text,
    ...(byline && { author: byline.author, author_key: byline.authorKey }),
    ...(category !== undefined && { category }),
    ...(commentsOpen !== undefined && { comments_open: Number(commentsOpen) }),
    // Who opens a post by hand means it: age does not close that one any more.
    ...(opened && { closing: "never" }),
  };
}

/** Of both, the members that differ. */
function differing<T extends object>(
  before: T,
  after: T,
): [Record<string, unknown>, Record<string, unknown>] {
  const values = new Map<string, unknown>(Object.entries(after));
  const changed = Object.entries(before).filter(([name, value]) => values.get(name) !== value);
  return [Object.fromEntries(changed), Object.fromEntries(changed.map(([name]) => [name, values.get(name)]))];
}
