import type { NextApiRequest, NextApiResponse } from "next";
import type { Part, Person } from "@/db/port/users";
import type { Store } from "@/db/store";
import { drained } from "@/lib/http/stream";
import { toOwnAnswer } from "@/lib/users";

const CHUNK = 100;

const PARTS: readonly Part[] = [
  "comments",
  "deletedComments",
  "votes",
  "reports",
  "posts",
  "files",
  "sessions",
  "tokens",
  "subscriptions",
  "audit",
];

/** Streams all that is held about a person as one JSON object to be saved, holding one chunk at a time. */
export async function sendPersonal(
  req: NextApiRequest,
  res: NextApiResponse,
  kept: Store,
  person: Person,
): Promise<void> {
  res.statusCode = 200;
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  res.setHeader("Content-Disposition", 'attachment; filename="antiphon-data.json"');
  res.setHeader("Cache-Control", "private, no-store");
  if (req.method === "HEAD") return void res.end();
  await write(res, `{"profile":${JSON.stringify(toOwnAnswer(person))}`);
  for (const part of PARTS) {
    await write(res, `,"${part}":[`);
    await writePart(res, kept, person.id, part);
    await write(res, "]");
  }
  res.end("}");
}

async function writePart(res: NextApiResponse, kept: Store, id: number, part: Part): Promise<void> {
  for (let after = 0; !res.destroyed; ) {
    const { rows, more } = await kept.users.personal(id, part, after, CHUNK);
    if (rows.length > 0) await write(res, `${after > 0 ? "," : ""}${rows.map(({ json }) => json).join()}`);
    const last = rows.at(-1);
    if (!more || !last) return;
    after = last.key;
  }
}

async function write(res: NextApiResponse, text: string): Promise<void> {
  if (!res.write(text)) await drained(res);
}
