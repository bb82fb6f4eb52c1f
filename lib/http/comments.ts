import type { NextApiRequest, NextApiResponse } from "next";
import type { PostHead } from "@/db/port/posts";
import type { Store, View } from "@/db/store";
import { type Created, createComment, type Permit, requireComment, requireRight } from "@/lib/comments";
import { whoAsks } from "@/lib/http/auth";
import { etag, requireMatch } from "@/lib/http/conditional";
import { isOwnOrigin } from "@/lib/http/cors";
import { readId, readIdempotencyKey, readSegment } from "@/lib/http/input";
import { wantsPage } from "@/lib/http/negotiate";
import { redirect, send } from "@/lib/http/send";
import { requireHead } from "@/lib/posts";
import { commentShape, type NewCommentInput } from "@/lib/schemas/comments";
import { hash } from "@/lib/secrets";
import { store } from "@/lib/store";
import type { Who } from "@/lib/who";

const VIEWS: View[] = ["public", "own", "moderator"];

/** The ETag of a comment in one of its views. It names its post, whose address may change; reports are news to moderators. */
export function commentTag(
  comment: { id: number; version: number; noted: number },
  view: View,
  base: string,
  post: PostHead,
): string {
  const place = hash(`${post.id} ${post.slug} ${post.url ?? ""}`).slice(0, 10);
  const noted = view === "moderator" ? comment.noted.toString(36) : "";
  return etag(comment.version, `c${comment.id}`, view, noted, base, place);
}

/** The comment that the path names, who asks for it, and how much of it they see. Throws 404. */
export async function locateComment(
  req: NextApiRequest,
): Promise<{ kept: Store; who: Who; post: PostHead } & Omit<Permit, "version">> {
  const kept = await store();
  const who = await whoAsks(req);
  const post = await requireHead(kept, readSegment(req, "id"));
  const id = readId(req, "commentId", "comment_not_found");
  return { kept, who, post, ...(await requireComment(kept, who, post.id, id)) };
}

/** The same for a change, with the version that `If-Match` ties it to. Throws 401, 403, 404, 412. */
export async function locateForChange(req: NextApiRequest) {
  const { kept, who, post, comment, view } = await locateComment(req);
  // Preconditions come after what would be refused without them (RFC 9110 §13.2.1).
  requireRight(who, { comment, view });
  const tied = requireMatch(
    req,
    VIEWS.map((one) => commentTag(comment, one, who.base, post)),
  );
  return { kept, who, permit: { comment, view, version: tied ? comment.version : null } };
}

/** Creates a comment and answers it: 201, or 202 where it waits; a browser's own form goes on to its page. */
export async function answerCreate(
  req: NextApiRequest,
  res: NextApiResponse,
  post: string | number,
  input: NewCommentInput,
): Promise<void> {
  const who = await whoAsks(req);
  const kept = await store();
  const created = await createComment(kept, who, post, input, readIdempotencyKey(req), wantsPage(req));
  if (wantsPage(req)) {
    const head = created.held ? await kept.posts.head({ id: created.post }) : null;
    return redirect(res, 303, created.held ? pageOfHeld(head, created) : pageOf(req, who, created));
  }
  send(req, res, created.held ? 202 : 201, created.json, {
    Location: `/api/comments/${created.post}/${created.id}`,
    "Idempotent-Replayed": created.replayed ? "true" : undefined,
  });
}

/** Where a browser sees what it sent, or that it waits. Our own form leads to our own page, whatever page a post is for. */
function pageOf(req: NextApiRequest, { base }: Who, { id, post, notify, json }: Created): string {
  const address = addressOf(json);
  const more = notify === "asked" ? "&notify=asked" : "";
  // Our own page is told which comment to begin with, in case the thread has many pages.
  if (address.startsWith(`${base}/posts/`)) return address.replace("#", `?at=${id}${more}#`);
  return isOwnOrigin(req) ? placeOf({ id, post }).replace("#", `${more}#`) : address;
}

/** Where a browser hears that its comment waits: the post's page, if there is one to be shown. */
function pageOfHeld(post: PostHead | null, { notify }: Created): string {
  const query = notify === "asked" ? "held=1&notify=asked" : "held=1";
  return post?.listed ? `/posts/${post.id}?${query}#respond` : `/?${query}`;
}

/** Where our own page shows a comment, however long its thread. */
export function placeOf({ id, post }: { id: number; post: number }): string {
  return `/posts/${post}?at=${id}#comment-${id}`;
}

/** The place of a comment on its page. */
export function addressOf(json: string): string {
  return commentShape.pick({ url: true }).strip().parse(JSON.parse(json)).url;
}
