/**
 * The port: what is kept, and the laws every engine obeys.
 *
 * - Every method is atomic: it happens whole or not at all, and once its promise resolves it survives `kill -9`
 *   and a power cut. The exceptions are `limits`, `outbox.finish` and `mails.finish`, which survive the first only.
 * - Absence is `null`, `false` or an empty list. What a rule forbids comes back as a named outcome; only a fault of
 *   the database throws (`Unavailable`).
 * - Instants are ISO 8601 in UTC with milliseconds, so that text order is time order. Ids are positive integers,
 *   never used twice.
 * - Lists go by keyset; a `Key` names the last row seen. No method counts rows.
 * - A version rises with every visible change of what it belongs to and never repeats, not even after a restore
 *   from a backup. Visible is what changes an answer to somebody who shows no token and no cookie; what only some
 *   see (limits, sessions, tokens, queues, the audit log) leaves the versions of posts and of the site alone.
 */

import type { Accounts, Setup } from "@/db/port/accounts";
import type { Actor, AuditLog } from "@/db/port/audit";
import type { CommentAuthor, CommentText, IdempotencyKey, Key, Load, Page, Role, Size } from "@/db/port/base";
import type { Exports } from "@/db/port/exports";
import type { FileNames } from "@/db/port/files";
import type { Guests } from "@/db/port/guests";
import type { Hooks } from "@/db/port/hooks";
import type { Live } from "@/db/port/live";
import type { Addressee, Mails } from "@/db/port/mails";
import type { Moderation, Reason, Rules } from "@/db/port/moderation";
import type { Outbox } from "@/db/port/outbox";
import type { NewPage, PostHead, PostRef, Posts } from "@/db/port/posts";
import type { Found, SearchQuery } from "@/db/port/search";
import type { Sessions } from "@/db/port/sessions";
import type { Scope, Subscriptions } from "@/db/port/subscriptions";
import type { Tokens } from "@/db/port/tokens";
import type { Users } from "@/db/port/users";
import type { Webhooks } from "@/db/port/webhooks";

export type CommentStatus = "approved" | "pending" | "spam" | "deleted";
export type Sort = "newest" | "oldest" | "top";

/**
 * How much of a comment an answer shows. `public`: what is approved, tombstones for the rest.
 * `own`: the comment whole, as its author sees it. `moderator`: whole, with e-mail, address and why it is held.
 */
export type View = "public" | "own" | "moderator";

/** The id of a post, and the version of its thread. */
export type PostVersion = Pick<PostHead, "id" | "version">;

/** One row of a list: its place, and the JSON text of the comment in the shape of the contract. */
export interface Row {
  id: number;
  createdAt: string;
  score: number;
  json: string;
}

export interface Site {
  /** Rises with every visible change anywhere. */
  version: number;
  /** Approved comments. */
  comments: number;
  posts: number;
  /** Comments that wait for a moderator. */
  pending: number;
  /** Messages that wait to be sent. */
  mails: number;
  /** Approved ones with a report that no moderator has settled. */
  reported: number;
  /** Rises with every change that only moderators see. */
  moderation: number;
}

export interface Comment {
  id: number;
  post: number;
  parent: number | null;
  author: string;
  email: string | null;
  website: string | null;
  user: number | null;
  comment: string;
  status: CommentStatus;
  pinned: boolean;
  visible: boolean;
  /** Keyed hash of the network it came from; null once forgotten. */
  network: string | null;
  version: number;
  /** Rises with what only moderators see of it. */
  noted: number;
  held: Reason[];
  createdAt: string;
  deletedBy: "author" | "moderator" | null;
}

export interface NewComment extends CommentText, CommentAuthor {
  post: PostRef | NewPage;
  parent: number | null;
  email: string | null;
  user: number | null;
  role: Role | null;
  status: CommentStatus;
  /** Why it waits, or counts as spam. */
  held: Reason[];
  network: string | null;
  address: string | null;
  createdAt: string;
  /** The same from the same author, said since then, is answered in its place; null: whatever was said. */
  onceSince: string | null;
  /** What the author wants to hear of by mail from now on. */
  notify?: { to: Addressee; scope: Scope } | null;
  /** Posts made then or earlier take no more comments, unless somebody opened them again; null: age closes none. */
  closedUntil: string | null;
}

