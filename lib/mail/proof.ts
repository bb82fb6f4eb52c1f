import type { z } from "zod";
import type { Store } from "@/db/store";
import { openLink, sealLink } from "@/lib/mail/links";

export interface ProofTerms<S> {
  /** Tells its links from all others. */
  purpose: string;
  /** How long after it is made a link is open, in milliseconds. */
  lifetime: number;
  /** What it is about: ids, mostly. */
  subject: z.ZodType<S>;
  /** What must still be the same; so what it does had better change it, and the link works once. Null: it is over. */
  state(store: Store, subject: S): Promise<string | null>;
}

/** What somebody proves who follows a mailed link: that they read the mail of that address. */
export interface Proof<S> {
  purpose: string;
  /** The token of a link; null where there is nothing to prove. */
  token(store: Store, subject: S, now: number): Promise<string | null>;
  /** What the token is about; null where it is another's, too old, or over. */
  read(store: Store, token: string, now: number): Promise<S | null>;
  /** The same with the instant until which the link is open. */
  find(store: Store, token: string, now: number): Promise<{ subject: S; until: number } | null>;
  /** Whether it is one of these, and not too old, and there is nothing left to prove. */
  isMet(store: Store, token: string, now: number): Promise<boolean>;
  /** The token of a link that is open until then; null where there is nothing to prove. */
  seal(store: Store, subject: S, until: number): Promise<string | null>;
}

export function proof<S>({ purpose, lifetime, subject: shape, state }: ProofTerms<S>): Proof<S> {
  const open = async (store: Store, token: string, now: number) => {
    const opened = openLink(store.secret, token, now);
    if (opened?.purpose !== purpose) return null;
    const { data: subject, success } = shape.safeParse(opened.subject);
    return success ? { ...opened, subject, current: await state(store, subject) } : null;
  };
  const find: Proof<S>["find"] = async (store, token, now) => {
    const opened = await open(store, token, now);
    if (opened === null || opened.current === null || !opened.holds(opened.current)) return null;
    return { subject: opened.subject, until: opened.until };
  };
  const seal: Proof<S>["seal"] = async (store, subject, until) => {
    const current = await state(store, subject);
    return current === null ? null : sealLink(store.secret, { purpose, subject, state: current, until });
  };
  return {
    ...{ purpose, find, seal },
    token: (store, subject, now) => seal(store, subject, now + lifetime),
    isMet: async (store, token, now) => (await open(store, token, now))?.current === null,
    read: async (store, token, now) => (await find(store, token, now))?.subject ?? null,
  };
}
