import type { Page } from "@/db/port/base";

/** A part of what is held under an e-mail address that no account wrote under. */
export type GuestPart = "comments" | "deletedComments" | "subscriptions" | "mails";

/**
 * People without an account, known by the e-mail address that they gave, in any case. What was written by somebody who
 * was signed in belongs to the account, whatever its address.
 */
export interface Guests {
  /** Whether anything that was written is held under the address. */
  holds(email: string): Promise<boolean>;
  /** Whether that message to the address is known: an erasure forgets it. */
  mailed(email: string, mail: number): Promise<boolean>;
  /** Queues the message that leads to it; where nothing is held, the same work comes to nothing. */
  askData(email: string, at: string): Promise<void>;
  /** What is held, part by part as the text of JSON objects; `after`: the `key` of the last one seen. */
  personal(
    email: string,
    part: GuestPart,
    after: number,
    limit: number,
  ): Promise<Page<{ key: number; json: string }>>;
  /**
   * Begins to empty all that was written under the address, and forgets what goes to it; `work` does what one call of it
   * does not. False where nothing is held.
   */
  erase(email: string): Promise<boolean>;
  /** Goes on with what remains to be erased, a part of it; false where there was nothing. */
  work(): Promise<boolean>;
}
