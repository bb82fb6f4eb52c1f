import type { Actor } from "@/db/port/audit";
import type { IdempotencyKey, Key, Page } from "@/db/port/base";

export interface Post {
  id: number;
  slug: string;
  url: string | null;
  title: string;
  content: string | null;
  html: string | null;
  author: string | null;
  user: number | null;
  category: string | null;
  commentsOpen: boolean;
  /** Approved comments. */
  comments: number;
  /** False: made on the way by a comment on its page, and none is approved. The public has nothing to see of it. */
  listed: boolean;
  version: number;
  createdAt: string;
  updatedAt: string;
}

/** As much of a post as its thread needs. */
export type PostHead = Pick<Post, "id" | "slug" | "url" | "comments" | "commentsOpen" | "listed" | "version">;

/**
 * How a client names a post: its id, its slug, or the canonical key of a page's URL (`pageKey` of lib/pages.ts).
 * Former ids and slugs, and aliases of its page, name it as well.
 */
export type PostRef = { id: number } | { slug: string } | { page: string };

/** A post that stands for a page elsewhere, to be made with its first comment. */
export interface NewPage {
  page: string;
  url: string;
  slug: string;
  title: string;
}

export interface PostQuery {
  author?: string;
  category?: string;
  q?: string;
  after?: Key;
  limit: number;
}

/** The address of a page, and its canonical key. */
export interface PageAddress {
  page: string;
  url: string;
}

/** A text that passed the one sanitiser. */
export interface PostContent {
  content: string | null;
  html: string | null;
}

/** A byline, and the same folded for comparison. */
export interface Byline {
  author: string | null;
  authorKey: string | null;
}

export interface NewPost extends PostContent, Byline {
  title: string;
  slug: string;
  /** The slug was asked for, so no other will do; else a suffix is added to one that is taken. */
  slugAsked: boolean;
  place: PageAddress | null;
  category: string | null;
  commentsOpen: boolean;
  user: number | null;
  createdAt: string;
}

/** What is absent stays. */
export interface PostChange {
  title?: string;
  slug?: string;
  place?: PageAddress | null;
  text?: PostContent;
  byline?: Byline;
  category?: string | null;
  commentsOpen?: boolean;
}

type Taken = "slug_taken" | "page_taken";

export type PostCreated =
  | { refused: Taken | "idempotency_key_reused" }
  | { refused: null; replayed: boolean; post: Post };

export type PostChanged = { refused: Taken | "absent" | "stale" } | { refused: null; post: Post };

/** `post`: as it was, and the entry of the audit log by which it comes back. */
export type PostDeleted = { refused: "absent" | "stale" } | { refused: null; post: Post; audit: number };

export type PostRestored = { refused: Taken | "not_restorable" } | { refused: null; post: number };

export type PostMerged = { refused: "absent" | "same" } | { refused: null; post: Post };

/** A page that leads to a post beside the post's own. */
export interface Alias extends PageAddress {
  createdAt: string;
}

type AliasAdded = { refused: "absent" | "page_taken" } | { refused: null; isNew: boolean };

/** A page that a post stands for, or an alias of it. */
export interface KnownPage extends PageAddress {
  post: number;
  alias: boolean;
}

/** One page to be moved: from what it is to what it shall be. */
export interface PageMove {
  from: KnownPage;
  to: PageAddress;
}

/** A move that can't be made: another post has that page already. */
export interface PageCollision extends PageMove {
  takenBy: number;
}

export interface Posts {
  find(ref: PostRef): Promise<Post | null>;
  head(ref: PostRef): Promise<PostHead | null>;
  /** Those that are listed. */
  list(query: PostQuery): Promise<Page<Post>>;
  /** Approved comments of each, 0 for one nobody has; one query, in the order asked. */
  counts(refs: PostRef[]): Promise<number[]>;
  /** Ids of those that exist, in the order asked, with their kept counts. */
  resolve(refs: PostRef[]): Promise<({ id: number; comments: number } | null)[]>;
  /** The titles of those that exist, by their ids. */
  titles(ids: number[]): Promise<Map<number, string>>;
  create(draft: NewPost, idempotency: IdempotencyKey | null, by: Actor): Promise<PostCreated>;
  /**
   * `version`: refuse as `stale` unless the post still has it. A former slug leads to the post from then on. What
   * changes nothing leaves version and audit log alone.
   */
  change(id: number, change: PostChange, by: Actor, at: string, version: number | null): Promise<PostChanged>;
  /**
   * Nobody sees the post and its comments any more once this resolves; `clear` moves what is left of a large one out
   * of the way. All of it is kept aside until `sweep` forgets it after 30 days.
   */
  delete(id: number, by: Actor, at: string, version: number | null): Promise<PostDeleted>;
  /** Brings back what the deletion in that entry of the audit log took, with its ids. */
  undo(audit: number, by: Actor, at: string): Promise<PostRestored>;
  /** Does a piece of what deletions have left to do; false where nothing is left. */
  clear(): Promise<boolean>;
  /** Moves comments, aliases and former names of `from` to `into`; the names of `from` lead there, and `from` is gone. */
  merge(from: number, into: number, by: Actor, at: string): Promise<PostMerged>;
  aliases(post: number): Promise<Alias[]>;
  addAlias(post: number, alias: PageAddress, by: Actor, at: string): Promise<AliasAdded>;
  removeAlias(post: number, page: string, by: Actor, at: string): Promise<boolean>;
  /** The pages whose key is `key` or lies below it (behind `/` or `?`), posts' own and aliases, in the order of keys. */
  pagesUnder(key: string, limit: number): Promise<KnownPage[]>;
  /**
   * Gives posts new pages, all or nothing but for those that another post has already. The former page of a post
   * becomes an alias of it. Null where a page is no longer what `moves` says. `dryRun`: changes nothing.
   */
  remap(moves: PageMove[], dryRun: boolean, by: Actor, at: string): Promise<PageCollision[] | null>;
  /**
   * Closes comments on posts made at `until` or before, but for those that somebody opened again, and opens those that
   * age closed and that are younger; null: age closes none. Does a piece; false where nothing is left.
   */
  closeAged(until: string | null): Promise<boolean>;
}
