import type { IncomingMessage } from "node:http";
import type { NextApiRequest, NextApiResponse } from "next";
import type { NextHandler } from "next-connect";
import { config } from "@/lib/config";
import { toLines } from "@/lib/http/readyResponse";
import { Problem } from "@/lib/problems";

const EXPOSED =
  "ETag, Link, Location, Retry-After, X-Total-Count, RateLimit, RateLimit-Policy, X-Request-Id, Idempotent-Replayed";
const ACCEPTED =
  "Accept, Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Prefer, X-Request-Id";

const EXPOSE = toLines(["Access-Control-Expose-Headers", EXPOSED]);
const FOR_ANYBODY = toLines(["Access-Control-Allow-Origin", "*"]) + EXPOSE;

/**
 * Middleware: who may call from a browser (Fetch standard, CORS). Any site where no list is set; nobody with
 * credentials. A site that is not on the list may not change anything, whatever its browser makes of the headers.
 */
export function cors(req: NextApiRequest, res: NextApiResponse, next: NextHandler) {
  const reader = findReader(req);
  if (reader !== "*") res.appendHeader("Vary", "Origin");
  if (reader !== null) res.setHeader("Access-Control-Allow-Origin", reader);
  else if (req.headers.origin !== undefined && !/^(GET|HEAD|OPTIONS)$/.test(req.method ?? ""))
    throw new Problem("origin_not_allowed");
  res.setHeader("Access-Control-Expose-Headers", EXPOSED);
  return next();
}

/** The same for an answer that is kept: the fields to be set anew, as they are sent; its `Vary` is kept with it. */
export function corsLines(req: Pick<IncomingMessage, "headers">): string {
  const reader = findReader(req);
  if (reader === "*") return FOR_ANYBODY;
  return reader === null ? EXPOSE : toLines(["Access-Control-Allow-Origin", reader]) + EXPOSE;
}

/** The same headers for an answer that no handler gives. Without an origin it is not known who reads it. */
export function corsHeaders(req: Pick<IncomingMessage, "headers">): Record<string, string> {
  const reader = findReader(req);
  return {
    ...(reader !== "*" && { Vary: "Origin" }),
    ...(reader !== null && { "Access-Control-Allow-Origin": reader }),
    "Access-Control-Expose-Headers": EXPOSED,
  };
}

/** Whose scripts may read the answer: `*` for anybody's, null for nobody's on other sites. */
function findReader(req: Pick<IncomingMessage, "headers">): string | null {
  const { allowedOrigins } = config();
  const { origin } = req.headers;
  if (allowedOrigins === null) return "*";
  if (origin === undefined) return null;
  return allowedOrigins.includes(origin) || isOwnOrigin(req) ? origin : null;
}

/** Whether this server's own page asks, as far as its browser says. */
export function isOwnOrigin({ headers: { origin, host } }: Pick<IncomingMessage, "headers">): boolean {
  const { publicUrl } = config();
  if (origin === undefined) return false;
  return publicUrl === null ? origin.replace(/^https?:\/\//, "") === host : origin === publicUrl;
}

/** What a preflight asks for beside that. */
export function answerPreflight(res: NextApiResponse, methods: string): void {
  res.setHeader("Access-Control-Allow-Methods", methods);
  res.setHeader("Access-Control-Allow-Headers", ACCEPTED);
  res.setHeader("Access-Control-Max-Age", "7200");
}
