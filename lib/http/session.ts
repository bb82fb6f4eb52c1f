import type { IncomingMessage } from "node:http";
import type { NextApiRequest, NextApiResponse } from "next";
import type { NextHandler } from "next-connect";
import type { Session, SessionEntry } from "@/db/port/sessions";
import type { Store } from "@/db/store";
import { DAY, toInstant } from "@/db/time";
import { readSessionToken } from "@/lib/http/cookie";
import { isOwnOrigin } from "@/lib/http/cors";
import { log } from "@/lib/log";
import { Problem } from "@/lib/problems";
import { hash } from "@/lib/secrets";

/** A session that nobody used for so long is over. */
const IDLE = 7 * DAY;
/** How exact it is known when a session was used last: a read must not cost a write. */
const SEEN_TO = 5 * 60_000;

/** Whether a request of this method may change something. */
export function mayChange({ method }: Pick<IncomingMessage, "method">): boolean {
  return !/^(GET|HEAD|OPTIONS)$/.test(method ?? "");
}

/**
 * The session that the cookie opens; null where there is none, or it is over. Throws 403 for another site's call that
 * changes something.
 */
export async function findSession(
  req: Pick<IncomingMessage, "headers" | "method">,
  kept: Store,
  changes = mayChange(req),
): Promise<Session | null> {
  const token = readSessionToken(req);
  if (token === null) return null;
  const now = Date.now();
  const session = await kept.sessions.find(hash(token), toInstant(now), toInstant(now - IDLE));
  if (session && changes && !comesFromHere(req)) throw new Problem("cross_site");
  if (session && Date.parse(session.seenAt) < now - SEEN_TO) touch(kept, session.id, now);
  return session;
}

/** A person's sessions that are not over, newest first. */
export function listSessions(kept: Store, user: number): Promise<SessionEntry[]> {
  const now = Date.now();
  return kept.sessions.list(user, toInstant(now), toInstant(now - IDLE));
}

/** Throws 403 where another site's page makes this call, as far as browsers tell. What is no browser passes. */
export function refuseForeign(req: Pick<IncomingMessage, "headers">): void {
  const { origin, referer, "sec-fetch-site": site } = req.headers;
  if (comesFromHere(req)) return;
  if (origin === undefined && referer === undefined && (site === undefined || site === "none")) return;
  throw new Problem("cross_site");
}

/** Middleware: the same, before anything is counted or read. */
export function ownPagesOnly(req: NextApiRequest, _res: NextApiResponse, next: NextHandler) {
  refuseForeign(req);
  return next();
}

/** Nobody waits for it, and where the disk is full the read goes on. */
function touch(kept: Store, session: number, now: number): void {
  kept.sessions
    .touch(session, toInstant(now))
    .catch((error: unknown) => log.warn({ err: error }, "could not keep that a session was used"));
}

/**
 * Whether this server's own page makes this call, as browsers tell: a cookie proves who asks, not who made them ask.
 * Where no header says it (old browsers, programs) the answer is no.
 */
export function comesFromHere(req: Pick<IncomingMessage, "headers">): boolean {
  const { origin, referer, host, "sec-fetch-site": site } = req.headers;
  if (site !== undefined && site !== "none") return site === "same-origin";
  const from =
    origin ?? (referer !== undefined && URL.canParse(referer) ? new URL(referer).origin : undefined);
  return isOwnOrigin({ headers: { origin: from, host } });
}
