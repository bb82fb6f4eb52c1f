import type { Changed, Comment, CommentChange, Store } from "@/db/store";
import { ANONYMOUS, toAuthor } from "@/lib/authors";
import { type Permit, requireRight } from "@/lib/comments";
import { toText } from "@/lib/commentText";
import { moderate, type Verdict } from "@/lib/moderation/moderate";
import { Problem } from "@/lib/problems";
import type { CommentChangeInput } from "@/lib/schemas/comments";
import { refuseReserved } from "@/lib/users";
import type { Who } from "@/lib/who";

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
