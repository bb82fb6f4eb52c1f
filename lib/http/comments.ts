import type { NextApiRequest, NextApiResponse } from "next";
import type { PostHead } from "@/db/port/posts";
import type { Comment, Store, View } from "@/db/store";
import type { Created } from "@/lib/commenting";
import { type Permit, requireComment, requireRight } from "@/lib/comments";
import { whoAsks } from "@/lib/http/auth";
import { etag, requireMatch } from "@/lib/http/conditional";
import { isOwnOrigin } from "@/lib/http/cors";
import { keepEditToken } from "@/lib/http/editCookie";
import { addressAt, addressOn, readThreadPage, type ThreadPage } from "@/lib/http/formPage";
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
  // Only now, so that readers need not wait until the renderer is loaded.
  const { createComment } = await import("@/lib/commenting");
  const who = await whoAsks(req);
  const kept = await store();
  const created = await createComment(kept, who, post, input, readIdempotencyKey(req), wantsPage(req));
  if (wantsPage(req)) {
    if (created.token !== null) keepEditToken(req, res, created.id, created.token);
    const head = created.held ? await kept.posts.head({ id: created.post }) : null;
    return redirect(res, 303, created.held ? pageOfHeld(req, head, created) : pageOf(req, who, created));
  }
  send(req, res, created.held ? 202 : 201, created.json, {
    Location: `/api/comments/${created.post}/${created.id}`,
    "Idempotent-Replayed": created.replayed ? "true" : undefined,
  });
}

/** Where a browser sees what it sent. Our own form leads to our own page, whatever page a post is for. */
function pageOf(req: NextApiRequest, { base }: Who, { id, post, notify, json }: Created): string {
  const more: Record<string, string> = notify === "asked" ? { notify } : {};
  const page = readThreadPage(req);
  if (page !== null) return addressAt(page, id, more);
  const address = addressOf(json);
  // Our own page is told which comment to begin with, in case the thread has many pages.
  const query = new URLSearchParams({ at: String(id), ...more });
  if (address.startsWith(`${base}/posts/`)) return address.replace("#", `?${query}#`);
  return isOwnOrigin(req) ? addressAt(pageOfPost(post), id, more) : address;
}

/** Where a browser hears that its comment waits: the page that it is on or the post's, if there is one to be shown. */
function pageOfHeld(req: NextApiRequest, post: PostHead | null, { notify }: Created): string {
  const more: Record<string, string> = notify === "asked" ? { held: "1", notify } : { held: "1" };
  const page = readThreadPage(req) ?? (post?.listed ? pageOfPost(post.id) : null);
  return page === null ? `/?${new URLSearchParams(more)}` : addressOn(page, more, "respond");
}

function pageOfPost(post: number): ThreadPage {
  return { path: `/posts/${post}`, query: {} };
}

/** Where a browser's own form that edited a comment is led: to the comment, or to hear that it waits now. */
export function pageOfChange(req: NextApiRequest, comment: Comment, held: boolean): string {
  const page = readThreadPage(req) ?? pageOfPost(comment.post);
  return held ? addressOn(page, { held: "1" }, "respond") : addressAt(page, comment.id);
}

/** The same for one that deleted a comment: there may be nothing left to be led to. */
export function pageOfRemoval(req: NextApiRequest, { post }: Comment): string {
  return addressOn(readThreadPage(req) ?? pageOfPost(post), { deleted: "1" }, "said");
}

/**
 * The same for one that voted for a comment: to the comment, on the part of the thread that it is on. The page is told
 * which way the vote went (`voted=-3`: against comment 3), so that it can be taken back.
 */
export function pageOfVote(req: NextApiRequest, { id, post }: Comment, value: 1 | 0 | -1): string {
  const page = readThreadPage(req);
  const said: Record<string, string> = value === 0 ? {} : { voted: String(value * id) };
  return page === null ? addressAt(pageOfPost(post), id, said) : addressOn(page, said, `comment-${id}`);
}

/** The same for one that reported a comment. */
export function pageOfReport(req: NextApiRequest, { id, post }: Comment): string {
  return addressOn(readThreadPage(req) ?? pageOfPost(post), { reported: String(id) }, "said");
}

/** The place of a comment on its page. */
export function addressOf(json: string): string {
  return commentShape.pick({ url: true }).strip().parse(JSON.parse(json)).url;
}
