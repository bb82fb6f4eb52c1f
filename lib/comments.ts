import type { IdempotencyKey } from "@/db/port/base";
import type { NewPage, PostHead, PostRef } from "@/db/port/posts";
import type { Changed, Comment, CommentChange, CommentText, NewComment, Store, View } from "@/db/store";
import { ANONYMOUS, toAuthor } from "@/lib/authors";
import { config } from "@/lib/config";
import { render } from "@/lib/markdown";
import { moderate } from "@/lib/moderation";
import { isOwnSite, toNewPage, toPageUrl } from "@/lib/pages";
import { closedUntil, toPostRef } from "@/lib/posts";
import { Problem } from "@/lib/problems";
import type { CommentChangeInput, NewCommentInput } from "@/lib/schemas/comments";
import { editToken, hash, keyed, same } from "@/lib/secrets";
import { refuseReserved } from "@/lib/users";
import { isModerator, type Who } from "@/lib/who";

/** Whether the post is none yet for `who`: a page on which nothing is approved. */
export function isHidden(post: PostHead, who: Who): boolean {
  return !post.listed && !isModerator(who);
}

/** How much of a list `who` is shown. */
export function viewOf(who: Who): View {
  return isModerator(who) ? "moderator" : "public";
}

/** Markdown through the one renderer and sanitiser. Throws `Problem` for what is too complex. */
export function toText(comment: string, secret: Buffer): CommentText {
  return { comment, html: render(comment), textHash: keyed(secret, "text", comment.trim()) };
}

