import { at, toQuery } from "@/lib/client/address";
import type {
  Answer,
  Caller,
  CallOptions,
  ChangeOptions,
  CreateOptions,
  Input,
  Query,
} from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/posts";

type Id = number | string;
type Post = Answer<typeof shapes.postAnswer>;
type Alias = Answer<typeof shapes.aliasAnswer>;

/** Posts, and the pages that lead to them. `id`: an id or a slug. */
export function posts({ one, list }: Caller) {
  return {
    list: (query: Query<typeof shapes.postsQuery> = {}, options?: CallOptions) =>
      list<Post>(at("posts") + toQuery(query), options),
    create: (post: Input<typeof shapes.newPost>, options?: CreateOptions) =>
      one<Post>("POST", at("posts"), post, options),
    get: (id: Id, options?: CallOptions) => one<Post>("GET", at("posts", id), undefined, options),
    /** What may be absent and is goes back to its default. */
    replace: (id: Id, post: Input<typeof shapes.postReplacement>, options?: ChangeOptions) =>
      one<Post>("PUT", at("posts", id), post, options),
    change: (id: Id, change: Input<typeof shapes.postChange>, options?: ChangeOptions) =>
      one<Post>("PATCH", at("posts", id), change, options),
    delete: (id: Id, options?: ChangeOptions) =>
      one<Answer<typeof shapes.deletedPostAnswer>>("DELETE", at("posts", id), undefined, options),
    aliases: (id: Id, options?: CallOptions) =>
      one<Alias[]>("GET", at("posts", id, "aliases"), undefined, options),
    addAlias: (id: Id, url: string, options?: CallOptions) =>
      one<Alias[]>("POST", at("posts", id, "aliases"), { url }, options),
    removeAlias: (id: Id, url: string, options?: CallOptions) =>
      one<Answer<typeof shapes.aliasRemovedAnswer>>(
        "DELETE",
        at("posts", id, "aliases") + toQuery({ url }),
        undefined,
        options,
      ),
    /** Moves its comments to the post `into`, which it answers. */
    merge: (id: Id, into: Id, options?: CallOptions) =>
      one<Post>("POST", at("posts", id, "merge"), { into }, options),
    remap: (change: Input<typeof shapes.remapping>, options?: CallOptions) =>
      one<Answer<typeof shapes.remapAnswer>>("POST", at("remap"), change, options),
  };
}
