import type { User } from "@/db/port/base";

/** A person who is signed in somewhere. */
export interface Session {
  id: number;
  user: User;
  createdAt: string;
  seenAt: string;
}

export interface NewSession {
  /** SHA-256 of the cookie's token. */
  hash: string;
  user: number;
  userAgent: string;
  at: string;
  expiresAt: string;
}

/** A session as its owner sees it among the others. */
export interface SessionEntry {
  id: number;
  userAgent: string;
  createdAt: string;
  seenAt: string;
}

/** How many sessions a person may have; a further one ends the oldest. */
export const MOST_SESSIONS = 50;

export interface Sessions {
  /**
   * Begins one. `password`: the hash that was checked; null, and nothing is done, where the person has another by now,
   * or is gone. The session of the hash `instead` ends.
   */
  create(session: NewSession, password: string, instead: string | null): Promise<Session | null>;
  /** The session of that token's hash, unless it is over: past its end, or unused since `idleSince`. */
  find(hash: string, at: string, idleSince: string): Promise<Session | null>;
  /** Keeps that it was used. */
  touch(id: number, at: string): Promise<void>;
  /** Those of a person that are not over, newest first; at most `MOST_SESSIONS`. */
  list(user: number, at: string, idleSince: string): Promise<SessionEntry[]>;
  /** Ends one of a person's, or all but `except`, and returns what ended. */
  end(user: number, which: { only: number } | { except: number | null }): Promise<SessionEntry[]>;
}
