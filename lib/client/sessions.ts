import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, Input } from "@/lib/client/call";
import type * as links from "@/lib/schemas/links";
import type * as shapes from "@/lib/schemas/sessions";
import type { sessionAnswer } from "@/lib/schemas/users";

type Session = Answer<typeof sessionAnswer>;

/** Who is signed in here. A browser keeps the cookie that proves it, and sends it to its own pages' server only. */
export function session({ one, raw }: Caller) {
  return {
    signIn: (credentials: Input<typeof shapes.credentials>, options?: CallOptions) =>
      one<Session>("POST", at("session"), credentials, options),
    get: (options?: CallOptions) => one<Session>("GET", at("session"), undefined, options),
    signOut: async (options?: CallOptions): Promise<void> => {
      await raw("DELETE", at("session"), undefined, options);
    },
  };
}

/** Where I am signed in. */
export function sessions({ one }: Caller) {
  return {
    list: (options?: CallOptions) =>
      one<Answer<typeof shapes.sessionEntry>[]>("GET", at("sessions"), undefined, options),
    /** Ends the one with this id, or all others without it. */
    end: (id?: number, options?: CallOptions) =>
      one<Answer<typeof shapes.sessionsEnded>>(
        "DELETE",
        at("sessions") + toQuery({ id }),
        undefined,
        options,
      ),
  };
}

/** For who can't say their password any more. */
export function passwordReset({ one }: Caller) {
  return {
    /** Has a link mailed to this address, if it is an account's. */
    ask: (email: string, options?: CallOptions) =>
      one<Answer<typeof links.askedAnswer>>("POST", at("password-reset"), { email }, options),
    /** Takes a new password; `token`: the link's. */
    take: (taken: Input<typeof links.newPasswordByLink>, options?: CallOptions) =>
      one<Answer<typeof links.passwordChangedAnswer>>("PUT", at("password-reset"), taken, options),
  };
}
