import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, Query } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/search";

/** Posts and comments by their words, the best first. */
export function search({ one }: Caller) {
  return (q: string, query: Omit<Query<typeof shapes.searchQuery>, "q"> = {}, options?: CallOptions) =>
    one<Answer<typeof shapes.searchAnswer>>(
      "GET",
      at("search") + toQuery({ ...query, q }),
      undefined,
      options,
    );
}
