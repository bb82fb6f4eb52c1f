import type { NextApiRequest, NextApiResponse } from "next";
import { config } from "@/lib/config";
import { namesTag } from "@/lib/http/entityTags";
import { send, setCaching } from "@/lib/http/send";
import { Problem } from "@/lib/problems";
import { hash } from "@/lib/secrets";

/** A strong ETag (RFC 9110 §8.8.3) from the build, a version of the data, and what else the answer depends on. */
export function etag(version: number, ...rest: string[]): string {
  // No hyphen: behind one, the response cache puts the coding of a body, and takes it off again.
  const place = rest.map((part) => part.replace(/-/g, "~").replace(/[^\w.:~]/g, "")).filter(Boolean);
  return `"${[config().build, version.toString(36), ...place].join("_")}"`;
}

/** Sets ETag and caching; ends with 304 and returns true where the caller has this version already. */
export function notModified(req: NextApiRequest, res: NextApiResponse, tag: string): boolean {
  setCaching(req, res);
  res.setHeader("ETag", tag);
  if (!namesTag(req.headers["if-none-match"], tag)) return false;
  res.statusCode = 304;
  res.end();
  return true;
}

/** Answers a body for which no version is kept: its ETag comes from what it says. */
export function sendTagged(req: NextApiRequest, res: NextApiResponse, body: string): void {
  if (!notModified(req, res, etag(0, hash(body).slice(0, 22)))) send(req, res, 200, body);
}

/**
 * Throws 412 unless the caller's preconditions hold for a resource of these tags (one for each view of it).
 * Returns whether `If-Match` named one of them, so that the write must meet the same version.
 */
export function requireMatch(req: NextApiRequest, tags: string[]): boolean {
  const { "if-match": wanted, "if-none-match": unwanted } = req.headers;
  if (wanted !== undefined && !tags.some((tag) => namesTag(wanted, tag, "strong")))
    throw new Problem("precondition_failed");
  if (tags.some((tag) => namesTag(unwanted, tag))) throw new Problem("precondition_failed");
  return wanted !== undefined && wanted.trim() !== "*";
}
