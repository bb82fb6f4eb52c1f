import type { CommentAuthor, CommentText, Role } from "@/db/port/base";
import type { Notify } from "@/db/port/mails";

/**
 * A part of what an export holds. What refers to something comes before what it refers to, so that whatever is made
 * meanwhile is there, too: only comments have an end that is set at the beginning.
 */
export type ExportPart =
  | "comments"
  | "edits"
  | "votes"
  | "reports"
  | "posts"
  | "aliases"
  | "formerSlugs"
  | "formerIds"
  | "users"
  | "files"
  | "blobs"
  | "rules"
  | "webhooks"
  | "audit";

/** Where a part stopped: the id and the name of the last row; a part goes by either or by both. */
export interface ExportKey {
  id: number;
  name: string;
}

export interface ExportRow {
  key: ExportKey;
  /** The text of a JSON object. */
  json: string;
  /** Of bytes: where they are. */
  place: string | null;
}

interface ExportQuery {
  part: ExportPart;
  after: ExportKey;
  /** The last comment that the export knows. */
  until: number;
}

export interface Exports {
  /** The last comment there is. */
  lastComment(): Promise<number>;
  /** As many rows as make a small piece of work; none at the end. No hash of a secret and no network is in them. */
  read(query: ExportQuery): Promise<ExportRow[]>;
  /** The last id that each table ever gave. */
  lastIds(): Promise<Record<string, number>>;
}

interface Identified {
  id: number;
}

interface Imported extends Identified {
  createdAt: string;
  /** What it is known by to an import that brought it. */
  importKey: string | null;
}

interface RestoredUser extends Imported {
  name: string;
  nameKey: string;
  email: string | null;
  profession: string | null;
  website: string | null;
  role: Role;
  notify: Notify;
}

interface RestoredPost extends Imported {
  slug: string;
  page: string | null;
  url: string | null;
  title: string;
  content: string | null;
  html: string | null;
  author: string | null;
  authorKey: string | null;
  user: number | null;
  category: string | null;
  commentsOpen: boolean;
  /** False: made on the way by a comment on its page. */
  own: boolean;
  closing: "open" | "closed" | "never";
  updatedAt: string;
}

/** What a moderator deleted, and can bring back. */
export interface RestoredTrash extends CommentText, CommentAuthor {
  email: string | null;
  user: number | null;
  role: Role | null;
  editedAt: string | null;
  pinned: boolean;
  vetted: boolean;
  status: "approved" | "pending" | "spam";
  /** JSON: why it waited. */
  held: string | null;
  deletedAt: string;
}

interface RestoredComment extends Imported, CommentText, CommentAuthor {
  post: number;
  parent: number | null;
  email: string | null;
  user: number | null;
  role: Role | null;
  status: "approved" | "pending" | "spam" | "deleted";
  /** JSON: why it waits. */
  held: string | null;
  pinned: boolean;
  /** A moderator approved it as it is. */
  vetted: boolean;
  editedAt: string | null;
  deletedBy: "author" | "moderator" | null;
  trash: RestoredTrash | null;
}

/** A row that comes back as it was; its id with it. Of voters and reporters: null is a guest. */
export type RestoredRow =
  | ({ kind: "user" } & RestoredUser)
  | ({ kind: "post" } & RestoredPost)
  | { kind: "alias"; page: string; post: number; url: string; createdAt: string }
  | { kind: "formerSlug"; slug: string; post: number }
  | { kind: "formerId"; id: number; post: number }
  | ({ kind: "comment" } & RestoredComment)
  | {
      kind: "edit";
      id: number;
      commentId: number;
      comment: string;
      author: string;
      website: string | null;
      by: string;
      editedAt: string;
    }
  | { kind: "vote"; comment: number; by: string | null; value: 1 | -1; votedAt: string }
  | {
      kind: "report";
      comment: number;
      by: string | null;
      reason: string;
      note: string | null;
      settled: number | null;
      reportedAt: string;
    }
  | {
      kind: "rule";
      id: number;
      rule: string;
      action: string;
      max: number | null;
      words: string[] | null;
      pattern: string | null;
      note: string | null;
      createdAt: string;
      expiresAt: string | null;
      deletedAt: string | null;
    }
  | {
      kind: "file";
      id: number;
      path: string;
      filename: string;
      sha256: string;
      user: number | null;
      createdAt: string;
    }
  | { kind: "blob"; sha256: string; place: string; mediaType: string; size: number }
  | {
      kind: "audit";
      id: number;
      at: string;
      user: number | null;
      name: string;
      role: Role;
      action: string;
      subjectType: string;
      subject: number;
      before: Record<string, unknown> | null;
      after: Record<string, unknown> | null;
      note: string | null;
      undoes: number | null;
    }
  | {
      kind: "webhook";
      id: number;
      url: string;
      format: string;
      events: string[];
      salt: string;
      active: boolean;
      disabled: "gone" | "failing" | null;
      failingSince: string | null;
      createdAt: string;
    };

/**
 * A database that is filled beside the place where it will be, and is in that place whole, or not at all. Whoever is
 * done with it calls `close`, which takes away what was not finished.
 */
export interface Restoration {
  /** The secret of the database to be. */
  readonly secret: Buffer;
  /** Adds rows in the order in which an export has them. Throws `StartError` where one breaks a rule of the database. */
  add(rows: RestoredRow[]): Promise<void>;
  /**
   * Counts, indexes and checks it all, brings it to the disk and puts it in its place. `left`: how many rows belonged to
   * what had been deleted before it was read, and stayed out.
   */
  finish(lastIds: Record<string, number>): Promise<{ left: number }>;
  close(): Promise<void>;
}
