import type { Actor } from "@/db/port/audit";
import type { CommentAuthor, Key, Page, Role } from "@/db/port/base";
import type { Notify } from "@/db/port/mails";

/** Somebody with an account, without secrets. */
export interface Person {
  id: number;
  name: string;
  email: string | null;
  profession: string | null;
  website: string | null;
  role: Role;
  /** Whether they may sign in with a password. */
  hasPassword: boolean;
  /** What they hear of by mail, as a moderator. */
  notify: Notify;
  version: number;
  createdAt: string;
}

export interface NewPerson {
  name: string;
  /** `name` folded for comparison. */
  nameKey: string;
  email: string;
  profession: string | null;
  website: string | null;
  role: Role;
  /** The password's hash. */
  password: string | null;
  createdAt: string;
}

/** What is absent stays. */
export interface PersonChange {
  /** The name and website; their comments follow. */
  author?: CommentAuthor;
  email?: string;
  profession?: string | null;
  role?: Role;
  notify?: Notify;
  /** The new password's hash; their sessions end, but for this one. */
  password?: { hash: string; session: number | null };
}

/** How a change is judged and remembered. */
export interface Terms {
  /** Whether the name may be that of another person with an account. */
  namesakes: boolean;
  /** Who does it by right of their role, for the audit log; null where people do it themselves. */
  by: Actor | null;
  at: string;
  /** Refuse as `stale` unless the person still has this version. */
  version: number | null;
  /** False: the former address is not told of a change of address. */
  warn?: boolean;
}

export type PersonRefusal = "absent" | "stale" | "email_taken" | "name_taken" | "last_admin";

export type PersonOutcome = { refused: PersonRefusal } | { refused: null; person: Person };

/** A part of what is held about a person. */
export type Part =
  | "comments"
  | "deletedComments"
  | "votes"
  | "reports"
  | "posts"
  | "files"
  | "sessions"
  | "tokens"
  | "subscriptions"
  | "mails"
  | "audit";

export interface Users {
  find(id: number): Promise<Person | null>;
  /** In the order in which they came. */
  list(query: { after?: Key; limit: number }): Promise<Page<Person>>;
  /**
   * Whether the folded name or the e-mail address (null: not asked for) belongs to somebody with an account, that is
   * with an e-mail address or a password.
   */
  isReserved(nameKey: string | null, email: string | null): Promise<boolean>;
  create(draft: NewPerson, terms: Pick<Terms, "namesakes" | "by">): Promise<PersonOutcome>;
  change(id: number, change: PersonChange, terms: Terms): Promise<PersonOutcome>;
  /**
   * Takes a person out, at once for everybody; sessions and tokens end. What they wrote gets `nobody` for its author,
   * or with `erase` is emptied, by `work` as far as one call of it does not do. `person`: as they were.
   */
  remove(
    id: number,
    how: { erase: boolean; nobody: CommentAuthor },
    terms: Omit<Terms, "namesakes" | "warn">,
  ): Promise<PersonOutcome>;
  /** Goes on with what remains to be done on what people wrote, a part of it; false where there was nothing. */
  work(): Promise<boolean>;
  /** What is held about a person, part by part as the text of JSON objects; `after`: the `key` of the last one seen. */
  personal(
    id: number,
    part: Part,
    after: number,
    limit: number,
  ): Promise<Page<{ key: number; json: string }>>;
}
