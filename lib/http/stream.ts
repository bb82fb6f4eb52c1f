import { once } from "node:events";
import { setImmediate as turn } from "node:timers/promises";
import type { NextApiRequest, NextApiResponse } from "next";
import type { CommentQuery, Store } from "@/db/store";
import { keyOf } from "@/lib/http/page";

const CHUNK = 200;

/** Streams every comment that matches as NDJSON, a line each, holding one chunk at a time. */
export async function sendLines(
  req: NextApiRequest,
  res: NextApiResponse,
  kept: Store,
  query: CommentQuery,
  kind: "time" | "score",
): Promise<void> {
  res.statusCode = 200;
  res.setHeader("Content-Type", "application/x-ndjson; charset=utf-8");
  if (req.method === "HEAD") return void res.end();
  for (let { after } = query; !res.destroyed; ) {
    const { rows, more } = await kept.comments.list({ ...query, after, limit: CHUNK });
    if (rows.length > 0 && !res.write(rows.map((row) => `${row.json}\n`).join(""))) await drained(res);
    const last = rows.at(-1);
    if (!more || !last) break;
    after = keyOf(kind, last);
    // Others want answers, too, however fast this reader is.
    await turn();
  }
  res.end();
}

/** Until the reader has caught up, or has gone. */
export async function drained(res: NextApiResponse): Promise<void> {
  const over = new AbortController();
  const events = ["drain", "close"].map((event) => once(res, event, { signal: over.signal }));
  try {
    if (!res.destroyed) await Promise.race(events);
  } finally {
    over.abort();
    await Promise.allSettled(events);
  }
}
