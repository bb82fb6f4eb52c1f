import type { Statement } from "better-sqlite3";
import type { Reason } from "@/db/port/moderation";
import { Bell } from "@/db/sqlite/bell";
import { type CommentRow, FIND, fromReasons, toReasons } from "@/db/sqlite/commentRow";
import type { Connection } from "@/db/sqlite/connection";
import { Herald } from "@/db/sqlite/herald";
import { Replies } from "@/db/sqlite/replies";
import { Trash } from "@/db/sqlite/trash";
import { Visibility } from "@/db/sqlite/visibility";
import type { CommentChange, CommentStatus } from "@/db/store";
import { toInstant } from "@/db/time";

type Editor = "author" | "moderator";

const BY_HAND: Reason = { rule: "moderator", reason: "a moderator set it aside" };

/**
 * Changes and empties comments inside the caller's transaction, with all that hangs on their text and status: the
 * index of words, former texts, counts, tombstones and versions.
 */
export class Revisions {
  readonly #visibility: Visibility;
  readonly #trash: Trash;
  readonly #herald: Herald;
  readonly #bell: Bell;
  readonly #replies: Replies;
  readonly #find: Statement<[number], CommentRow>;
  readonly #keep: Statement<object>;
  readonly #lastEdit: Statement<[number], number>;
  readonly #setText: Statement<object>;
  readonly #setAuthor: Statement<object>;
  readonly #setEdited: Statement<object>;
  readonly #setStatus: Statement<object>;
  readonly #setHeld: Statement<object>;
  readonly #setVetted: Statement<object>;
  readonly #setPinned: Statement<object>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#visibility = new Visibility(connection);
    this.#trash = new Trash(connection);
    this.#herald = new Herald(connection);
    this.#bell = new Bell(connection);
    this.#replies = new Replies(connection);
    this.#find = db.prepare(FIND);
    this.#keep = db.prepare(`
      INSERT INTO edits (comment_id, comment, author, website, by, edited_at)
      SELECT id, comment, author, website, :by, :at FROM comments WHERE id = :id`);
    this.#lastEdit = db
      .prepare<[number], number>("SELECT id FROM edits WHERE comment_id = ? ORDER BY id DESC LIMIT 1")
      .pluck();
    this.#setText = db.prepare(
      "UPDATE comments SET comment = :comment, html = :html, text_hash = :textHash WHERE id = :id",
    );
    this.#setAuthor = db.prepare(
      "UPDATE comments SET author = :author, author_key = :authorKey, avatar = :avatar, website = :website WHERE id = :id",
    );
    this.#setEdited = db.prepare("UPDATE comments SET edited_at = :at WHERE id = :id");
    this.#setStatus = db.prepare(
      "UPDATE comments SET status = :status, held = :held, visible = (:status = 'approved' OR replies > 0) WHERE id = :id",
    );
    this.#setHeld = db.prepare("UPDATE comments SET held = :held WHERE id = :id");
    this.#setVetted = db.prepare("UPDATE comments SET vetted = :vetted WHERE id = :id");
    this.#setPinned = db.prepare("UPDATE comments SET pinned = :pinned WHERE id = :id");
  }

  find(id: number): CommentRow | undefined {
    return this.#find.get(id);
  }

  /** The id of the last edit, which is that of the former text. */
  lastEdit(id: number): number | null {
    return this.#lastEdit.get(id) ?? null;
  }

  /** How a deleted comment stood before; null where it is gone for good. */
  findFormer(id: number): Required<Pick<CommentChange, "status" | "held">> | null {
    const former = this.#trash.find(id);
    return former && { status: former.status, held: toReasons(former.held) };
  }

  /** False where it was deleted for good, or is to change while it is deleted. */
  apply(before: CommentRow, change: CommentChange, by: Editor, at: string): boolean {
    const { id } = before;
    if (before.status === "deleted" && (change.status === undefined || !this.#trash.restore(id)))
      return false;
    this.#edit(id, change, by, at);
    if (change.pinned !== undefined) this.#setPinned.run({ id, pinned: Number(change.pinned) });
    if (by === "moderator" ? change.status === "approved" : change.text !== undefined)
      this.#setVetted.run({ id, vetted: Number(by === "moderator") });
    const status = change.status ?? before.status;
    if (status !== before.status) this.settle(before, status, toHeld(before, status, change, by));
    else {
      if (change.held !== undefined) this.#setHeld.run({ id, held: fromReasons(change.held) });
      // A tombstone's ETag and its pin are to be seen, too.
      if (before.visible) this.#visibility.bump(before.post);
      if (isSeen(before, change))
        this.#herald.tell("comment.updated", { post: before.post, comment: id, at });
    }
    if (status === "pending" && by === "author") this.#bell.ring(id, at);
    this.#visibility.bumpComment(id);
    this.#visibility.bumpModeration();
    return true;
  }

  /** Takes out text and person: for good by its author, else they are kept aside until `sweep` forgets them. */
  empty(before: CommentRow, by: Editor, at: string): void {
    const { id } = before;
    this.#trash.take(id, by, at);
    this.settle(before, "deleted", []);
    this.#visibility.bumpComment(id);
    this.#visibility.bumpModeration();
  }

  /** Brings counts, parents and versions in line with a new status. */
  settle(before: CommentRow, status: CommentStatus, held: Reason[]): void {
    const { id, post, parent } = before;
    this.#setStatus.run({ id, status, held: fromReasons(held) });
    const counted = Number(status === "approved") - Number(before.status === "approved");
    if (counted !== 0) this.#visibility.count(post, counted);
    const visible = this.#find.get(id)?.visible ?? 0;
    if (visible > before.visible) this.#visibility.tellParents(parent, 1);
    if (visible < before.visible) this.#visibility.tellParents(parent, -1);
    if (visible || before.visible) this.#visibility.bump(post);
    this.#herald.tellComment({ post, comment: id }, before.status, status);
    if (counted > 0) this.#replies.appeared(id, post, toInstant(Date.now()));
  }

  #edit(id: number, change: CommentChange, by: Editor, at: string): void {
    if (!change.text && !change.author) return;
    this.#keep.run({ id, by, at });
    if (change.text) this.#setText.run({ ...change.text, id });
    if (change.author) this.#setAuthor.run({ ...change.author, id });
    this.#setEdited.run({ id, at });
  }
}

/** Whether readers see a change that leaves the status as it is. */
function isSeen({ status, pinned }: CommentRow, change: CommentChange): boolean {
  const pins = change.pinned !== undefined && change.pinned !== (pinned === 1);
  return status === "approved" && (change.text !== undefined || change.author !== undefined || pins);
}

/** Why it is held from now on: as said, or for what it was held before, or since a moderator wants it so. */
function toHeld(before: CommentRow, status: CommentStatus, change: CommentChange, by: Editor): Reason[] {
  if (change.held !== undefined) return change.held;
  if (status === "approved") return [];
  const known = toReasons(before.held);
  return known.length > 0 || by === "author" ? known : [BY_HAND];
}
