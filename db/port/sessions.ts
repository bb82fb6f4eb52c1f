import type { User } from "@/db/port/base";

/** A person who is signed in somewhere. */
export interface Session {
  id: number;
  user: User;
  createdAt: string;
  seenAt: string;
}

export interface Sessions {
  /** The session of that token's hash, unless it is over: past its end, or unused since `idleSince`. */
  find(hash: string, at: string, idleSince: string): Promise<Session | null>;
}
