import type { z } from "zod";
import type { Store } from "@/db/store";
import { openLink, sealLink } from "@/lib/mail/links";

/** What the page that a mailed link leads to asks before anything is done. Plain text. */
export interface Question<S = unknown> {
  title: string;
  text: string[];
  /** What somebody said that it is about. */
  quote?: string;
  /** What stands below that. */
  after?: string;
  /** Null: there is nothing to do any more. */
  button: string | null;
  /** What the button is about, where it is not quite what the link is about. */
  subject?: S;
}

/** The same with the token that the button sends. */
export type Asked = Omit<Question, "subject"> & { token: string };

/** What is said once it is done: the same for all, since its address proves nothing. */
export interface Done {
  title: string;
  text: string;
}

interface Terms<S> {
  /** Tells its links from all others. */
  purpose: string;
  /** How long after it is made a link is open, in milliseconds. */
  lifetime: number;
  /** What it is about: ids, mostly. */
  subject: z.ZodType<S>;
  /** What must still be the same; so what it does had better change it, and the link works once. Null: it is over. */
  state(store: Store, subject: S): Promise<string | null>;
  ask(store: Store, subject: S): Promise<Question<S>>;
  /** Does it, atomically with whatever else does the same; false where it can't be done any more. */
  accept(store: Store, subject: S): Promise<boolean>;
  done: Done;
}

/** What a mailed link offers. */
export interface Offer<S> {
  purpose: string;
  done: Done;
  /** The token of a link; null where there is nothing to offer. */
  token(store: Store, subject: S, now: number): Promise<string | null>;
  /** What the token is about; null where it is another's, too old, or over. */
  read(store: Store, token: string, now: number): Promise<S | null>;
  /** The same with what can be done about it. */
  open(store: Store, token: string, now: number): Promise<Opened | null>;
}

/** A link that can be used now. */
export interface Opened {
  ask(): Promise<Asked>;
  accept(): Promise<boolean>;
}

export function offer<S>({
  purpose,
  lifetime,
  subject: shape,
  state,
  ask,
  accept,
  done,
}: Terms<S>): Offer<S> {
  /** The subject, and until when the link is open. */
  const unseal = async (store: Store, token: string, now: number) => {
    const opened = openLink(store.secret, token, now);
    if (opened?.purpose !== purpose) return null;
    const { data: subject, success } = shape.safeParse(opened.subject);
    if (!success) return null;
    const current = await state(store, subject);
    return current !== null && opened.holds(current) ? { subject, until: opened.until } : null;
  };
  const seal = async (store: Store, subject: S, until: number) => {
    const current = await state(store, subject);
    return current === null ? null : sealLink(store.secret, { purpose, subject, state: current, until });
  };
  return {
    purpose,
    done,
    read: async (store, token, now) => (await unseal(store, token, now))?.subject ?? null,
    token: (store, subject, now) => seal(store, subject, now + lifetime),
    open: async (store, token, now) => {
      const found = await unseal(store, token, now);
      if (found === null) return null;
      return {
        ask: async () => {
          const { subject, ...question } = await ask(store, found.subject);
          const renewed = subject === undefined ? token : await seal(store, subject, found.until);
          return { ...question, token: renewed ?? token };
        },
        accept: () => accept(store, found.subject),
      };
    },
  };
}
