/** What is told: what is below one's own comment, or all on its post. */
export type Scope = "replies" | "thread";

/** When it is told: soon after it appears, or once a day. */
export type Pace = "soon" | "daily";

/** Whoever wants to hear of comments by mail. */
export interface Reader {
  id: number;
  /** Null for a guest. */
  user: number | null;
  /** Where they are reached now; null for a person who has no address any more. */
  address: string | null;
  /** Whether somebody with an account has confirmed that address. A guest confirms each subscription. */
  proven: boolean;
}

export interface Subscription {
  id: number;
  post: number;
  /** The post's. */
  title: string;
  /** The comment with which they asked. */
  comment: number;
  scope: Scope;
  pace: Pace;
  confirmed: boolean;
  createdAt: string;
}

/** A comment that somebody is told of, as it is now. */
export interface News {
  comment: number;
  post: number;
  /** The post's. */
  title: string;
  author: string;
  html: string;
}

/** Which of a reader's subscriptions: one, those on a post, those told at that pace, those not confirmed, or all. */
export type Which = { id: number } | { post: number } | { pace: Pace } | "waiting" | "all";

export interface SubscriptionChange {
  scope?: Scope;
  pace?: Pace;
}

/** Who wants to hear of what. A subscription begins with a comment (`NewComment.notify`) and ends with it. */
export interface Subscriptions {
  reader(id: number): Promise<Reader | null>;
  /** The reader that a person with an account is; null where they never asked for anything. */
  readerOf(user: number): Promise<Reader | null>;
  /** Newest first, 200 at most. */
  list(reader: number): Promise<Subscription[]>;
  /**
   * What waits to be confirmed, of comments that have appeared: oldest first. Nothing in it is a stranger's choice: in
   * place of a title that was made of a page's address stands the page's host.
   */
  waiting(reader: number): Promise<Subscription[]>;
  /**
   * Whoever reads mail at `address` has confirmed those; for somebody with an account all of theirs, now and later.
   * What appeared meanwhile is told. False where there is nothing to confirm, or the address is another by now.
   */
  confirm(reader: number, ids: number[], address: string, at: string): Promise<boolean>;
  /** False where there is none such. */
  change(reader: number, which: Which, change: SubscriptionChange, at: string): Promise<boolean>;
  has(reader: number, which: Which): Promise<boolean>;
  /** False where there is none such. */
  end(reader: number, which: Which): Promise<boolean>;
  /** Ends all of an address, and forgets it. */
  forget(address: string): Promise<void>;
  /** Whether somebody is to be told of a comment that appeared. A look at an index, cheap enough for each second. */
  isDue(): Promise<boolean>;
  /**
   * Sees to it that those are told who wanted to hear of a comment that appeared, in parts: a post may have very many.
   * Whatever process does the next part. False where nothing remained.
   */
  spread(at: string): Promise<boolean>;
  /**
   * What this message tells the reader: what it told at an earlier try, and what none has told yet, on `post` (or what
   * is told daily, where that is null), as far as readers see it now. Oldest first, 200 at most; another message is queued for what remains.
   */
  take(reader: number, post: number | null, mail: number, at: string): Promise<News[]>;
}
