import type { Statement } from "better-sqlite3";
import type { Connection } from "@/db/sqlite/connection";
import { PostPlaces } from "@/db/sqlite/places";
import { JSON_OF } from "@/db/sqlite/projection";
import { Threads } from "@/db/sqlite/threads";
import { Trash } from "@/db/sqlite/trash";
import { Visibility } from "@/db/sqlite/visibility";
import { Votes } from "@/db/sqlite/votes";
import type { Comment, CommentChange, Created, Edit, NewComment, Refusal, Store, View } from "@/db/store";

interface CommentRow {
  id: number;
  post: number;
  parent: number | null;
  author: string;
  email: string | null;
  website: string | null;
  user_id: number | null;
  comment: string;
  status: Comment["status"];
  pinned: number;
  visible: number;
  network: string | null;
  version: number;
  created_at: string;
  deleted_by: Comment["deletedBy"];
}

interface KeyRow {
  request: string;
  comment_id: number;
  post: number;
  created_at: string;
  status: Comment["status"];
  answer: string | null;
}

type Parent = Pick<CommentRow, "post" | "status" | "created_at"> & { depth: number };

export class Comments {
  readonly list: Store["comments"]["list"];
  readonly thread: Store["comments"]["thread"];
  readonly tree: Store["comments"]["tree"];
  readonly vote: Store["comments"]["vote"];
  readonly report: Store["comments"]["report"];
  readonly #connection: Connection;
  readonly #visibility: Visibility;
  readonly #places: PostPlaces;
  readonly #trash: Trash;
  readonly #json: Record<View, Statement<{ id: number; base: string }, string>>;
  readonly #find: Statement<[number], CommentRow>;
  readonly #parent: Statement<[number], Parent>;
  readonly #insert: Statement<object>;
  readonly #index: Statement<[number | bigint, string]>;
  readonly #unindex: Statement<[number, string]>;
  readonly #findKey: Statement<[string], KeyRow>;
  readonly #saveKey: Statement<object>;
  readonly #keep: Statement<object>;
  readonly #setText: Statement<object>;
  readonly #setAuthor: Statement<object>;
  readonly #setEdited: Statement<object>;
  readonly #setStatus: Statement<object>;
  readonly #setPinned: Statement<object>;
  readonly #history: Statement<[number], Edit>;
  readonly #approvedFrom: Statement<[string, number], number>;
  readonly #said: Statement<[string, number], number>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#visibility = new Visibility(connection);
    this.#places = new PostPlaces(connection);
    this.#trash = new Trash(connection);
    const threads = new Threads(connection);
    this.list = threads.list;
    this.thread = threads.thread;
    this.tree = threads.tree;
    const votes = new Votes(connection, this.#visibility);
    this.vote = votes.vote;
    this.report = votes.report;

    const json = (view: View) =>
      db
        .prepare<{ id: number; base: string }, string>(
          `SELECT ${JSON_OF[view]} FROM comments c JOIN posts p ON p.id = c.post WHERE c.id = :id`,
        )
        .pluck();
    this.#json = { public: json("public"), own: json("own"), moderator: json("moderator") };
    this.#find = db.prepare(`
      SELECT id, post, parent, author, email, website, user_id, comment, status, pinned, visible, network, version, created_at, deleted_by
      FROM comments WHERE id = ?`);
    this.#parent = db.prepare("SELECT post, status, depth, created_at FROM comments WHERE id = ?");
    this.#insert = db.prepare(`
      INSERT INTO comments (post, parent, depth, author, author_key, avatar, email, website, user_id, role, comment, html,
        text_hash, status, held, visible, network, address, version, created_at)
      VALUES (:post, :parent, :depth, :author, :authorKey, :avatar, :email, :website, :user, :role, :comment, :html,
        :textHash, :status, :held, :status = 'approved', :network, :address, CAST(unixepoch('subsec') * 1000 AS INTEGER), :createdAt)`);
    this.#index = db.prepare("INSERT INTO comments_fts (rowid, comment) VALUES (?, ?)");
    this.#unindex = db.prepare(
      "INSERT INTO comments_fts (comments_fts, rowid, comment) VALUES ('delete', ?, ?)",
    );
    this.#findKey = db.prepare(`
      SELECT k.request, k.comment_id, c.post, c.created_at, k.status, k.answer
      FROM idempotency_keys k JOIN comments c ON c.id = k.comment_id WHERE k.key = ?`);
    this.#saveKey = db.prepare(`
      INSERT INTO idempotency_keys (key, request, comment_id, status, answer, created_at)
      VALUES (:key, :request, :id, :status, :answer, :createdAt)`);
    this.#keep = db.prepare(`
      INSERT INTO edits (comment_id, comment, author, website, by, edited_at)
      SELECT id, comment, author, website, :by, :at FROM comments WHERE id = :id`);
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
    this.#setPinned = db.prepare("UPDATE comments SET pinned = :pinned WHERE id = :id");
    this.#history = db.prepare(
      "SELECT comment, author, website, by, edited_at AS editedAt FROM edits WHERE comment_id = ? ORDER BY id",
    );
    this.#approvedFrom = db
      .prepare<[string, number], number>(
        "SELECT 1 FROM comments WHERE network = ? AND status = 'approved' AND id <> ? LIMIT 1",
      )
      .pluck();
    this.#said = db
      .prepare<[string, number], number>("SELECT 1 FROM comments WHERE text_hash = ? AND id <> ? LIMIT 1")
      .pluck();
  }

  find: Store["comments"]["find"] = (id) =>
    this.#connection.readOne(() => {
      const row = this.#find.get(id);
      return row ? toComment(row) : null;
    });

  json: Store["comments"]["json"] = (id, view, base) =>
    this.#connection.readOne(() => this.#json[view].get({ id, base }) ?? null);

  create: Store["comments"]["create"] = (draft, idempotency, base) =>
    this.#connection.write((): Created => {
      const seen = idempotency && this.#findKey.get(idempotency.key);
      if (seen)
        return seen.request === idempotency.request
          ? this.#replay(seen, base)
          : refuse("idempotency_key_reused");
      const place = this.#place(draft);
      if (typeof place === "string") return refuse(place);
      const { lastInsertRowid } = this.#insert.run({ ...draft, ...place });
      const id = Number(lastInsertRowid);
      this.#index.run(lastInsertRowid, draft.comment);
      if (draft.status === "approved") {
        this.#visibility.count(place.post, 1);
        this.#visibility.tellParents(draft.parent, 1);
        this.#visibility.bump(place.post);
      }
      const answer = this.#answer(id, "own", base);
      if (idempotency)
        this.#saveKey.run({ ...idempotency, id, status: draft.status, answer, createdAt: draft.createdAt });
      return {
        refused: null,
        replayed: false,
        id,
        post: place.post,
        createdAt: place.createdAt,
        status: draft.status,
        json: answer,
      };
    });

  change: Store["comments"]["change"] = (id, change, by, at, answer) =>
    this.#connection.write(() => {
      const before = this.#find.get(id);
      if (!before) return { refused: "absent" };
      if (answer.version !== null && answer.version !== before.version) return { refused: "stale" };
      let text = before.comment;
      if (before.status === "deleted") {
        if (change.status === undefined) return { refused: "absent" };
        const restored = this.#trash.restore(id);
        if (restored === null) return { refused: "not_restorable" };
        text = restored;
        this.#unindex.run(id, "");
        this.#index.run(id, text);
      }
      this.#edit(id, text, change, by, at);
      if (change.pinned !== undefined) this.#setPinned.run({ id, pinned: Number(change.pinned) });
      if (change.status !== undefined) this.#settle(before, change.status, change.held ?? null);
      else if (before.status === "approved") this.#visibility.bump(before.post);
      this.#visibility.bumpComment(id);
      return { refused: null, json: this.#answer(id, answer.view, answer.base) };
    });

  delete: Store["comments"]["delete"] = (id, by, at, answer) =>
    this.#connection.write(() => {
      const before = this.#find.get(id);
      if (!before || before.status === "deleted") return { refused: "absent" };
      if (answer.version !== null && answer.version !== before.version) return { refused: "stale" };
      const json = this.#answer(id, answer.view, answer.base);
      this.#unindex.run(id, before.comment);
      this.#trash.take(id, by, at);
      // The index has a row for every comment, or its integrity check fails.
      this.#index.run(id, "");
      this.#settle(before, "deleted", null);
      this.#visibility.bumpComment(id);
      return { refused: null, json };
    });

  history: Store["comments"]["history"] = (id) => this.#connection.readOne(() => this.#history.all(id));

  known: Store["comments"]["known"] = (network, textHash, except = 0) =>
    this.#connection.read(() => ({
      approved: network !== null && this.#approvedFrom.get(network, except) !== undefined,
      repeated: this.#said.get(textHash, except) !== undefined,
    }));

  #answer(id: number, view: View, base: string): string {
    const json = this.#json[view].get({ id, base });
    if (json === undefined) throw new Error(`Comment ${id} is gone within its own transaction`);
    return json;
  }

  /** The first answer again; once the comment was deleted, what is left of it. */
  #replay(seen: KeyRow, base: string): Created {
    const { comment_id: id, post, created_at: createdAt, status, answer } = seen;
    const json = answer ?? this.#answer(id, "public", base);
    return { refused: null, replayed: true, id, post, createdAt, status, json };
  }

  /** Where the comment goes, or why it can't. A page's post is made only once nothing else can refuse. */
  #place(draft: NewComment): { post: number; depth: number; createdAt: string } | Refusal {
    const parent = draft.parent === null ? null : this.#parent.get(draft.parent);
    const post = this.#places.find(draft.post, draft.closedUntil);
    if (!post && !("url" in draft.post)) return "post_not_found";
    if (post && !post.open) return "comments_closed";
    if (parent === undefined || parent?.status === "pending" || parent?.status === "spam")
      return "parent_not_found";
    if (parent && parent.post !== post?.id) return "parent_of_other_post";
    if (parent?.status === "deleted") return "parent_deleted";
    const id =
      post?.id ?? ("url" in draft.post ? this.#places.create(false, draft.post, draft.createdAt) : 0);
    if (!parent) return { post: id, depth: 0, createdAt: draft.createdAt };
    // A clock that was set back must not put a reply before what it answers.
    const [, createdAt = draft.createdAt] = [parent.created_at, draft.createdAt].sort();
    return { post: id, depth: parent.depth + 1, createdAt };
  }

  /** `text`: what the index knows it by. */
  #edit(id: number, text: string, change: CommentChange, by: string, at: string): void {
    if (!change.text && !change.author) return;
    this.#keep.run({ id, by, at });
    if (change.text) {
      this.#unindex.run(id, text);
      this.#setText.run({ ...change.text, id });
      this.#index.run(id, change.text.comment);
    }
    if (change.author) this.#setAuthor.run({ ...change.author, id });
    this.#setEdited.run({ id, at });
  }

  /** Brings counts, parents and versions in line with a new status. */
  #settle(before: CommentRow, status: Comment["status"], held: string | null): void {
    const { id, post, parent } = before;
    this.#setStatus.run({ id, status, held });
    const counted = Number(status === "approved") - Number(before.status === "approved");
    if (counted !== 0) this.#visibility.count(post, counted);
    const visible = this.#find.get(id)?.visible ?? 0;
    if (visible > before.visible) this.#visibility.tellParents(parent, 1);
    if (visible < before.visible) this.#visibility.tellParents(parent, -1);
    if (visible || before.visible) this.#visibility.bump(post);
  }
}

function refuse(refused: Refusal): Created {
  return { refused };
}

function toComment(row: CommentRow): Comment {
  const { user_id, pinned, visible, created_at, deleted_by, ...rest } = row;
  return {
    ...rest,
    user: user_id,
    pinned: pinned === 1,
    visible: visible === 1,
    createdAt: created_at,
    deletedBy: deleted_by,
  };
}
