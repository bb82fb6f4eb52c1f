import type { Statement } from "better-sqlite3";
import { Actions } from "@/db/sqlite/actions";
import { Bell } from "@/db/sqlite/bell";
import { type CommentRow, FIND, fromReasons, toComment } from "@/db/sqlite/commentRow";
import type { Connection } from "@/db/sqlite/connection";
import { Herald } from "@/db/sqlite/herald";
import { PostPlaces } from "@/db/sqlite/places";
import { JSON_OF } from "@/db/sqlite/projection";
import { Replies } from "@/db/sqlite/replies";
import { Reports } from "@/db/sqlite/reports";
import { Threads } from "@/db/sqlite/threads";
import { Visibility } from "@/db/sqlite/visibility";
import { Votes } from "@/db/sqlite/votes";
import type { Comment, Created, Edit, NewComment, Refusal, Store, View } from "@/db/store";

interface KeyRow {
  request: string;
  comment_id: number;
  post: number;
  created_at: string;
  status: Comment["status"];
  answer: string | null;
}

type Twin = Pick<CommentRow, "id" | "created_at" | "status">;
type Parent = Pick<CommentRow, "post" | "status" | "visible" | "created_at"> & { depth: number };

export class Comments {
  readonly list: Store["comments"]["list"];
  readonly flat: Store["comments"]["flat"];
  readonly tree: Store["comments"]["tree"];
  readonly vote: Store["comments"]["vote"];
  readonly #connection: Connection;
  readonly #visibility: Visibility;
  readonly #places: PostPlaces;
  readonly #herald: Herald;
  readonly #bell: Bell;
  readonly #actions: Actions;
  readonly #reports: Reports;
  readonly #replies: Replies;
  readonly #json: Record<View, Statement<{ id: number; base: string }, string>>;
  readonly #find: Statement<[number], CommentRow>;
  readonly #parent: Statement<[number], Parent>;
  readonly #insert: Statement<object>;
  readonly #findKey: Statement<[string], KeyRow>;
  readonly #saveKey: Statement<object>;
  readonly #twin: Statement<object, Twin>;
  readonly #history: Statement<[number], Edit>;
  readonly #edit: Statement<[number], Edit>;

