import Negotiator from "negotiator";
import type { NextApiRequest } from "next";
import { Problem } from "@/lib/problems";

/** The type of `types` that the caller likes best. Throws 406 where it accepts none. */
export function negotiate(req: NextApiRequest, types: readonly string[]): string {
  const accept = req.headers.accept;
  const best =
    accept === undefined || accept === "*/*" ? types[0] : new Negotiator(req).mediaType([...types]);
  if (best === undefined) throw new Problem("not_acceptable");
  return best;
}

/**
 * Whether this is a browser's own form, which wants a page, not JSON. A mail program's one click is none, whatever it
 * accepts: it must not be redirected (RFC 8058 §3.2).
 */
export function wantsPage(req: NextApiRequest): boolean {
  if (req.url?.startsWith("/api/confirm?")) return false;
  const type = req.headers["content-type"] ?? "";
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(type)) return false;
  return new Negotiator(req).mediaType(["application/json", "text/html"]) === "text/html";
}
