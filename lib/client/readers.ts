import { at, toQuery } from "@/lib/client/address";
import type { Answer, CallOptions, ChangeOptions, CreateOptions, Input, Sender } from "@/lib/client/call";
import type * as shapes from "@/lib/schemas/comments";

type Post = number | string;
type Comment = Answer<typeof shapes.commentAnswer>;
type Created = Answer<typeof shapes.createdAnswer>;

const place = (post: Post, id: number, ...more: string[]) => at("comments", post, id, ...more);

/** What readers do in a thread: the part of `comments` that the element needs. `post`: as there. */
export function readersCalls({ one }: Sender) {
  return {
    /** Its `status` is `pending` where it waits for a moderator. Guests get an `editToken`. */
    create: (comment: Input<typeof shapes.newComment>, options?: CreateOptions) =>
      one<Created>("POST", at("comments"), comment, options),
    change: (post: Post, id: number, change: Input<typeof shapes.commentChange>, options?: ChangeOptions) =>
      one<Comment>("PATCH", place(post, id), change, options),
    delete: (post: Post, id: number, options?: ChangeOptions) =>
      one<Answer<typeof shapes.deletedAnswer>>("DELETE", place(post, id), undefined, options),
    /** 0 takes one's vote back. */
    vote: (post: Post, id: number, value: 1 | 0 | -1, options?: CallOptions) =>
      one<Answer<typeof shapes.votesAnswer>>("PUT", place(post, id, "vote"), { value }, options),
    report: (post: Post, id: number, report: Input<typeof shapes.report>, options?: CallOptions) =>
      one<Answer<typeof shapes.reportedAnswer>>("POST", place(post, id, "report"), report, options),
    /** How many comments each has, under the key as asked. */
    counts: (posts: Post[], options?: CallOptions) =>
      one<Answer<typeof shapes.countsAnswer>>(
        "GET",
        at("counts") + toQuery({ post: posts }),
        undefined,
        options,
      ),
    preview: (comment: string, options?: CallOptions) =>
      one<Answer<typeof shapes.previewAnswer>>("POST", at("preview"), { comment }, options),
    /** A stamp of now for `create`, which says how long somebody wrote. */
    stamp: (options?: CallOptions) =>
      one<Answer<typeof shapes.stampAnswer>>("GET", at("stamp"), undefined, options),
  };
}
