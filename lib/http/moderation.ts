import type { NextApiRequest, NextApiResponse } from "next";
import { etag, notModified, sendTagged } from "@/lib/http/conditional";
import { fromCursor, keyOf, linkNext } from "@/lib/http/page";
import { send } from "@/lib/http/send";
import { store } from "@/lib/store";
import type { Who } from "@/lib/who";

interface Paging {
  limit: number;
  cursor?: string;
}

/** Answers the moderators' queue; 304 where nothing has changed that they see. */
export async function answerQueue(
  req: NextApiRequest,
  res: NextApiResponse,
  { base }: Who,
  { limit, cursor }: Paging,
): Promise<void> {
  const kept = await store();
  const { version, moderation, pending, reported } = await kept.site();
  if (notModified(req, res, etag(version, "queue", moderation.toString(36), base))) return;
  const { rows, more } = await kept.moderation.queue({ after: fromCursor("time", cursor), limit, base });
  const last = rows.at(-1);
  if (more && last) linkNext(req, res, "time", keyOf("time", last));
  send(req, res, 200, `[${rows.map(({ json }) => json).join()}]`, { "X-Total-Count": pending + reported });
}

/** Answers a page of a list that is in the order of ids. Its ETag comes from what it says. */
export async function answerById<T extends { id: number }>(
  req: NextApiRequest,
  res: NextApiResponse,
  { limit, cursor }: Paging,
  read: (page: { after?: number; limit: number }) => Promise<{ rows: T[]; more: boolean }>,
): Promise<void> {
  const { rows, more } = await read({ after: fromCursor("id", cursor)?.id, limit });
  const last = rows.at(-1);
  if (more && last) linkNext(req, res, "id", keyOf("id", last));
  sendTagged(req, res, JSON.stringify(rows));
}
