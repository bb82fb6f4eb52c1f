import { at, toQuery } from "@/lib/client/address";
import type { Answer, Caller, CallOptions, CreateOptions, Input, Part, Query } from "@/lib/client/call";
import { type WatchOptions, watch } from "@/lib/client/events";
import { readersCalls } from "@/lib/client/readers";
import type * as shapes from "@/lib/schemas/comments";

type Post = number | string;
type Comment = Answer<typeof shapes.commentAnswer>;
type Created = Answer<typeof shapes.createdAnswer>;
type Thread = Answer<typeof shapes.threadAnswer>;
type Tree = Extract<Thread, { comments: { children: unknown }[] }>;
type ThreadQuery = Query<typeof shapes.threadQuery>;
type ViewOf<Q extends ThreadQuery> = Q extends { view: "tree" } ? Tree : Exclude<Thread, Tree>;

const place = (post: Post, id: number, ...more: string[]) => at("comments", post, id, ...more);

/** Comments and threads. `post`: an id or a slug; to create and to count, a page's URL, too. */
export function comments(caller: Caller) {
  const { one, part, list, raw, address } = caller;
  return {
    ...readersCalls(caller),
    list: (query: Query<typeof shapes.commentsQuery> = {}, options?: CallOptions) =>
      list<Comment>(at("comments") + toQuery(query), options),
    /** All that match, however many: `body` is a stream of JSON lines, each a comment. */
    stream: (query: Omit<Query<typeof shapes.commentsQuery>, "limit"> = {}, options?: CallOptions) =>
      raw("GET", at("comments") + toQuery(query), undefined, options, "application/x-ndjson"),
    createOn: (post: Post, comment: Input<typeof shapes.newCommentOnPost>, options?: CreateOptions) =>
      one<Created>("POST", at("comments", post), comment, options),
    /** With `view: "tree"`, `at` is the comment to begin with, or with what it hangs below. */
    thread: <Q extends ThreadQuery>(post: Post, query?: Q, options?: CallOptions) =>
      part<ViewOf<Q>>(at("comments", post) + toQuery(query ?? {}), options),
    /** The thread of a page; empty, with `post` null, where nobody has commented yet. */
    threadByUrl: <Q extends ThreadQuery>(url: string, query?: Q, options?: CallOptions) =>
      part<ViewOf<Q>>(at("comments", "by-url") + toQuery({ ...query, url }), options),
    /**
     * What happens in the thread, as it happens: `for await (const event of comments.events(1))`. Read the thread once it
     * said `ready`, and anew after each `reset`. It comes back by itself where it is cut.
     */
    events: (post: Post, options?: WatchOptions) => watch(caller, at("comments", post, "events"), options),
    /** The replies that a comment of a tree has beyond those in it: `more` is what it says there. */
    more: (more: string, options?: CallOptions): Promise<Part<Tree>> => part<Tree>(more, options),
    get: (post: Post, id: number, options?: CallOptions) =>
      one<Comment>("GET", place(post, id), undefined, options),
    /** Moderators only: the former texts, oldest first. */
    history: (post: Post, id: number, options?: CallOptions) =>
      one<Answer<typeof shapes.edit>[]>("GET", place(post, id, "history"), undefined, options),
    /** The address that leads to the comment's place on its page. */
    permalink: (post: Post, id: number) => address(place(post, id, "permalink")),
    /** The address of its author's picture; null for a deleted one. */
    avatar: ({ avatar }: Pick<Comment, "avatar">) => avatar && address(avatar),
  };
}
