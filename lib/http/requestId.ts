import { randomUUID } from "node:crypto";
import type { IncomingMessage, OutgoingMessage } from "node:http";
import type { NextApiRequest, NextApiResponse } from "next";
import type { NextHandler } from "next-connect";

export const REQUEST_ID = "X-Request-Id";

/** An id for the request: the caller's if it is sane, else a new one. */
export function makeId({ headers }: Pick<IncomingMessage, "headers">): string {
  const given = headers["x-request-id"];
  return typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
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
