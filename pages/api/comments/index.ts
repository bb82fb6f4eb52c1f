import type { NextApiRequest, NextApiResponse } from "next";
import type { CommentQuery, Site, Store } from "@/db/store";
import { toAuthorKey } from "@/lib/authors";
import { viewOf } from "@/lib/comments";
import { requireModerator, whoAsks } from "@/lib/http/auth";
import { answerCreate } from "@/lib/http/comments";
import { etag, notModified } from "@/lib/http/conditional";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { negotiate } from "@/lib/http/negotiate";
import { fromCursor, keyOf, linkNext } from "@/lib/http/page";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { sendLines } from "@/lib/http/stream";
import { toPostRef } from "@/lib/posts";
import { commentsQuery, newComment } from "@/lib/schemas";
import { store } from "@/lib/store";

const TYPES = ["application/json", "application/x-ndjson", "application/problem+json"];

async function list(req: NextApiRequest, res: NextApiResponse) {
  const query = readQuery(req, commentsQuery);
  const who = query.status ? await requireModerator(req) : await whoAsks(req);
  const kept = await store();
  const site = await kept.site();
  if (
    notModified(req, res, etag(site.version, "list", viewOf(who), who.base, negotiate(req, TYPES).slice(-6)))
  )
    return;
  const { posts, total } = await findPosts(kept, site, query.post);
  const { author, q, since, until, status, sort } = query;
  const kind = sort === "top" ? "score" : "time";
  const wanted: CommentQuery = {
    posts,
    author: author && toAuthorKey(author),
    q,
    since: since && new Date(since).toISOString(),
    until: until && new Date(until).toISOString(),
    status: status ?? "approved",
    sort,
    after: fromCursor(kind, query.cursor),
    limit: query.limit,
    view: viewOf(who),
    base: who.base,
  };
  if (negotiate(req, TYPES) === "application/x-ndjson") return sendLines(req, res, kept, wanted, kind);
  const { rows, more } = await kept.comments.list(wanted);
  const last = rows.at(-1);
  if (more && last) linkNext(req, res, kind, keyOf(kind, last));
  const filtered = author ?? q ?? since ?? until ?? status;
  const count = filtered === undefined ? { "X-Total-Count": total } : {};
  send(req, res, 200, `[${rows.map((row) => row.json).join()}]`, count);
}

async function findPosts(kept: Store, site: Site, asked: string[] | undefined) {
  if (asked === undefined) return { posts: undefined, total: site.comments };
  const found = (await kept.posts.resolve(asked.map(toPostRef))).filter((post) => post !== null);
  const counts = new Map(found.map((post) => [post.id, post.comments]));
  return { posts: [...counts.keys()], total: [...counts.values()].reduce((sum, n) => sum + n, 0) };
}

async function create(req: NextApiRequest, res: NextApiResponse) {
  const { post, ...input } = await readBody(req, newComment);
  await answerCreate(req, res, post, input);
}

export const config = { api: { bodyParser: false } };

export default api(TYPES).get(list).post(limit("comments"), create).handler({
  PUT: "Use PATCH /api/comments/[id]/[commentId] to change a comment",
  PATCH: "Use /api/comments/[id]/[commentId] to change a comment",
  DELETE: "Use /api/comments/[id]/[commentId] to delete a comment",
});
