import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, Input, Query } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/subscriptions";

type Subscriptions = Answer<typeof shapes.subscriptionAnswer>[];

/** What is told by mail: of whoever got the message whose `token` it is, or is signed in. */
export function subscriptions({ one }: Caller) {
  return {
    list: (query: Query<typeof shapes.subscriptionsQuery> = {}, options?: CallOptions) =>
      one<Subscriptions>("GET", at("subscriptions") + toQuery(query), undefined, options),
    /** Without `id`, all of them. What is left. */
    change: (change: Input<typeof shapes.subscriptionChange>, options?: CallOptions) =>
      one<Subscriptions>("POST", at("subscriptions"), change, options),
  };
}