export type Refusal =
  | "post_not_found"
  | "comments_closed"
  | "parent_not_found"
  | "parent_of_other_post"
  | "parent_deleted"
  | "idempotency_key_reused";

export type Created =
  | { refused: Refusal }
  | {
      refused: null;
      replayed: boolean;
      /** It was said already, without an Idempotency-Key: whoever says it again need not be its author. */
      twin: boolean;
      id: number;
      post: number;
      createdAt: string;
      status: CommentStatus;
      json: string;
    };

export interface CommentChange {
  text?: CommentText;
  author?: CommentAuthor;
  status?: "approved" | "pending" | "spam";
  held?: Reason[];
  pinned?: boolean;
}

/** Who changes a comment: its author, or somebody with rights, of which the audit log hears. */
export type By = "author" | Actor;

export interface Report {
  reporter: string;
  /** Where a signed-in reporter is: a guest of the same network counts no second time. */
  network: string | null;
  reason: string;
  note: string | null;
  at: string;
}

export interface Edit {
  id: number;
  comment: string;
  author: string;
  website: string | null;
  by: string;
  editedAt: string;
}

export type Changed = { refused: "stale" | "absent" | "not_restorable" } | { refused: null; json: string };

export interface CommentQuery {
  posts?: number[];
  /** Folded author name. */
  author?: string;
  q?: string;
  since?: string;
  until?: string;
  status: CommentStatus;
  sort: Sort;
  after?: Key;
  limit: number;
  view: View;
  base: string;
}

export interface ThreadQuery {
  post: PostHead;
  after?: Key;
  limit: number;
  view: View;
  base: string;
}

export interface TreeQuery extends ThreadQuery {
  sort: Sort;
  /** Page over the replies of this comment instead of the top level. */
  parent: number | null;
  /** The most comments that the answer holds. */
  budget: number;
  /**
   * Begin with the top comment above this one, whatever `after` says, and have this one in the answer with all between
   * them, unless they are more than the budget takes. One that readers don't see on this post counts as absent. Goes
   * without `parent`.
   */
  at?: number;
}

/** A comment of a tree answer, parents before children, siblings in order. */
export interface TreeRow extends Row {
  parent: number | null;
  /** Visible direct replies in the store; those missing from the answer were cut. */
  replies: number;
  /** It is here for `at` alone: siblings before it may be missing. */
  apart: boolean;
}

interface Votes {
  up: number;
  down: number;
}

/** A quota: `limit` takes in each `window` milliseconds, refilled evenly. */
export interface Quota {
  limit: number;
  window: number;
}

export interface Take {
  allowed: boolean;
  remaining: number;
  /** Milliseconds until the quota is whole again. */
  reset: number;
  /** Milliseconds until the next take is allowed; 0 if it is now. */
  retryAfter: number;
}

/** A row of an import, checked and rendered. `key` is its identity over runs; `line` is for the report. */
export type ImportRow = { line: number; key: string } & (
  | {
      kind: "user";
      name: string;
      /** `name` folded for comparison. */
      nameKey: string;
      email: string | null;
      profession: string | null;
      website: string | null;
      role: Role;
      createdAt: string;
    }
  | {
      kind: "post";
      /** What comments of the same import call it, beside id and slug of the database. */
      localId: string | null;
      slug: string;
      title: string;
      url: string | null;
      page: string | null;
      content: string | null;
      html: string | null;
      author: string | null;
      authorKey: string | null;
      category: string | null;
      createdAt: string;
    }
  | ({
      kind: "comment";
      /** The post's local id, or its id or slug in the database; null: the first post. */
      post: string | null;
      /** The page to make where the post is named by a URL. */
      page: NewPage | null;
      localId: string | null;
      parent: string | null;
      email: string | null;
      createdAt: string;
    } & CommentText &
      CommentAuthor)
);

export interface ImportRefusal {
  line: number;
  reason: string;
}

export interface ImportReport {
  created: number;
  known: number;
  refused: ImportRefusal[];
  /** False where something was refused and nothing at all was kept. */
  kept: boolean;
}

export interface ImportOptions {
  keepGoing: boolean;
  /** Marks the rows, so that `remove` finds them. */
  source: string;
  /** Rows that came from these are there already, too. */
  knownFrom?: string[];
  onProgress?: (phase: "read" | "store" | "index", done: number, total: number | null) => void;
}

