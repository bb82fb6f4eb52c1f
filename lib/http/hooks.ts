import type { NextApiRequest, NextApiResponse } from "next";
import { config } from "@/lib/config";
import { takePost } from "@/lib/hooks/posts";
import { requireSender } from "@/lib/hooks/senders";
import { readJson, readSignedBytes } from "@/lib/http/body";
import { logEvent } from "@/lib/http/events";
import { check, refuseQuery } from "@/lib/http/input";
import { send } from "@/lib/http/send";
import { Problem } from "@/lib/problems";
import { type HookAnswer, hookMessage, isOtherType } from "@/lib/schemas/hooks";
import { store } from "@/lib/store";

/** How far the sender's clock may be from this one's, and how long a message may have been on its way. */
const TOLERANCE = 5 * 60_000;

/** Takes a signed message about a post, and answers what was done. Throws `Problem`. */
export async function answerHook(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  refuseQuery(req);
  const { hookSecrets } = config();
  if (hookSecrets.length === 0) throw new Problem("hooks_off");
  const { answer, replayed } = await takeHook(req, hookSecrets).catch((error: unknown) => {
    if (error instanceof Problem && /^(bad_signature|stale_message)$/.test(error.code))
      logEvent(req, res, "hook refused");
    throw error;
  });
  send(req, res, 200, JSON.stringify(answer), { "Idempotent-Replayed": replayed ? "true" : undefined });
}

async function takeHook(
  req: NextApiRequest,
  secrets: readonly string[],
): Promise<{ answer: HookAnswer; replayed: boolean }> {
  const arrived = { headers: req.headers, body: await readSignedBytes(req) };
  const sender = requireSender(arrived);
  const proof = sender.prove(arrived, secrets);
  if (proof.at !== null) refuseStale(proof.at, TOLERANCE);
  const body = readJson(arrived.body);
  const read = sender.toMessage(body, arrived, proof);
  if ("ignored" in read) return ignored(read.ignored);
  if (isOtherType(read.message)) return ignored("Nothing is done for this type of message");
  const message = check(hookMessage, read.message);
  refuseStale(Date.parse(message.timestamp), sender.oldest ?? Number.POSITIVE_INFINITY);
  return takePost(await store(), proof.id, message);
}

function refuseStale(at: number, oldest: number): void {
  const age = Date.now() - at;
  if (age > oldest || age < -TOLERANCE) throw new Problem("stale_message");
}

function ignored(message: string): { answer: HookAnswer; replayed: boolean } {
  return { answer: { result: "ignored", post: null, message }, replayed: false };
}
