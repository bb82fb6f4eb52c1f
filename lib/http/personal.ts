import type { NextApiRequest, NextApiResponse } from "next";
import type { Page } from "@/db/port/base";
import type { GuestPart } from "@/db/port/guests";
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
  "subscriptions",
  "mails",
  "audit",
];
const OF_GUEST: readonly GuestPart[] = ["comments", "deletedComments", "subscriptions", "mails"];

type Read<P> = (part: P, after: number, limit: number) => Promise<Page<{ key: number; json: string }>>;

/** Streams all that is held about a person as one JSON object to be saved, holding one chunk at a time. */
export function sendPersonal(
  req: NextApiRequest,
  res: NextApiResponse,
  kept: Store,
  person: Person,
): Promise<void> {
  const head = `"profile":${JSON.stringify(toOwnAnswer(person))}`;
  return sendParts(req, res, head, PARTS, (...asked) => kept.users.personal(person.id, ...asked));
}

/** The same of somebody without an account, by the address that they proved. */
export function sendGuestData(
  req: NextApiRequest,
  res: NextApiResponse,
  kept: Store,
  email: string,
): Promise<void> {
  const head = `"email":${JSON.stringify(email)}`;
  return sendParts(req, res, head, OF_GUEST, (...asked) => kept.guests.personal(email, ...asked));
}

async function sendParts<P extends string>(
  req: NextApiRequest,
  res: NextApiResponse,
  head: string,
  parts: readonly P[],
  read: Read<P>,
): Promise<void> {
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  res.setHeader("Content-Disposition", 'attachment; filename="antiphon-data.json"');
  res.setHeader("Cache-Control", "private, no-store");
  await sendPieces(req, res, documentOf(head, parts, read));
}

async function* documentOf<P extends string>(
  head: string,
  parts: readonly P[],
  read: Read<P>,
): AsyncGenerator<string> {
  yield `{${head}`;
  for (const part of parts) {
    yield `,"${part}":[`;
    yield* rowsOf(part, read);
    yield "]";
  }
  yield "}";
}

async function* rowsOf<P>(part: P, read: Read<P>): AsyncGenerator<string> {
  for (let after = 0; ; ) {
    const { rows, more } = await read(part, after, CHUNK);
    if (rows.length > 0) yield `${after > 0 ? "," : ""}${rows.map(({ json }) => json).join()}`;
    const last = rows.at(-1);
    if (!more || !last) return;
    after = last.key;
  }
}