export interface Store {
  /** 32 random bytes made with the database; every HMAC of this server comes from it. */
  readonly secret: Buffer;
  site(): Promise<Site>;
  /**
   * The site's version as of the last commit of whatever process: a commit that changes any public answer has raised
   * it, in the same transaction. So an answer made after this was read stands for as long as it reads the same.
   * Answers at once, within microseconds, and never waits: throws `Unavailable` where the file can't be read now, be
   * it locked for the moment in which another process mends it after a crash.
   */
  news(): number;
  /**
   * The same for one thread: a commit that changes any page of the post's thread, flat or tree, or its counts has
   * raised the version. Null where no post that is there has that name; a name can come to lead to another post, so
   * compare the id as well.
   */
  newsOf(ref: PostRef): PostVersion | null;
  posts: Posts;
  comments: {
    find(id: number): Promise<Comment | null>;
    json(id: number, view: View, base: string): Promise<string | null>;
    list(query: CommentQuery): Promise<Page<Row>>;
    /**
     * A thread in order of time, in which tombstones keep their place, as one text in UTF-8: the comments' JSON, joined by
     * commas, between `head` and `tail`. `next`: the key that the rest follows, null at the end.
     */
    flat(query: ThreadQuery, head: string, tail: string): Promise<{ json: Buffer; next: Key | null }>;
    /** The page's top comments with their replies, breadth first, within the budget. `top` counts the former. */
    tree(query: TreeQuery): Promise<Page<TreeRow> & { top: number }>;
    create(draft: NewComment, idempotency: IdempotencyKey | null, base: string): Promise<Created>;
    /** `version`: refuse as `stale` unless the comment still has it. Keeps the former text when text or author change. */
    change(
      id: number,
      change: CommentChange,
      by: By,
      at: string,
      answer: { version: number | null; view: View; base: string },
    ): Promise<Changed>;
    /** Takes out text and person; by a moderator they are kept aside until `sweep` forgets them. `json`: as it was. */
    delete(
      id: number,
      by: By,
      at: string,
      answer: { version: number | null; view: View; base: string },
    ): Promise<Changed>;
    history(id: number): Promise<Edit[]>;
    /** What an edit of any comment replaced. */
    edit(id: number): Promise<Edit | null>;
    /** One vote for each voter; 0 takes it back. Null where there is no approved comment of that id. */
    vote(id: number, voter: string, value: 1 | 0 | -1, at: string): Promise<Votes | null>;
    /**
     * One report for each reporter; the last reason stands. One that a moderator has settled counts again only once the
     * comment was edited since. As soon as `threshold` of them are open, the comment waits for a moderator; 0: never,
     * nor where a moderator wrote it. False where there is nothing to report.
     */
    report(id: number, report: Report, threshold: number): Promise<boolean>;
  };
  moderation: Moderation;
  rules: Rules;
  sessions: Sessions;
  accounts: Accounts;
  setup: Setup;
  tokens: Tokens;
  users: Users;
  guests: Guests;
  limits: {
    /** Takes one of the quota of `key`; shared by every process on this database. */
    take(key: string, quota: Quota, now: number): Promise<Take>;
    /** Gives one back, of those taken. */
    giveBack(key: string, quota: Quota, now: number): Promise<void>;
    /** Whether any of its quota is taken. */
    isTaken(key: string, now: number): Promise<boolean>;
  };
  audit: AuditLog;
  /** Listed posts and approved comments that match, ranked together: what anybody may find. */
  search(query: SearchQuery): Promise<Found>;
  files: FileNames;
  imports: {
    run(rows: Iterable<ImportRow | ImportRefusal>, options: ImportOptions): Promise<ImportReport>;
    /** Removes what came from `source`; posts that other people commented on stay. */
    remove(source: string): Promise<{ posts: number; comments: number; users: number; kept: number }>;
  };
  exports: Exports;
  hooks: Hooks;
  outbox: Outbox;
  webhooks: Webhooks;
  mails: Mails;
  subscriptions: Subscriptions;
  live: Live;
  /** Forgets what has had its time: keys, limits, addresses older than the retention, deleted texts. */
  sweep(now: number, addressRetention: number): Promise<void>;
  /** What this process does to the database; rate limits, which cost no wait for the disk, are not counted. */
  load(): Load;
  /** Costs next to nothing. */
  size(): Promise<Size>;
  /** Throws `Unavailable` unless the database can be read and written now. */
  ready(): Promise<void>;
  close(): Promise<void>;
}
