import type { CommentText, IdempotencyKey } from "@/db/port/base";
import type { NewPage, PostHead, PostRef } from "@/db/port/posts";
import type { By, Changed, Comment, CommentChange, NewComment, Site, Store, View } from "@/db/store";
import { toInstant } from "@/db/time";
import { ANONYMOUS, toAuthor } from "@/lib/authors";
import { config } from "@/lib/config";
import { unWish } from "@/lib/mail/asking";
import { render } from "@/lib/markdown";
import { moderate, type Verdict } from "@/lib/moderation/moderate";
import { ageOf } from "@/lib/moderation/stamp";
import { isOwnSite, toNewPage, toPageUrl } from "@/lib/pages";
import { closedUntil, toPostRef } from "@/lib/posts";
import { Problem } from "@/lib/problems";
import type { CommentChangeInput, NewCommentInput } from "@/lib/schemas/comments";
import { editToken, hash, keyed, same } from "@/lib/secrets";
import { type Notified, notifiedOf, toWish } from "@/lib/subscriptions";
import { refuseReserved } from "@/lib/users";
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

/** Markdown through the one renderer and sanitiser. Throws `Problem` for what is too complex. */
export function toText(comment: string, secret: Buffer): CommentText {
  return { comment, html: render(comment), textHash: keyed(secret, "text", comment.trim()) };
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

export interface Created {
  id: number;
  post: number;
  held: boolean;
  replayed: boolean;
  /** What came of the wish to hear of replies; null where there was none. */
  notify: Notified | null;
  /** What opens it to the guest who wrote it; null for anybody else. */
  token: string | null;
  json: string;
}

/** A browser's form has no Idempotency-Key: the same words from the same author within a minute are a double click. */
const TWICE = 60_000;

/**
 * Adds a comment. Throws `Problem`: unknown or closed post, a parent that can't be answered, a page of a foreign site,
 * what a rule blocks.
 */
export async function createComment(
  store: Store,
  who: Who,
  post: string | number,
  input: NewCommentInput,
  idempotencyKey: string | null,
  isForm: boolean,
): Promise<Created> {
  const { homepage, stamp, from, ...said } = input;
  const person = who.user && (await store.users.find(who.user.id));
  if (who.user && !person) throw new Problem("unauthorized");
  if (who.role === null) await refuseReserved(store, said.author, said.email);
  const text = toText(said.comment, who.secret);
  const author = person
    ? toAuthor(person.name, person.website)
    : toAuthor(said.author ?? (isModerator(who) ? "Admin" : ANONYMOUS), said.website);
  const email = person ? null : said.email;
  const network = isModerator(who) ? null : who.network;
  const user = who.user?.id ?? null;
  const now = Date.now();
  const verdict = await moderate(
    store,
    who,
    { user, network },
    {
      ...{ text, author: author.author, website: author.website, email, remote: who.remote, trap: homepage },
      age: stamp ? ageOf(stamp, who.secret, now) : null,
    },
  );
  const place = await toPlace(store, post);
  const wish = toWish(said.notify ?? null, person, email);
  const notify = wish ? await notifiedOf(store, person, network, now) : null;
  const draft: NewComment = {
    ...text,
    ...author,
    ...verdict,
    post: place,
    parent: said.parent ?? null,
    email,
    user,
    role: who.role,
    network,
    address: network && who.address,
    createdAt: toInstant(now),
    onceSince: isForm ? toInstant(now - TWICE) : null,
    closedUntil: closedUntil(),
    notify: notify === "off" ? null : wish,
  };
  const created = await store.comments.create(draft, toKey(who, idempotencyKey, post, said), who.base);
  if (notify === "asked" && (created.refused !== null || created.replayed)) await unWish(store, network, now);
  if (created.refused !== null) throw new Problem(created.refused);
  const { id, replayed, twin, status } = created;
  // Somebody else on the same network may say the same, and must not get the key to the first one's comment.
  const isTheirs = status !== "deleted" && (who.role !== null || !twin);
  const token = isTheirs && who.role === null ? editToken(who.secret, created) : null;
  const held = status === "pending" || status === "spam";
  const json = extend(created.json, {
    // Moderators edit when they like.
    ...(!isModerator(who) && { editableUntil: isTheirs ? endOfEditing(created.createdAt) : null }),
    ...(token !== null && { editToken: token }),
    ...(notify && { notify }),
  });
  return { id, post: created.post, replayed, held, notify, token, json };
}

/** Until when the author of a comment of that instant may change it; null: never at all. */
function endOfEditing(createdAt: string): string | null {
  const { editWindow } = config();
  return editWindow === 0 ? null : toInstant(Date.parse(createdAt) + editWindow);
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
  input: Omit<NewCommentInput, "homepage" | "stamp" | "from">,
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
  if (by !== "author") {
    if (input.status !== undefined && input.status !== "deleted") change.status = input.status;
  } else if (change.text || change.author) {
    Object.assign(change, toHold(comment, await judge(store, who, comment, change)));
  }
  const at = new Date().toISOString();
  const answer = { version: permit.version, view: permit.view, base: who.base };
  return {
    json: unwrap(await store.comments.change(comment.id, change, by, at, answer)),
    held: by === "author" && change.status !== undefined,
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
export function requireRight(who: Who, { comment, view }: Omit<Permit, "version">): By {
  const { role } = who;
  if (role !== null && isModerator(who)) return toActor({ user: who.user, role });
  if (comment.status === "deleted") throw new Problem("comment_not_found");
  if (view !== "own") throw new Problem(who.role === null ? "unauthorized" : "forbidden");
  if (!isWithinWindow(comment)) throw new Problem("edit_window_closed");
  return "author";
}

/** What the pipeline says of a comment as its author would have it. */
function judge(store: Store, who: Who, comment: Comment, { text, author }: CommentChange): Promise<Verdict> {
  const { id, user, network, email } = comment;
  return moderate(
    store,
    who,
    { user, network, except: id },
    {
      ...{ email, remote: who.remote, trap: null, age: null },
      text: text ?? toText(comment.comment, who.secret),
      author: author?.author ?? comment.author,
      website: author ? author.website : comment.website,
    },
  );
}

/** An approved comment may have to wait again; one that waits keeps waiting, for the new reasons, too. */
function toHold({ status, held }: Comment, verdict: Verdict): Pick<CommentChange, "status" | "held"> {
  if (status === "approved") return verdict.status === "approved" ? {} : verdict;
  const added = verdict.held.filter(({ rule }) => !held.some((known) => known.rule === rule));
  return { held: [...held, ...added] };
}

/** An author may send the whole resource back, but not change what only moderators may. */
function refuseModeration({ status, pinned }: CommentChangeInput, comment: Comment): void {
  // As it is told them: what is spam must not show in what is refused.
  const told = comment.status === "spam" ? "pending" : comment.status;
  if ((status !== undefined && status !== told) || (pinned !== undefined && pinned !== comment.pinned)) {
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
