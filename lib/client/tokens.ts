import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, Input, Query } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/tokens";

/** API tokens. */
export function tokens({ one, list }: Caller) {
  return {
    list: (query: Query<typeof shapes.tokensQuery> = {}, options?: CallOptions) =>
      list<Answer<typeof shapes.tokenAnswer>>(at("tokens") + toQuery(query), options),
    /** The only answer that holds the secret. */
    create: (token: Input<typeof shapes.newToken>, options?: CallOptions) =>
      one<Answer<typeof shapes.tokenCreatedAnswer>>("POST", at("tokens"), token, options),
    delete: (id: number, options?: CallOptions) =>
      one<Answer<typeof shapes.tokenDeletedAnswer>>("DELETE", at("tokens", id), undefined, options),
  };
}
