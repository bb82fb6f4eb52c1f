import type { GetServerSidePropsContext } from "next";
import type { PostHead } from "@/db/port/posts";
import type { Store } from "@/db/store";
import { editableUntil, isAuthor, type Writer } from "@/lib/comments";
import { baseOf } from "@/lib/http/auth";
import { readEditProofs } from "@/lib/http/editCookie";
import { readIdParameter, readParameter } from "@/lib/http/serverSide";
import { NOTHING_YET, readThreadPage, type ShownThread } from "@/lib/http/threadPage";
import { readLanguageTag, withLanguage } from "@/lib/languages";
import { readThreadNotice, readVoted, type ThreadNotice } from "@/lib/notices";
import { commentShape, type PublicComment } from "@/lib/schemas/comments";
import type { Visitor } from "@/lib/who";

/** A thread on a page, for who looks at it. It can be written as JSON. */
export interface ShownDiscussion {
  thread: ShownThread;
  /** The post's id; null while the page has none. */
  post: number | null;
  /** What the server takes for the post: its id, or the URL of a page that is none yet. */
  target: string;
  /** The address of the thread's own page, with what each link in it keeps. */
  page: string;
  /** The origin of the server where links need it; "" on its own pages. */
  server: string;
  /** Whether comments lead to their place on this page, and not to that on the post's. */
  own: boolean;
  /** Until when who looks may change which comments, by their ids. */
  mine: Record<string, string>;
  /** One's own comment, to be changed in the form; in a fragment anybody's. */
  edit: { id: number; text: string } | null;
  /** The vote that led here. */
  voted: { id: number; value: 1 | -1 } | null;
  notice: ThreadNotice | null;
  /** The origin of the site that the thread is for. */
  origin: string;
}

/** Which thread, and where its page is: a path on this server. `url`: the page that it is for, where it has no post yet. */
export type Place = { path: string } & ({ post: PostHead } | { post: null; url: string });

/** Where a thread is shown. `server`: what its links begin with; `own`: whether comments lead to their place there. */
export interface Look {
  server: string;
  own: boolean;
}

/** On a page of this server. */
export const AT_HOME: Look = { server: "", own: true };

/** The thread as the visitor may see it, with what they may edit, by session or cookie. */
export async function readDiscussion(
  context: GetServerSidePropsContext,
  kept: Store,
  place: Place,
  visitor: Visitor | null,
  look = AT_HOME,
): Promise<ShownDiscussion> {
  const { post } = place;
  const shown = await readShown(context, kept, place, look);
  if (post === null) return shown;
  const who: Writer = {
    user: visitor?.user ?? null,
    bearer: null,
    edits: readEditProofs(context.req),
    secret: kept.secret,
  };
  const held = await findHeld(kept, post, who, shown.thread.comments);
  const comments = shown.thread.comments.map(
    (comment) => held.find(({ id }) => id === comment.id) ?? comment,
  );
  comments.push(...held.filter((comment) => !comments.includes(comment)));
  const mine = comments.flatMap((comment): [number, string][] => {
    const until = editableUntil(who, comment);
    return until === null ? [] : [[comment.id, until]];
  });
  const { edit, refusal } = await findEdit(context, kept, post, who);
  return {
    ...shown,
    thread: { ...shown.thread, comments },
    mine: Object.fromEntries(mine),
    edit,
    notice: shown.notice ?? refusal,
  };
}

async function readShown(
  context: GetServerSidePropsContext,
  kept: Store,
  place: Place,
  look: Look,
): Promise<ShownDiscussion> {
  const base = baseOf(context.req);
  const thread = place.post === null ? NOTHING_YET : await readThreadPage(context, kept, place.post, base);
  const separator = place.path.includes("?") ? "&" : "?";
  const path = thread.sort === "oldest" ? place.path : `${place.path}${separator}sort=${thread.sort}`;
  const lang = readLanguageTag(readParameter(context, "lang"));
  return {
    ...look,
    thread,
    post: place.post?.id ?? null,
    target: place.post === null ? place.url : String(place.post.id),
    page: look.server + withLanguage(path, lang),
    mine: {},
    edit: null,
    voted: readVoted(context),
    notice: readThreadNotice(context),
    origin: originOf(context, place),
  };
}

function originOf({ req }: GetServerSidePropsContext, place: Place): string {
  const url = place.post === null ? place.url : (place.post.url ?? "");
  return URL.canParse(url) ? new URL(url).origin : baseOf(req);
}

/** What its author alone sees by now, of what they hold the tokens of. */
async function findHeld(
  kept: Store,
  post: PostHead,
  who: Writer,
  shown: PublicComment[],
): Promise<PublicComment[]> {
  const others = who.edits.filter(
    ({ id }) => !shown.some((comment) => comment.id === id && comment.status !== "deleted"),
  );
  const found = await Promise.all(
    others.map(async ({ id }) => {
      const comment = await kept.comments.find(id);
      const isHeld = comment?.status === "pending" || comment?.status === "spam";
      if (!isHeld || comment.post !== post.id || !isAuthor(who, comment)) return [];
      const json = await kept.comments.json(id, "own", "");
      return json === null ? [] : [commentShape.parse(JSON.parse(json))];
    }),
  );
  return found.flat().sort((a, b) => a.id - b.id);
}

/**
 * The comment that `edit` names, if who looks may change it; else why not. What its author has sent by a script is opened
 * by a token that the browser keeps: a fragment has the form for that, with the text that anybody may read.
 */
async function findEdit(
  context: GetServerSidePropsContext,
  kept: Store,
  post: PostHead,
  who: Writer,
): Promise<{ edit: ShownDiscussion["edit"]; refusal: ThreadNotice | null }> {
  const id = readIdParameter(context, "edit");
  if (id === undefined) return { edit: null, refusal: null };
  const comment = await kept.comments.find(id);
  const isHere = comment?.post === post.id;
  if (
    isHere &&
    (editableUntil(who, comment) !== null || (isFragment(context) && comment.status === "approved"))
  )
    return { edit: { id, text: comment.comment }, refusal: null };
  return {
    edit: null,
    refusal: refuse(isHere && isAuthor(who, comment) ? "edit_window_closed" : "unauthorized"),
  };
}

/** Whether the HTML of the thread alone is asked for. */
export function isFragment(context: GetServerSidePropsContext): boolean {
  return readParameter(context, "format") === "fragment";
}

function refuse(code: string): ThreadNotice {
  return { kind: "refused", says: [`error.${code}`], code, field: null };
}
