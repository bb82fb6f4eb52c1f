import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, Query } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/feeds";

type JsonFeed = Answer<typeof shapes.jsonFeedAnswer>;
type Paging = Omit<Query<typeof shapes.feedQuery>, "format">;

/** Feeds, newest first; here as JSON Feed. */
export function feeds({ part, address }: Caller) {
  const read = (path: string, query: Paging, options?: CallOptions) =>
    part<JsonFeed>(path + toQuery({ ...query, format: "json" }), options);
  return {
    /** Of one post, by its id or slug. */
    thread: (post: number | string, query: Paging = {}, options?: CallOptions) =>
      read(at("comments", post, "feed"), query, options),
    /** Of all posts. */
    site: (query: Paging = {}, options?: CallOptions) => read(at("feed"), query, options),
    /** The address that feed readers subscribe to: of a post, or of all. */
    address: (post?: number | string) =>
      address(post === undefined ? at("feed") : at("comments", post, "feed")),
  };
}
