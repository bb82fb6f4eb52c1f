import type { Statement } from "better-sqlite3";
import type { PostMerged, Posts } from "@/db/port/posts";
import { Audit } from "@/db/sqlite/audit";
import type { Connection } from "@/db/sqlite/connection";
import { Herald } from "@/db/sqlite/herald";
import { POST_COLUMNS, type PostRow, toMembers, toPost } from "@/db/sqlite/postRow";
import { NEXT_VERSION } from "@/db/sqlite/version";

type Merging = PostRow & { page: string | null };

/** Makes one post of two. */
export class PostMerge {
  readonly #connection: Connection;
  readonly #audit: Audit;
  readonly #herald: Herald;
  readonly #find: Statement<[number], Merging>;
  readonly #move: Statement<{ from: number; into: number }>[];
  readonly #unindex: Statement<[number, string, string | null]>;
  readonly #drop: Statement<[number]>;
  readonly #keepId: Statement<[number, number]>;
  readonly #keepSlug: Statement<[string, number]>;
  readonly #keepPage: Statement<[string, number, string | null, string]>;
  readonly #grow: Statement<[number, number], { listed: number }>;
  readonly #site: Statement<[number]>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#audit = new Audit(connection);
    this.#herald = new Herald(connection);
    this.#find = db.prepare(`SELECT ${POST_COLUMNS}, p.page FROM posts p WHERE p.id = ? AND p.gone IS NULL`);
    this.#move = ["comments", "subscriptions", "aliases", "former_slugs", "former_ids", "hook_posts"].map(
      (table) =>
        db.prepare<{ from: number; into: number }>(`UPDATE ${table} SET post = :into WHERE post = :from`),
    );
    this.#unindex = db.prepare(
      "INSERT INTO posts_fts (posts_fts, rowid, title, content) VALUES ('delete', ?, ?, ?)",
    );
    this.#drop = db.prepare("DELETE FROM posts WHERE id = ?");
    this.#keepId = db.prepare("INSERT INTO former_ids (id, post) VALUES (?, ?)");
    this.#keepSlug = db.prepare("INSERT INTO former_slugs (slug, post) VALUES (?, ?)");
    this.#keepPage = db.prepare("INSERT INTO aliases (page, post, url, created_at) VALUES (?, ?, ?, ?)");
    this.#grow = db.prepare(
      `UPDATE posts SET comments = comments + ?, version = ${NEXT_VERSION} WHERE id = ? RETURNING listed`,
    );
    this.#site = db.prepare(`UPDATE site SET posts = posts + ?, version = ${NEXT_VERSION}`);
  }

  merge: Posts["merge"] = (from, into, by, at) =>
    this.#connection.write((): PostMerged => {
      if (from === into) return { refused: "same" };
      const [old, kept] = [this.#find.get(from), this.#find.get(into)];
      if (!old || !kept) return { refused: "absent" };
      for (const move of this.#move) move.run({ from, into });
      this.#unindex.run(from, old.title, old.content);
      this.#drop.run(from);
      this.#keepId.run(from, into);
      this.#keepSlug.run(old.slug, into);
      if (old.page !== null) this.#keepPage.run(old.page, into, old.url, at);
      const listed = this.#grow.get(old.comments, into)?.listed ?? 0;
      this.#site.run(listed - kept.listed - old.listed);
      const before = toMembers(toPost(old));
      const after = { into };
      const rest = { type: "post", subject: from, note: null, undoes: null } as const;
      this.#audit.record({ at, by, action: "post.merge", before, after, ...rest });
      const { slug, url, title } = old;
      if (old.listed === 1)
        this.#herald.tell("post.deleted", { post: from, at, detail: { slug, url, title, into } });
      this.#herald.tell("post.updated", { post: into, at });
      // The one that is gone first: who watched it comes back to the other, and has to hear of that.
      this.#herald.tellThread(from);
      this.#herald.tellThread(into);
      const post = this.#find.get(into);
      if (!post) throw new Error(`Post ${into} is gone within its own transaction`);
      return { refused: null, post: toPost(post) };
    });
}
