import type { NextApiRequest, NextApiResponse } from "next";
import type { Part, Person } from "@/db/port/users";
import type { Store } from "@/db/store";
import { sendPieces } from "@/lib/http/stream";
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
  "audit",
];

/** Streams all that is held about a person as one JSON object to be saved, holding one chunk at a time. */
export async function sendPersonal(
  req: NextApiRequest,
  res: NextApiResponse,
  kept: Store,
  person: Person,
): Promise<void> {
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  res.setHeader("Content-Disposition", 'attachment; filename="antiphon-data.json"');
  res.setHeader("Cache-Control", "private, no-store");
  await sendPieces(req, res, documentOf(kept, person));
}

async function* documentOf(kept: Store, person: Person): AsyncGenerator<string> {
  yield `{"profile":${JSON.stringify(toOwnAnswer(person))}`;
  for (const part of PARTS) {
    yield `,"${part}":[`;
    yield* rowsOf(kept, person.id, part);
    yield "]";
  }
  yield "}";
}

async function* rowsOf(kept: Store, id: number, part: Part): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const { rows, more } = await kept.users.personal(id, part, after, CHUNK);
    if (rows.length > 0) yield `${after > 0 ? "," : ""}${rows.map(({ json }) => json).join()}`;
    const last = rows.at(-1);
    if (!more || !last) return;
    after = last.key;
  }
}
