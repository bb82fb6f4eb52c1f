import type { NextApiRequest, NextApiResponse } from "next";
import { readSessionToken } from "@/lib/http/cookie";
import { bringsEditCookie } from "@/lib/http/editCookie";
import { keepLanguage } from "@/lib/http/language";

const PUBLIC = "public, max-age=0, must-revalidate";
const PRIVATE = "private, no-store";

type Headers = Record<string, string | number | undefined>;

/**
 * Ends the answer with `body`, as JSON unless `headers` say otherwise. Not `res.json`: that answers 304 to any
 * method and status, and hashes every body. https://github.com/vercel/next.js/discussions/12019
 */
export function send(
  req: NextApiRequest,
  res: NextApiResponse,
  status: number,
  body: string | Buffer,
  headers: Headers = {},
): void {
  res.statusCode = status;
  if (!res.hasHeader("Cache-Control")) res.setHeader("Cache-Control", PRIVATE);
  res.setHeader("Content-Type", "application/json; charset=utf-8");
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value);
  res.setHeader("Content-Length", Buffer.byteLength(body));
  // In one piece, so that headers and body leave in one write.
  res.end(req.method === "HEAD" ? undefined : body);
}

/** An answer without a body. */
export function sendNothing(res: NextApiResponse, status: number, headers: Headers = {}): void {
  res.statusCode = status;
  res.setHeader("Cache-Control", PRIVATE);
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) res.setHeader(name, value);
  res.end();
}

/** Sends a browser's form on to a page, which is read in the language of the page that it was on. */
export function redirect(res: NextApiResponse, status: 303 | 307, location: string): void {
  sendNothing(res, status, { Location: keepLanguage(res.req, location) });
}

/**
 * Says who may keep this answer: anybody, as long as they ask again, or nobody where it depends on who asks.
 */
export function setCaching(req: NextApiRequest, res: NextApiResponse): void {
  res.appendHeader("Vary", "Accept, Authorization, Cookie");
  const anonymous =
    req.headers.authorization === undefined && readSessionToken(req) === null && !bringsEditCookie(req);
  res.setHeader("Cache-Control", anonymous ? PUBLIC : PRIVATE);
}

/** Whether the caller wants no body back (RFC 7240), and says so on the answer. */
export function prefersMinimal(req: NextApiRequest, res: NextApiResponse): boolean {
  const prefer = req.headers.prefer;
  const minimal = /(^|[,;\s])return\s*=\s*"?minimal"?/i.test(
    Array.isArray(prefer) ? prefer.join() : (prefer ?? ""),
  );
  if (minimal) res.setHeader("Preference-Applied", "return=minimal");
  return minimal;
}