/** Whether the bearer token is this comment's edit token, or the user wrote it. */
export function isAuthor(who: Who, comment: Comment): boolean {
  if (who.user && who.user.id === comment.user) return true;
  return who.bearer !== null && same(who.bearer, editToken(who.secret, comment));
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

export interface Created {
  id: number;
  post: number;
  held: boolean;
  replayed: boolean;
  json: string;
}

/** Adds a comment. Throws `Problem`: unknown or closed post, a parent that can't be answered, a page of a foreign site. */
export async function createComment(
  store: Store,
  who: Who,
  post: string | number,
  input: NewCommentInput,
  idempotencyKey: string | null,
): Promise<Created> {
  const person = who.user && (await store.users.find(who.user.id));
  if (who.user && !person) throw new Problem("unauthorized");
  if (who.role === null) await refuseReserved(store, input.author, input.email);
  const text = toText(input.comment, who.secret);
  const network = who.role === null ? who.network : null;
  const verdict = await moderate(store, config().moderation, text, { network, moderator: isModerator(who) });
  const draft: NewComment = {
    ...text,
    ...(person
      ? toAuthor(person.name, person.website)
      : toAuthor(input.author ?? (isModerator(who) ? "Admin" : ANONYMOUS), input.website)),
    ...verdict,
    post: await toPlace(store, post),
    parent: input.parent ?? null,
    email: person ? null : input.email,
    user: who.user?.id ?? null,
    role: who.role,
    network,
    address: network && who.address,
    createdAt: new Date().toISOString(),
    closedUntil: closedUntil(),
  };
  const created = await store.comments.create(draft, toKey(who, idempotencyKey, post, input), who.base);
  if (created.refused !== null) throw new Problem(created.refused);
  const { id, replayed, json, status } = created;
  const token =
    who.role === null && status !== "deleted" ? { editToken: editToken(who.secret, created) } : {};
  return { id, post: created.post, replayed, held: status === "pending", json: extend(json, token) };
}

/** The members of `more` at the end of a JSON object's text. */
function extend(json: string, more: object): string {
  const members = JSON.stringify(more).slice(1, -1);
  return members === "" ? json : `${json.slice(0, -1)},${members}}`;
}

async function toPlace(store: Store, post: string | number): Promise<PostRef | NewPage> {
  const ref = toPostRef(post);
  const url = "page" in ref && typeof post === "string" ? toPageUrl(post) : null;
  if (!url || (await store.posts.head(ref))) return ref;
  if (!isOwnSite(url)) throw new Problem("origin_not_allowed");
  return toNewPage(url);
}

/** A guest's key is its own scope, so that a retry from another network meets the first try. */
function toKey(
  who: Who,
  key: string | null,
  post: string | number,
  input: NewCommentInput,
): IdempotencyKey | null {
  if (key === null) return null;
  const scope = who.user ? `user ${who.user.id}` : (who.role ?? "guest");
  if (scope === "guest" && key.length < 16) throw new Problem("invalid_idempotency_key");
  return {
    key: keyed(who.secret, "idempotency", `${scope}\0${key}`),
    request: hash(JSON.stringify([String(post), input])),
  };
}

/** Where a change or deletion stands: whose right it is, and the version that `If-Match` asked for. */
export interface Permit {
  comment: Comment;
  view: View;
  version: number | null;
}

/** Edits or moderates a comment and returns its JSON. Throws `Problem`. */
export async function changeComment(
  store: Store,
  who: Who,
  permit: Permit,
  input: CommentChangeInput,
): Promise<{ json: string; held: boolean }> {
  const { comment } = permit;
  const by = requireRight(who, permit);
  if (by === "author") refuseModeration(input, comment);
  if (input.status === "deleted" && comment.status !== "deleted") {
    return { json: (await removeComment(store, who, permit)).after, held: false };
  }
  // What a moderator deleted comes back as it was.
  const edit = comment.status === "deleted" ? {} : toEdit(who, comment, input);
  if (edit.author && by === "author") await refuseReserved(store, edit.author.author, null);
  const change: CommentChange = { ...edit, pinned: input.pinned };
  if (by === "moderator") {
    if (input.status !== undefined && input.status !== "deleted" && input.status !== comment.status)
      change.status = input.status;
  } else if (change.text && comment.status === "approved") {
    const verdict = await moderate(store, config().moderation, change.text, {
      network: comment.network,
      editing: comment.id,
      moderator: false,
    });
    if (verdict.status === "pending") Object.assign(change, verdict);
  }
  const at = new Date().toISOString();
  const answer = { version: permit.version, view: permit.view, base: who.base };
  return {
    json: unwrap(await store.comments.change(comment.id, change, by, at, answer)),
    held: change.status === "pending" && by === "author",
  };
}

/** Deletes a comment: finally by its author, undoably by a moderator. `before`: as it was, `after`: what is left. */
export async function removeComment(
  store: Store,
  who: Who,
  permit: Permit,
): Promise<{ before: string; after: string }> {
  const { comment, view, version } = permit;
  const by = requireRight(who, permit);
  const answer = { version, view, base: who.base };
  const before = unwrap(await store.comments.delete(comment.id, by, new Date().toISOString(), answer));
  return { before, after: (await store.comments.json(comment.id, view, who.base)) ?? before };
}

/** Throws unless `who` may edit and delete the comment now: its author within the window, a moderator always. */
export function requireRight(who: Who, { comment, view }: Omit<Permit, "version">): "author" | "moderator" {
  if (isModerator(who)) return "moderator";
  if (comment.status === "deleted") throw new Problem("comment_not_found");
  if (view !== "own") throw new Problem(who.role === null ? "unauthorized" : "forbidden");
  if (Date.now() - Date.parse(comment.createdAt) >= config().editWindow)
    throw new Problem("edit_window_closed");
  return "author";
}

/** An author may send the whole resource back, but not change what only moderators may. */
function refuseModeration({ status, pinned }: CommentChangeInput, comment: Comment): void {
  if (
    (status !== undefined && status !== comment.status) ||
    (pinned !== undefined && pinned !== comment.pinned)
  ) {
    throw new Problem("forbidden");
  }
}

function toEdit(
  who: Who,
  before: Comment,
  input: CommentChangeInput,
): Pick<CommentChange, "text" | "author"> {
  // What somebody wrote with an account has the name and website of the account.
  const own = who.user !== null && who.user.id === before.user;
  const author = own || input.author === undefined ? before.author : input.author || ANONYMOUS;
  const website = own || input.website === undefined ? before.website : input.website || null;
  return {
    text:
      input.comment === undefined || input.comment === before.comment
        ? undefined
        : toText(input.comment, who.secret),
    author: author === before.author && website === before.website ? undefined : toAuthor(author, website),
  };
}

function unwrap(changed: Changed): string {
  if (changed.refused === null) return changed.json;
  const codes = {
    stale: "precondition_failed",
    absent: "comment_not_found",
    not_restorable: "not_restorable",
  } as const;
  throw new Problem(codes[changed.refused]);
}
