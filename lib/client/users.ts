import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, ChangeOptions, Input, Query } from "@/lib/client/call";
import type * as links from "@/lib/schemas/links";
import type * as shapes from "@/lib/schemas/users";

type User = Answer<typeof shapes.userAnswer>;
type Myself = Answer<typeof shapes.ownAnswer>;

/** People with an account. */
export function users({ one, list }: Caller) {
  return {
    list: (query: Query<typeof shapes.usersQuery> = {}, options?: CallOptions) =>
      list<User>(at("users") + toQuery(query), options),
    create: (user: Input<typeof shapes.newUser>, options?: CallOptions) =>
      one<Answer<typeof shapes.userCreatedAnswer>>("POST", at("users"), user, options),
    get: (id: number, options?: CallOptions) => one<User>("GET", at("users", id), undefined, options),
    /** What may be absent and is goes away. */
    replace: (id: number, user: Input<typeof shapes.userReplacement>, options?: ChangeOptions) =>
      one<User>("PUT", at("users", id), user, options),
    change: (id: number, change: Input<typeof shapes.userChange>, options?: ChangeOptions) =>
      one<User>("PATCH", at("users", id), change, options),
    delete: (id: number, proof?: Input<typeof shapes.leaving>, options?: ChangeOptions) =>
      one<Answer<typeof shapes.userDeletedAnswer>>("DELETE", at("users", id), proof, options),
  };
}

/** Whoever asks. */
export function user({ one }: Caller) {
  return {
    get: (options?: CallOptions) =>
      one<Answer<typeof shapes.myselfAnswer>>("GET", at("user"), undefined, options),
    change: (change: Input<typeof shapes.userChange>, options?: ChangeOptions) =>
      one<Myself>("PATCH", at("user"), change, options),
    /** The same as `change`, where something between lets no PATCH through. */
    save: (change: Input<typeof shapes.userChange>, options?: ChangeOptions) =>
      one<Myself>("POST", at("user"), change, options),
    /** All that is held about me. */
    data: (options?: CallOptions) =>
      one<Answer<typeof shapes.personalAnswer>>("GET", at("user", "data"), undefined, options),
    /** My account and what I wrote, for good. */
    erase: (proof?: Input<typeof shapes.leaving>, options?: ChangeOptions) =>
      one<Answer<typeof shapes.erasedAnswer>>("DELETE", at("user", "data"), proof, options),
  };
}

/** Somebody without an account, who proves an e-mail address by a mailed link; `token`: the link's. */
export function guest({ one }: Caller) {
  return {
    /** Has the link mailed, if anything is held under the address. */
    ask: (email: string, options?: CallOptions) =>
      one<Answer<typeof links.askedAnswer>>("POST", at("user", "data"), { email }, options),
    /** All that is held under the address. */
    data: (token: string, options?: CallOptions) =>
      one<Answer<typeof shapes.guestDataAnswer>>(
        "GET",
        at("user", "data") + toQuery({ token }),
        undefined,
        options,
      ),
    /** All that was written under the address, for good. */
    erase: (token: string, options?: CallOptions) =>
      one<Answer<typeof shapes.erasedAnswer>>("DELETE", at("user", "data"), { token }, options),
  };
}
