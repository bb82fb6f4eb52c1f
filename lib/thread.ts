import type { Key } from "@/db/port/base";
import type { PostHead } from "@/db/port/posts";
import type { Store } from "@/db/store";
import { ANONYMOUS } from "@/lib/authors";
import { commentShape, type PublicComment } from "@/lib/schemas/comments";

/** What a page shows of a comment: its text as HTML only, and nothing that it does not need. */
export type ShownComment = Omit<PublicComment, "comment" | "user" | "pinned" | "votes" | "replies" | "url">;

/** A part of a thread in order of time, as anybody may see it. `next`: the key that the rest follows, null at the end. */
export interface ThreadPart {
  comments: ShownComment[];
  next: Key | null;
}

/** The comment of a JSON text from the store. */
function toShown(json: string): ShownComment {
  const { comment, user, pinned, votes, replies, url, ...shown } = commentShape.parse(JSON.parse(json));
  return shown;
}

/** At most `limit` comments of the post, from the beginning or behind `after`. */
export async function readPart(kept: Store, post: PostHead, limit: number, after?: Key): Promise<ThreadPart> {
  const { rows, more } = await kept.comments.thread({ post, after, limit, view: "public", base: "" });
  const last = rows.at(-1);
  return {
    comments: rows.map(({ json }) => toShown(json)),
    next: more && last ? { value: last.createdAt, id: last.id } : null,
  };
}

/** The part that holds the comment `id`: the first one where it is in that, else one that begins with it. */
export async function readPartAt(
  kept: Store,
  post: PostHead,
  limit: number,
  id: number,
): Promise<ThreadPart & { start: boolean }> {
  const first = await readPart(kept, post, limit);
  if (first.comments.some((comment) => comment.id === id)) return { ...first, start: true };
  const comment = await kept.comments.find(id);
  if (comment?.post !== post.id || !comment.visible) return { ...first, start: true };
  return { ...(await readPart(kept, post, limit, { value: comment.createdAt, id: id - 1 })), start: false };
}

/** Whom a reply to `id` would answer; null where that comment is not there to be answered. */
export async function findReplyTarget(
  kept: Store,
  post: PostHead,
  id: number,
): Promise<{ id: number; author: string } | null> {
  const json = await kept.comments.json(id, "public", "");
  const comment = json === null ? null : commentShape.parse(JSON.parse(json));
  if (comment?.post !== post.id || comment.status !== "approved") return null;
  return { id, author: comment.author || ANONYMOUS };
}
