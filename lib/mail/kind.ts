import type { z } from "zod";
import type { Store } from "@/db/store";
import type { Letter } from "@/lib/mail/letter";

/** The message that is to be written now. */
export interface Mailing {
  /** The same at each try. */
  id: number;
  store: Store;
  /** The person with an account whom it is to; null for an address alone. */
  user: number | null;
  address: string;
  queuedAt: string;
  now: number;
}

/** A sort of messages: what it says as of now; null where there is nothing to say any more, and nothing is sent. */
export interface Kind {
  write(mailing: Mailing, facts: unknown): Promise<Letter | null>;
}

/** `facts`: the shape of what a queued message of this kind is about. One that has another shape is not sent. */
export function kind<F>(
  facts: z.ZodType<F>,
  write: (mailing: Mailing, facts: F) => Promise<Letter | null>,
): Kind {
  return {
    write: async (mailing, raw) => {
      const result = facts.safeParse(raw);
      return result.success ? write(mailing, result.data) : null;
    },
  };
}
