export type Role = "admin" | "moderator" | "author" | "member";

/** Where a list stopped: the sort value (an instant, or a score) and the id of the last row. */
export interface Key {
  value: string | number;
  id: number;
}

/** A person who may sign in, as far as rights go. */
export interface User {
  id: number;
  name: string;
  role: Role;
}

/** What `author` and Markdown look like once they passed the one sanitiser. */
export interface CommentText {
  comment: string;
  html: string;
  /** Keyed hash of the text, to find repetitions. */
  textHash: string;
}

/** Whom a comment is by, as readers see it. */
export interface CommentAuthor {
  author: string;
  /** `author` folded for comparison. */
  authorKey: string;
  /** Seed of the drawn picture. */
  avatar: string;
  website: string | null;
}

export interface Page<T> {
  rows: T[];
  /** Whether there is more behind the last row. */
  more: boolean;
}

/** Under which a POST is known, so that it happens once. */
export interface IdempotencyKey {
  /** Keyed hash of scope and key. */
  key: string;
  /** Hash of what was asked. */
  request: string;
}

/** How large the database is, in bytes. */
export interface Size {
  database: number;
  /** As much of it holds nothing, and is used before it grows. */
  free: number;
  /** The file beside it, of what was written lately. */
  log: number;
}

/** What this process has asked of the database since it opened it. */
export interface Load {
  /** Writes that wait for a commit, or for the disk, now. */
  waiting: number;
  writes: number;
  commits: number;
  /** How long the commits took, from their writes until the disk had them, one added to the other. */
  seconds: number;
}
