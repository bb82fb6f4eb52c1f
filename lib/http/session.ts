import type { IncomingMessage } from "node:http";
import type { Session } from "@/db/port/sessions";
import type { Store } from "@/db/store";
import { DAY, toInstant } from "@/db/time";
import { readSessionToken } from "@/lib/http/cookie";
import { isOwnOrigin } from "@/lib/http/cors";
import { Problem } from "@/lib/problems";
import { hash } from "@/lib/secrets";

/** A session that nobody used for so long is over. */
const IDLE = 7 * DAY;

/** The session that the cookie opens; null where there is none, or it is over. Throws 403 for another site's call. */
export async function findSession(
  req: Pick<IncomingMessage, "headers" | "method">,
  kept: Store,
): Promise<Session | null> {
  const token = readSessionToken(req);
  if (token === null) return null;
  const now = Date.now();
  const session = await kept.sessions.find(hash(token), toInstant(now), toInstant(now - IDLE));
  if (session && !/^(GET|HEAD|OPTIONS)$/.test(req.method ?? "") && !comesFromHere(req))
    throw new Problem("cross_site");
  return session;
}

/**
 * Whether this server's own page makes this call, as browsers tell: a cookie proves who asks, not who made them ask.
 * Where no header says it (old browsers, programs) the answer is no.
 */
function comesFromHere(req: Pick<IncomingMessage, "headers">): boolean {
  const site = req.headers["sec-fetch-site"];
  if (site !== undefined && site !== "none") return site === "same-origin";
  return isOwnOrigin(req);
}
