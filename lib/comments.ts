import type { PostHead } from "@/db/port/posts";
import type { By, Comment, Site, Store, View } from "@/db/store";
import { toInstant } from "@/db/time";
import { config } from "@/lib/config";
import { Problem } from "@/lib/problems";
import { editToken, same } from "@/lib/secrets";
import { isModerator, toActor, type Who } from "@/lib/who";

/** Whether the post is none yet for `who`: a page on which nothing is approved. */
export function isHidden(post: PostHead, who: Who): boolean {
  return !post.listed && !isModerator(who);
}

/** How much of a list `who` is shown. */
export function viewOf(who: Who): View {
  return isModerator(who) ? "moderator" : "public";
}

/** What an ETag has to carry beside the public version: to moderators, what only they see is news, too. */
export function newsFor(who: Who, { moderation }: Pick<Site, "moderation">): string {
  return isModerator(who) ? moderation.toString(36) : "";
}

/** Who may have written a comment. */
export type Writer = Pick<Who, "user" | "bearer" | "edits" | "secret">;

/** Whether the bearer token is this comment's edit token, a browser holds it, or the user wrote the comment. */
export function isAuthor(who: Writer, comment: Pick<Comment, "id" | "user" | "createdAt">): boolean {
  if (who.user && who.user.id === comment.user) return true;
  const token = who.bearer ?? who.edits.find(({ id }) => id === comment.id)?.token;
  return token !== undefined && same(token, editToken(who.secret, comment));
}

/** Until when its author may change the comment; null for anybody else, and once that is over. */
export function editableUntil(
  who: Writer,
  comment: Pick<Comment, "id" | "user" | "createdAt" | "status">,
): string | null {
  if (comment.status === "deleted" || !isWithinWindow(comment) || !isAuthor(who, comment)) return null;
  return endOfEditing(comment.createdAt);
}

function isWithinWindow({ createdAt }: Pick<Comment, "createdAt">): boolean {
  return Date.now() - Date.parse(createdAt) < config().editWindow;
}

/** The comment of that post, and how much of it `who` may see. Throws 404, the same for absent and hidden. */
export async function requireComment(
  store: Store,
  who: Who,
  post: number,
  id: number,
): Promise<{ comment: Comment; view: View }> {
  const comment = await store.comments.find(id);
  if (comment?.post === post) {
    if (isModerator(who)) return { comment, view: "moderator" };
    if (comment.status !== "deleted" && isAuthor(who, comment)) return { comment, view: "own" };
    if (comment.visible) return { comment, view: "public" };
  }
  throw new Problem("comment_not_found");
}

/** Until when the author of a comment of that instant may change it; null: never at all. */
export function endOfEditing(createdAt: string): string | null {
  const { editWindow } = config();
  return editWindow === 0 ? null : toInstant(Date.parse(createdAt) + editWindow);
}

/** Where a change or deletion stands: whose right it is, and the version that `If-Match` asked for. */
export interface Permit {
  comment: Comment;
  view: View;
  version: number | null;
}

/** Throws unless `who` may edit and delete the comment now: its author within the window, a moderator always. */
export function requireRight(who: Who, { comment, view }: Omit<Permit, "version">): By {
  const { role } = who;
  if (role !== null && isModerator(who)) return toActor({ user: who.user, role });
  if (comment.status === "deleted") throw new Problem("comment_not_found");
  if (view !== "own") throw new Problem(who.role === null ? "unauthorized" : "forbidden");
  if (!isWithinWindow(comment)) throw new Problem("edit_window_closed");
  return "author";
}
