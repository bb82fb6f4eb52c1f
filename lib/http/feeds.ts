import type { NextApiRequest, NextApiResponse } from "next";
import type { Key } from "@/db/port/base";
import { toAtom } from "@/lib/feeds/atom";
import type { Addresses, Feed, Format } from "@/lib/feeds/feed";
import { toJsonFeed } from "@/lib/feeds/json";
import { type FeedPart, readSiteFeed, readThreadFeed, type Wanted } from "@/lib/feeds/read";
import { baseOf } from "@/lib/http/auth";
import { etag, notModified } from "@/lib/http/conditional";
import { negotiate } from "@/lib/http/negotiate";
import { fromCursor, linkNext, toCursor } from "@/lib/http/page";
import { send } from "@/lib/http/send";
import { requirePost } from "@/lib/posts";
import type { FeedQuery } from "@/lib/schemas/feeds";
import { store } from "@/lib/store";

const ATOM = "application/atom+xml";
const JSON_FEED = "application/feed+json";
const FORMATS: Record<string, Format> = { [JSON_FEED]: "json", "application/json": "json" };

/** What a feed's readers ask for. Those that want just any XML or JSON get a feed of that kind. */
export const FEED_TYPES = [
  ATOM,
  JSON_FEED,
  "application/xml",
  "text/xml",
  "application/json",
  "application/problem+json",
];

/** Answers the feed of the post of that name. Throws 404 `post_not_found`. */
export async function answerThreadFeed(
  req: NextApiRequest,
  res: NextApiResponse,
  name: string,
  query: FeedQuery,
): Promise<void> {
  const kept = await store();
  const post = await requirePost(kept, name);
  // By its id, which no new name changes.
  const path = `/api/comments/${post.id}/feed`;
  await answer(req, res, query, path, post.version, (wanted) => readThreadFeed(kept, post, wanted));
}

/** Answers the feed of all posts. */
export async function answerSiteFeed(
  req: NextApiRequest,
  res: NextApiResponse,
  query: FeedQuery,
): Promise<void> {
  const kept = await store();
  const site = await kept.site();
  await answer(req, res, query, "/api/feed", site.version, (wanted) => readSiteFeed(kept, site, wanted));
}

/** `version` is older than what `read` reads. Everybody gets the same feed, moderators too. */
async function answer(
  req: NextApiRequest,
  res: NextApiResponse,
  query: FeedQuery,
  path: string,
  version: number,
  read: (wanted: Wanted) => Promise<FeedPart>,
): Promise<void> {
  const format = query.format ?? FORMATS[negotiate(req, FEED_TYPES)] ?? "atom";
  const after = fromCursor("time", query.cursor);
  const base = baseOf(req);
  if (notModified(req, res, etag(version, `feed${path.replace(/\D/g, "")}`, format, base))) return;
  const part = await read({ base, limit: query.limit, after });
  if (part.next) linkNext(req, res, "time", part.next);
  const at = (key: Key | null) => toAddresses(base + path, query.limit, key);
  const addresses = { addresses: at(after ?? null), first: at(null), next: part.next && at(part.next) };
  const feed: Feed = { ...part, ...addresses };
  const [body, type] =
    format === "json" ? [JSON.stringify(toJsonFeed(feed)), JSON_FEED] : [toAtom(feed), ATOM];
  send(req, res, 200, body, { "Content-Type": `${type}; charset=utf-8` });
}

function toAddresses(address: string, limit: number, after: Key | null): Addresses {
  const parts = {
    ...(limit !== 50 && { limit: String(limit) }),
    ...(after && { cursor: toCursor("time", after) }),
  };
  const atom = new URLSearchParams(parts).toString();
  return {
    atom: atom === "" ? address : `${address}?${atom}`,
    json: `${address}?${new URLSearchParams({ format: "json", ...parts })}`,
  };
}
