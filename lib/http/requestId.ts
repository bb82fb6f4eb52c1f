import { randomUUID } from "node:crypto";
import type { IncomingMessage, OutgoingMessage } from "node:http";
import type { NextApiRequest, NextApiResponse } from "next";
import type { NextHandler } from "next-connect";

const HEADER = "X-Request-Id";

/** The id of the request: the caller's if it is sane, else a new one. It is kept on the answer. */
export function idOf(
  req: Pick<IncomingMessage, "headers">,
  res: Pick<OutgoingMessage, "getHeader" | "setHeader">,
): string {
  const given = res.getHeader(HEADER) ?? req.headers["x-request-id"];
  const id = typeof given === "string" && /^[\w.:-]{1,128}$/.test(given) ? given : randomUUID();
  res.setHeader(HEADER, id);
  return id;
}

/** Middleware: `X-Request-Id` on every answer. */
export function requestId(req: NextApiRequest, res: NextApiResponse, next: NextHandler) {
  idOf(req, res);
  return next();
}
