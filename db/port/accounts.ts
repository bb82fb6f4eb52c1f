import type { Role, User } from "@/db/port/base";

/** How a person signs in. */
export interface Account {
  user: User;
  email: string | null;
  /** The password's hash; null: they can't sign in. */
  password: string | null;
}

/** An account that a setup link makes. */
export interface NewAccount {
  name: string;
  /** `name` folded for comparison. */
  nameKey: string;
  email: string;
  password: string;
  role: Role;
  at: string;
}

export interface Accounts {
  /** By e-mail address, in any case. */
  find(email: string): Promise<Account | null>;
  findById(user: number): Promise<Account | null>;
  /**
   * Sets the hash, ends the person's sessions but `keep`, and lets them know by mail; says how many ended. Null where
   * nobody is of that id.
   */
  setPassword(user: number, password: string, keep: number | null): Promise<number | null>;
  /** The same for all sessions of an account that is still as it was read, with an entry in the audit log. */
  resetPassword(was: Account, password: string, at: string): Promise<number | null>;
  /** Queues the message that leads to a new password; where nobody has the address, the same work comes to nothing. */
  askReset(email: string, at: string): Promise<void>;
}

/** The one-time link that makes an admin's account. Its token is known by its hash. */
export interface Setup {
  /** Makes the first link of a database; false where one was ever made, or somebody can sign in. */
  offerFirst(hash: string, until: string): Promise<boolean>;
  /** Makes a link in place of any other. */
  offer(hash: string, until: string): Promise<void>;
  isOpen(hash: string, at: string): Promise<boolean>;
  /** Makes the account and ends the link, once; `setup_done` where there is no such link any more. */
  use(
    hash: string,
    account: NewAccount,
  ): Promise<{ refused: "setup_done" | "email_taken" } | { refused: null; user: User }>;
}
