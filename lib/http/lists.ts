import type { NextApiRequest, NextApiResponse } from "next";
import type { CommentQuery, Site, Store } from "@/db/store";
import { toAuthorKey } from "@/lib/authors";
import { newsFor, viewOf } from "@/lib/comments";
import { requireRole, whoAsks } from "@/lib/http/auth";
import { etag, notModified } from "@/lib/http/conditional";
import { negotiate } from "@/lib/http/negotiate";
import { fromCursor, keyOf, linkNext } from "@/lib/http/page";
import { send } from "@/lib/http/send";
import { sendPieces } from "@/lib/http/stream";
import { toPostRef } from "@/lib/posts";
import type { CommentsQuery } from "@/lib/schemas/comments";
import { store } from "@/lib/store";

/** What `GET /api/comments` can answer. */
export const LIST_TYPES = ["application/json", "application/x-ndjson", "application/problem+json"];

/** How many comments of a stream are read at once. */
const PIECE = 200;

/** Answers comments across posts: a page of them as JSON, or all that match as lines. 401, 403 for `status`. */
export async function answerList(
  req: NextApiRequest,
  res: NextApiResponse,
  query: CommentsQuery,
): Promise<void> {
  const who = query.status ? await requireRole(req, "moderator") : await whoAsks(req);
  const kept = await store();
  const site = await kept.site();
  const type = negotiate(req, LIST_TYPES);
  if (notModified(req, res, etag(site.version, "list", viewOf(who), newsFor(who, site), who.base, type)))
    return;
  const { posts, total } = await findPosts(kept, site, query.post);
  const kind = query.sort === "top" ? "score" : "time";
  const wanted: CommentQuery = {
    ...toFilters(query),
    posts,
    after: fromCursor(kind, query.cursor),
    view: viewOf(who),
    base: who.base,
  };
  if (type === "application/x-ndjson") {
    res.setHeader("Content-Type", "application/x-ndjson; charset=utf-8");
    return sendPieces(req, res, linesOf(kept, wanted, kind));
  }
  const { rows, more } = await kept.comments.list(wanted);
  const last = rows.at(-1);
  if (more && last) linkNext(req, res, kind, keyOf(kind, last));
  if (isWhole(query)) res.setHeader("X-Total-Count", total);
  send(req, res, 200, `[${rows.map((row) => row.json).join()}]`);
}

/** Every comment that matches, a line each, some at a time; each as it is when it is read. */
async function* linesOf(kept: Store, query: CommentQuery, kind: "time" | "score"): AsyncGenerator<string> {
  for (let { after } = query; ; ) {
    const { rows, more } = await kept.comments.list({ ...query, after, limit: PIECE });
    if (rows.length > 0) yield rows.map((row) => `${row.json}\n`).join("");
    const last = rows.at(-1);
    if (!more || !last) return;
    after = keyOf(kind, last);
  }
}

function toFilters({ author, q, since, until, status = "approved", sort, limit }: CommentsQuery) {
  const toUtc = (instant: string | undefined) => instant && new Date(instant).toISOString();
  return {
    author: author && toAuthorKey(author),
    q,
    since: toUtc(since),
    until: toUtc(until),
    status,
    sort,
    limit,
  };
}

/** Whether the list is of whole posts or of the site, whose counts are kept. */
function isWhole({ author, q, since, until, status }: CommentsQuery): boolean {
  return (author ?? q ?? since ?? until ?? status) === undefined;
}

async function findPosts(kept: Store, site: Site, asked: string[] | undefined) {
  if (asked === undefined) return { posts: undefined, total: site.comments };
  const found = (await kept.posts.resolve(asked.map(toPostRef))).filter((post) => post !== null);
  const counts = new Map(found.map((post) => [post.id, post.comments]));
  return { posts: [...counts.keys()], total: [...counts.values()].reduce((sum, n) => sum + n, 0) };
}