  constructor(connection: Connection) {
    const { db } = connection;
    this.#connection = connection;
    this.#visibility = new Visibility(connection);
    this.#places = new PostPlaces(connection);
    this.#herald = new Herald(connection);
    this.#bell = new Bell(connection);
    this.#actions = new Actions(connection);
    this.#reports = new Reports(connection, this.#actions.revisions);
    this.#replies = new Replies(connection);
    const threads = new Threads(connection);
    this.list = threads.list;
    this.flat = threads.flat;
    this.tree = threads.tree;
    this.vote = new Votes(connection, this.#visibility).vote;

    const json = (view: View) =>
      db
        .prepare<{ id: number; base: string }, string>(
          `SELECT ${JSON_OF[view]} FROM comments c JOIN posts p ON p.id = c.post WHERE c.id = :id`,
        )
        .pluck();
    this.#json = { public: json("public"), own: json("own"), moderator: json("moderator") };
    this.#find = db.prepare(FIND);
    this.#parent = db.prepare("SELECT post, status, visible, depth, created_at FROM comments WHERE id = ?");
    this.#insert = db.prepare(`
      INSERT INTO comments (post, parent, depth, author, author_key, avatar, email, website, user_id, role, comment, html,
        text_hash, status, held, visible, network, address, version, created_at)
      VALUES (:post, :parent, :depth, :author, :authorKey, :avatar, :email, :website, :user, :role, :comment, :html,
        :textHash, :status, :held, :status = 'approved', :network, :address, CAST(unixepoch('subsec') * 1000 AS INTEGER), :createdAt)`);
    this.#findKey = db.prepare(`
      SELECT k.request, k.comment_id, c.post, c.created_at, k.status, k.answer
      FROM idempotency_keys k JOIN comments c ON c.id = k.comment_id WHERE k.key = ?`);
    this.#saveKey = db.prepare(`
      INSERT INTO idempotency_keys (key, request, comment_id, status, answer, created_at)
      VALUES (:key, :request, :id, :status, :answer, :createdAt)`);
    // The network comes first: a text such as "+1" is everywhere. All statuses are named, so that the index goes on to the time.
    this.#twin = db.prepare(`
      SELECT id, created_at, status FROM comments INDEXED BY comments_network
      WHERE network = :network AND user_id IS :user AND status IN ('approved', 'pending', 'spam', 'deleted')
        AND created_at > :onceSince AND post = :post AND parent IS :parent
        AND text_hash = :textHash AND author_key = :authorKey AND email IS :email AND website IS :website
      ORDER BY created_at DESC, id DESC LIMIT 1`);
    const edits = "SELECT id, comment, author, website, by, edited_at AS editedAt FROM edits";
    this.#history = db.prepare(`${edits} WHERE comment_id = ? ORDER BY id`);
    this.#edit = db.prepare(`${edits} WHERE id = ?`);
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
      const twin =
        idempotency === null && draft.onceSince !== null && this.#twin.get({ ...draft, post: place.post });
      if (twin) return this.#repeat(twin, place.post, base);
      const { lastInsertRowid } = this.#insert.run({ ...draft, ...place, held: fromReasons(draft.held) });
      const id = Number(lastInsertRowid);
      if (draft.notify)
        this.#replies.subscribe({ ...draft.notify, id, post: place.post, at: draft.createdAt });
      if (draft.status === "approved") {
        this.#visibility.count(place.post, 1);
        this.#visibility.tellParents(draft.parent, 1);
        this.#visibility.bump(place.post);
        this.#herald.tell("comment.created", { post: place.post, comment: id, at: draft.createdAt });
        this.#replies.appeared(id, place.post, draft.createdAt);
      } else {
        this.#visibility.bumpModeration();
        this.#herald.tellComment({ post: place.post, comment: id }, "spam", draft.status);
        if (draft.status === "pending") this.#bell.ring(id, draft.createdAt);
      }
      const answer = this.#answer(id, "own", base);
      if (idempotency)
        this.#saveKey.run({ ...idempotency, id, status: draft.status, answer, createdAt: draft.createdAt });
      return {
        refused: null,
        replayed: false,
        twin: false,
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
      if (before.status === "deleted" && (by === "author" || change.status === undefined))
        return { refused: "absent" };
      if (!this.#actions.change(before, change, by, at)) return { refused: "not_restorable" };
      return { refused: null, json: this.#answer(id, answer.view, answer.base) };
    });

  delete: Store["comments"]["delete"] = (id, by, at, answer) =>
    this.#connection.write(() => {
      const before = this.#find.get(id);
      if (!before || before.status === "deleted") return { refused: "absent" };
      if (answer.version !== null && answer.version !== before.version) return { refused: "stale" };
      const json = this.#answer(id, answer.view, answer.base);
      this.#actions.delete(before, by, at);
      return { refused: null, json };
    });

  report: Store["comments"]["report"] = (id, report, threshold) =>
    this.#connection.write(() => this.#reports.add(id, report, threshold));

  history: Store["comments"]["history"] = (id) => this.#connection.readOne(() => this.#history.all(id));

  edit: Store["comments"]["edit"] = (id) => this.#connection.readOne(() => this.#edit.get(id) ?? null);

  #answer(id: number, view: View, base: string): string {
    const json = this.#json[view].get({ id, base });
    if (json === undefined) throw new Error(`Comment ${id} is gone within its own transaction`);
    return json;
  }

  /** The first answer again; once the comment was deleted, what is left of it. */
  #replay(seen: KeyRow, base: string): Created {
    const { comment_id: id, post, created_at: createdAt, status, answer } = seen;
    const json = answer ?? this.#answer(id, "public", base);
    return { refused: null, replayed: true, twin: false, id, post, createdAt, status, json };
  }

  #repeat({ id, created_at: createdAt, status }: Twin, post: number, base: string): Created {
    const json = this.#answer(id, "own", base);
    return { refused: null, replayed: true, twin: true, id, post, createdAt, status, json };
  }

  /** Where the comment goes, or why it can't. A page's post is made only once nothing else can refuse. */
  #place(draft: NewComment): { post: number; depth: number; createdAt: string } | Refusal {
    const parent = draft.parent === null ? null : this.#parent.get(draft.parent);
    const post = this.#places.find(draft.post, draft.closedUntil);
    if (!post && !("url" in draft.post)) return "post_not_found";
    if (post && !post.open) return "comments_closed";
    const held = parent?.status === "pending" || parent?.status === "spam";
    if (parent === undefined || (held && parent?.visible === 0)) return "parent_not_found";
    if (parent && parent.post !== post?.id) return "parent_of_other_post";
    // A held one that has replies is a tombstone to readers, like any other.
    if (held || parent?.status === "deleted") return "parent_deleted";
    const id =
      post?.id ?? ("url" in draft.post ? this.#places.create(false, draft.post, draft.createdAt) : 0);
    if (!parent) return { post: id, depth: 0, createdAt: draft.createdAt };
    // A clock that was set back must not put a reply before what it answers.
    const [, createdAt = draft.createdAt] = [parent.created_at, draft.createdAt].sort();
    return { post: id, depth: parent.depth + 1, createdAt };
  }
}

function refuse(refused: Refusal): Created {
  return { refused };
}
