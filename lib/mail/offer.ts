import type { Store } from "@/db/store";
import { type Proof, type ProofTerms, proof } from "@/lib/mail/proof";
import type { Translator } from "@/lib/translator";

/** What the page that a mailed link leads to asks before anything is done. Plain text. */
export interface Question<S = unknown> {
  title: string;
  text: string[];
  /** What somebody said that it is about. */
  quote?: string;
  /** What the button does about it. */
  effect?: string;
  /** Null: there is nothing to do any more. */
  button: string | null;
  /** What the button is about, where it is not quite what the link is about. */
  subject?: S;
}

/** The same with the token that the button sends. */
type Asked = Omit<Question, "subject"> & { token: string };

interface Terms<S> extends ProofTerms<S> {
  /** What to ask, as `t` says it. */
  ask(store: Store, subject: S, t: Translator): Promise<Question<S>>;
  /** Does it, atomically with whatever else does the same; false where it can't be done any more. */
  accept(store: Store, subject: S): Promise<boolean>;
  /** It ends mail: a mail program may do it with one click, and where there is nothing left to end, it is done. */
  unsubscribes?: boolean;
}

/** What a mailed link offers. */
export interface Offer<S> extends Proof<S> {
  unsubscribes: boolean;
  /** What can be done about what the token is about; null where it is another's, too old, or over. */
  open(store: Store, token: string, now: number): Promise<Opened | null>;
  /** Does it; false where the token is another's, too old, or over. Nothing is left to do where one has ended mail. */
  take(store: Store, token: string, now: number): Promise<boolean>;
}

/** A link that can be used now. */
export interface Opened {
  ask(t: Translator): Promise<Asked>;
}

export function offer<S>({ ask, accept, unsubscribes = false, ...terms }: Terms<S>): Offer<S> {
  const made = proof(terms);
  return {
    ...{ ...made, unsubscribes },
    open: async (store, token, now) => {
      const found = await made.find(store, token, now);
      if (found === null) return null;
      return {
        ask: async (t) => {
          const { subject, ...question } = await ask(store, found.subject, t);
          const renewed = subject === undefined ? token : await made.seal(store, subject, found.until);
          return { ...question, token: renewed ?? token };
        },
      };
    },
    take: async (store, token, now) => {
      const found = await made.find(store, token, now);
      if (found !== null && (await accept(store, found.subject))) return true;
      return unsubscribes && made.isMet(store, token, now);
    },
  };
}
