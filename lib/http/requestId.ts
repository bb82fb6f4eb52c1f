import { randomUUID } from "node:crypto";
import type { IncomingMessage, OutgoingMessage } from "node:http";
import type { NextApiRequest, NextApiResponse } from "next";
import type { NextHandler } from "next-connect";

export const REQUEST_ID = "X-Request-Id";

/** Of all ids that are made here: at random, so that no two processes make the same. What differs is counted. */
const beginning = randomUUID().slice(0, -12);
let made = 0;

/** An id for the request: the caller's if it is sane, else a new one. */
export function makeId({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : countId();
}

/** In the form of a UUID, at a fifth of what a random one costs; nobody gains anything by guessing one. */
function countId(): string {
  made = (made + 1) % 2 ** 48;
  return beginning + made.toString(16).padStart(12, "0");
}

/** The id of the request. It is kept on the answer. */
export function idOf(
  req: Pick<IncomingMessage, "headers">,
  res: Pick<OutgoingMessage, "getHeader" | "setHeader">,
): string {
  const kept = res.getHeader(REQUEST_ID);
  if (typeof kept === "string") return kept;
  const id = makeId(req);
  res.setHeader(REQUEST_ID, id);
  return id;
}

/** Middleware: `X-Request-Id` on every answer. */
export function requestId(req: NextApiRequest, res: NextApiResponse, next: NextHandler) {
  idOf(req, res);
  return next();
}
