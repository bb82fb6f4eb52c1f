import type { Actor } from "@/db/port/audit";
import type { Key, Page, Role, User } from "@/db/port/base";

/** `read`: nothing may be changed with it. */
export type Scope = "read" | "full";

/** An API token as its owner sees it. Its secret is not kept. */
export interface Token {
  id: number;
  user: number;
  name: string;
  scope: Scope;
  /** What it may do at most. */
  role: Role;
  createdAt: string;
  expiresAt: string | null;
}

export interface NewToken extends Omit<Token, "id"> {
  /** SHA-256 of the secret. */
  hash: string;
}

export interface Tokens {
  /** `role`: what the token may be at most; the user may have fallen below it. Null for one that is over. */
  find(
    hash: string,
    at: string,
  ): Promise<{ role: Role; scope: Scope; expiresAt: string | null; user: User | null } | null>;
  /** Makes the first token of a new database; false where one was ever made. */
  createFirst(hash: string, role: Role, at: string): Promise<boolean>;
  /** Makes another that belongs to nobody; with `alone` in place of all such. Says how many ended. */
  createAnother(hash: string, role: Role, at: string, alone: boolean): Promise<number>;
  /** Those of a person, in the order they were made, expired ones too. */
  list(query: { user: number; after?: Key; limit: number }): Promise<Page<Token>>;
  /** `by`: who made it for somebody else; null: its owner. Null where there is no such person. */
  create(token: NewToken, by: Actor | null): Promise<Token | null>;
  /** What was deleted; null where there is no such token, or `user` (unless null) is not its owner. */
  delete(id: number, user: number | null): Promise<Token | null>;
}
