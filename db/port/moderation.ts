import type { Actor } from "@/db/port/audit";
import type { Key, Page } from "@/db/port/base";

/** Why a comment waits: a code that stays the same, and a sentence. */
export interface Reason {
  rule: string;
  reason: string;
}

/** What the moderators want held or blocked. */
export interface Rule {
  id: number;
  kind: "newcomer" | "links" | "images" | "words" | "email" | "network";
  action: "hold" | "block";
  /** The most links or images that a comment may have. */
  max: number | null;
  words: string[] | null;
  /** A glob for e-mail addresses, or a network. */
  pattern: string | null;
  note: string | null;
  createdAt: string;
  expiresAt: string | null;
}

export type NewRule = Omit<Rule, "id" | "createdAt">;

/** What the store knows of an author and of a text. */
export interface Facts {
  /** Has an approved comment, and none that counts as spam. */
  trusted: boolean;
  /** Trusted, and a moderator approved one, or one has stood unreported since `stoodSince`. */
  standing: boolean;
  /** The text was said before. */
  repeated: boolean;
  /** The same array for as long as nobody changes the rules, on whichever process. */
  rules: readonly Rule[];
}

export interface FactsQuery {
  /** The author: a user, or else a guest's network. */
  user: number | null;
  network: string | null;
  textHash: string;
  stoodSince: string;
  /** The comment in question, which vouches for nothing. */
  except?: number;
}

export type Decision = "approve" | "spam" | "delete" | "restore";

type Decided = { refused: "absent" | "not_restorable"; id: number } | { refused: null; comments: string[] };

export interface Moderation {
  facts(query: FactsQuery): Promise<Facts>;
  /** What waits, and what is approved but reported, as moderators see it, oldest first. */
  queue(query: {
    after?: Key;
    limit: number;
    base: string;
  }): Promise<Page<{ id: number; createdAt: string; json: string }>>;
  /**
   * Does the same to each of them, or nothing at all where one is absent or deleted for good. `restore` brings back
   * what was deleted or spam as it was before. Answers them as moderators see them, in the order asked.
   */
  decide(
    ids: number[],
    decision: Decision,
    by: Actor,
    at: string,
    more: { note: string | null; base: string },
  ): Promise<Decided>;
  /**
   * Decides a comment that waits, by right of whoever that user is now. False, and nothing is done, where they are no
   * moderator (any more), or it does not wait (any more) or was edited at another instant than `editedAt`.
   */
  decideWaiting(
    wanted: {
      comment: number;
      editedAt: string | null;
      decision: Exclude<Decision, "restore">;
      user: number;
    },
    at: string,
    note: string | null,
  ): Promise<boolean>;
}

export interface Rules {
  /** Oldest first; `after`: the id of the last one seen. */
  list(query: { after?: number; limit: number }): Promise<Page<Rule>>;
  create(rule: NewRule, by: Actor, at: string): Promise<Rule>;
  /** The rule as it was; null where there is none. */
  delete(id: number, by: Actor, at: string): Promise<Rule | null>;
}
