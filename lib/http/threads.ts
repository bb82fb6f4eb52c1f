import type { NextApiRequest, NextApiResponse } from "next";
import type { PostHead } from "@/db/port/posts";
import type { Store, TreeRow } from "@/db/store";
import { newsFor, viewOf } from "@/lib/comments";
import { notModified } from "@/lib/http/conditional";
import { fromCursor, keyOf, linkNext, toCursor, withCursor } from "@/lib/http/page";
import { send } from "@/lib/http/send";
import { threadTag } from "@/lib/http/threadTag";
import type { ThreadQuery } from "@/lib/schemas/comments";
import { isModerator, type Who } from "@/lib/who";

/** The most comments that a tree answer holds. */
const BUDGET = 500;
const TAIL = "]}";

/** Which part of which thread, for whom. */
interface Asked {
  req: NextApiRequest;
  res: NextApiResponse;
  kept: Store;
  post: PostHead;
  who: Who;
  query: ThreadQuery;
}

/** Answers a post's thread, flat or as a tree; 304 where the caller has this version of it. */
export async function answerThread(
  req: NextApiRequest,
  res: NextApiResponse,
  kept: Store,
  post: PostHead,
  who: Who,
  query: ThreadQuery,
): Promise<void> {
  const news = isModerator(who) ? newsFor(who, await kept.site()) : "";
  if (notModified(req, res, threadTag(post, viewOf(who), news, who.base))) return;
  const asked: Asked = { req, res, kept, post, who, query };
  const head = `{"post":${post.id},"total":${post.comments},"commentsOpen":${post.commentsOpen},"comments":[`;
  const body =
    query.view === "tree" ? `${head}${await readTree(asked)}${TAIL}` : await readFlat(asked, head, TAIL);
  send(req, res, 200, body, { "X-Total-Count": post.comments });
}

async function readFlat(
  { req, res, kept, post, who, query }: Asked,
  head: string,
  tail: string,
): Promise<Buffer> {
  const after = fromCursor("time", query.cursor);
  const { json, next } = await kept.comments.flat(
    {
      post,
      after,
      limit: query.limit,
      view: viewOf(who),
      base: who.base,
    },
    head,
    tail,
  );
  if (next) linkNext(req, res, "time", next);
  return json;
}

async function readTree({ req, res, kept, post, who, query }: Asked): Promise<string> {
  const sort = query.sort ?? "oldest";
  const kind = sort === "top" ? "score" : "time";
  const page = await kept.comments.tree({
    post,
    after: fromCursor(kind, query.cursor),
    limit: query.limit,
    view: viewOf(who),
    base: who.base,
    sort,
    parent: query.parent ?? null,
    budget: BUDGET,
    at: query.at,
  });
  const last = page.rows[page.top - 1];
  if (page.more && last) linkNext(req, res, kind, keyOf(kind, last));
  return nest(req, page.rows, page.top);
}

/** Parents stand before their replies, so one pass from the end finds the text of every child made already. */
function nest(req: NextApiRequest, rows: TreeRow[], top: number): string {
  const children = new Map<number, { text: string; row: TreeRow }[]>();
  const texts: string[] = [];
  for (const [index, row] of [...rows.entries()].reverse()) {
    const mine = (children.get(row.id) ?? []).reverse();
    const text = `${row.json.slice(0, -1)},"children":[${mine.map((child) => child.text).join()}]${more(req, row, mine)}}`;
    if (index < top || row.parent === null) texts.push(text);
    else children.set(row.parent, [...(children.get(row.parent) ?? []), { text, row }]);
  }
  return texts.reverse().join();
}

function more(req: NextApiRequest, node: TreeRow, shown: { row: TreeRow }[]): string {
  if (shown.length >= node.replies) return "";
  const last = shown.findLast((child) => !child.row.apart);
  const cursor = last ? toCursor("time", keyOf("time", last.row)) : null;
  return `,"more":${JSON.stringify(withCursor(req, cursor, { parent: String(node.id) }))}`;
}
