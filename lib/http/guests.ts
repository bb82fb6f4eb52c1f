import type { NextApiRequest, NextApiResponse } from "next";
import type { z } from "zod";
import { eraseGuest, requireGuest } from "@/lib/guests";
import { whoAsks } from "@/lib/http/auth";
import { logEvent } from "@/lib/http/events";
import { readBody } from "@/lib/http/input";
import { wantsPage } from "@/lib/http/negotiate";
import { sendGuestData } from "@/lib/http/personal";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { Problem } from "@/lib/problems";
import { farewell } from "@/lib/schemas/users";
import { store } from "@/lib/store";

/** What somebody sent who wants to be erased. Throws 400, 413, 415; 401 where nothing says who that is. */
export async function readFarewell(req: NextApiRequest): Promise<z.output<typeof farewell>> {
  try {
    return await readBody(req, farewell);
  } catch (error) {
    if ((await whoAsks(req)).role === null) throw new Problem("unauthorized");
    throw error;
  }
}

/** Answers what is held under the address that the link proves. Throws 403 `link_over`. */
export async function answerGuestData(req: NextApiRequest, res: NextApiResponse, token: string) {
  const kept = await store();
  const email = await requireGuest(kept, token);
  logEvent(req, res, "data exported");
  await sendGuestData(req, res, kept, email);
}

/** Erases it. Throws 403 `link_over`. */
export async function answerGuestErasure(req: NextApiRequest, res: NextApiResponse, token: string) {
  const kept = await store();
  await eraseGuest(kept, await requireGuest(kept, token));
  logEvent(req, res, "data erased");
  if (prefersMinimal(req, res)) sendNothing(res, 204);
  else if (wantsPage(req)) redirect(res, 303, "/data?done=1");
  else send(req, res, 200, '{"message":"Everything under this address is erased"}');
}
