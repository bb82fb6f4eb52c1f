import type { NextApiRequest, NextApiResponse } from "next";
import type { z } from "zod";
import type { Store } from "@/db/store";
import { networkHash } from "@/lib/http/auth";
import { readSessionToken, setSessionCookie } from "@/lib/http/cookie";
import { logEvent } from "@/lib/http/events";
import { wantsPage } from "@/lib/http/negotiate";
import { readNext } from "@/lib/http/next";
import { redirect, send } from "@/lib/http/send";
import { refuseForeign } from "@/lib/http/session";
import { Problem } from "@/lib/problems";
import type { credentials, firstAdmin } from "@/lib/schemas/sessions";
import { createFirstAdmin } from "@/lib/setup";
import { beginSession, type Place, type SignedIn, signIn } from "@/lib/signIn";
import { store } from "@/lib/store";
import { requirePerson, toCreated, toOwnAnswer } from "@/lib/users";

/** Signs in and answers 201 with the cookie, or leads a browser's form on. Throws 401, 429. */
export async function answerSignIn(
  req: NextApiRequest,
  res: NextApiResponse,
  { next, ...proof }: z.output<typeof credentials>,
): Promise<void> {
  const kept = await store();
  try {
    const signedIn = await signIn(kept, proof, placeOf(req, kept));
    const user = toOwnAnswer(await requirePerson(kept, signedIn.user.id));
    answer(req, res, signedIn, next, { authorized: true, user }, "/api/session");
  } catch (error) {
    if (error instanceof Problem && error.code === "sign_in_failed") logEvent(req, res, "sign-in failed");
    if (error instanceof Problem && error.code === "rate_limited") logEvent(req, res, "sign-in throttled");
    throw error;
  }
}

/** Makes the first admin's account by the setup link, and signs in with it. Throws 403, 409. */
export async function answerSetup(
  req: NextApiRequest,
  res: NextApiResponse,
  { next, ...input }: z.output<typeof firstAdmin>,
): Promise<void> {
  refuseForeign(req);
  const kept = await store();
  const made = await createFirstAdmin(kept, input);
  logEvent(req, res, "setup link used", { user: made.user.id });
  const signedIn = await beginSession(kept, made, placeOf(req, kept));
  if (signedIn === null) throw new Problem("sign_in_failed");
  const { id } = made.user;
  const body = toCreated(await requirePerson(kept, id));
  answer(req, res, signedIn, next, body, `/api/users/${id}`);
}

function answer(
  req: NextApiRequest,
  res: NextApiResponse,
  { user, token }: SignedIn,
  next: string | undefined,
  body: object,
  location: string,
): void {
  setSessionCookie(res, token);
  logEvent(req, res, "signed in", { user: user.id });
  if (wantsPage(req)) redirect(res, 303, readNext(next) ?? "/");
  else send(req, res, 201, JSON.stringify(body), { Location: location });
}

function placeOf(req: NextApiRequest, kept: Store): Place {
  return {
    network: networkHash(req, kept),
    userAgent: req.headers["user-agent"] ?? "",
    cookie: readSessionToken(req),
  };
}
