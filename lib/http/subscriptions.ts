import type { NextApiRequest } from "next";
import type { Store } from "@/db/store";
import { requireUser } from "@/lib/http/auth";
import { repliesManage } from "@/lib/mail/proofs/repliesManage";
import { Problem } from "@/lib/problems";

/**
 * Whose subscriptions are asked for: of whoever got the message with that token, else of who is signed in; null for
 * somebody who never asked for any. Throws 401, 403. A token is the whole proof: beside it no cookie counts.
 */
export async function locateReader(
  req: NextApiRequest,
  store: Store,
  token: string | undefined,
): Promise<number | null> {
  if (token === undefined) {
    const { user } = await requireUser(req);
    return (await store.subscriptions.readerOf(user.id))?.id ?? null;
  }
  const found = await repliesManage.read(store, token, Date.now());
  if (!found) throw new Problem("link_over");
  return found.reader;
}
