import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import { NEXT_VERSION, nextOf } from "@/db/sqlite/version";

interface Parent {
  parent: number | null;
  approved: number;
  replies: number;
  visible: number;
}

/**
 * Keeps what readers count on when a comment appears or disappears: the counts of its post and of the site, its
 * parents' `replies` and tombstones, and the versions. Runs inside the caller's transaction.
 */
export class Visibility {
  readonly #count: {
    post: Statement<[number, number], { own: number; comments: number }>;
    site: Statement<[number, number]>;
  };
  readonly #bump: {
    comment: Statement<[number]>;
    post: Statement<[number]>;
    site: Statement<[]>;
    moderation: Statement<[]>;
  };
  readonly #replies: Statement<{ id: number; by: number }, Parent>;
  readonly #visible: Statement<{ id: number; visible: number }>;

  constructor({ db }: Connection) {
    this.#count = {
      post: db.prepare(
        "UPDATE posts SET comments = comments + ? WHERE id = ? AND gone IS NULL RETURNING own, comments",
      ),
      site: db.prepare("UPDATE site SET comments = comments + ?, posts = posts + ?"),
    };
    this.#bump = {
      comment: db.prepare(`UPDATE comments SET version = ${NEXT_VERSION} WHERE id = ?`),
      post: db.prepare(`UPDATE posts SET version = ${NEXT_VERSION} WHERE id = ?`),
      site: db.prepare(`UPDATE site SET version = ${NEXT_VERSION}`),
      moderation: db.prepare(`UPDATE site SET moderation = ${nextOf("moderation")}`),
    };
    this.#replies = db.prepare(`
      UPDATE comments SET replies = replies + :by, version = ${NEXT_VERSION} WHERE id = :id
      RETURNING parent, status = 'approved' AS approved, replies, visible`);
    this.#visible = db.prepare("UPDATE comments SET visible = :visible WHERE id = :id");
  }

  /** Says that readers of the post and the site see something new. */
  bump(post: number): void {
    this.#bump.post.run(post);
    this.#bump.site.run();
  }

  /** The same of what is in no thread. */
  bumpSite(): void {
    this.#bump.site.run();
  }

  bumpComment(id: number): void {
    this.#bump.comment.run(id);
  }

  /** Says that moderators see something new. */
  bumpModeration(): void {
    this.#bump.moderation.run();
  }

  /**
   * Adds to the kept counts of approved comments; the page of a first one is listed, that of a last one no more. What
   * is left of a post that is gone counts nowhere.
   */
  count(post: number, by: number): void {
    const after = this.#count.post.get(by, post);
    if (after === undefined) return;
    const isPage = after.own === 0;
    const listed = isPage ? Number(after.comments > 0) - Number(after.comments - by > 0) : 0;
    this.#count.site.run(by, listed);
  }

  /**
   * Tells the parents that a visible reply came (+1) or went (-1). A parent that is not approved appears as a
   * tombstone with its first reply and goes with its last, which its own parent then hears: a walk up, no recursion.
   */
  tellParents(parent: number | null, by: 1 | -1): void {
    for (let id = parent; id !== null; ) {
      const row = this.#replies.get({ id, by });
      if (!row) return;
      const visible = row.approved || row.replies > 0 ? 1 : 0;
      if (visible === row.visible) return;
      this.#visible.run({ id, visible });
      id = row.parent;
    }
  }
}
