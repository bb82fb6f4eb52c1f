import type { ServerResponse } from "node:http";

/** For a page whose address has a token: nobody keeps it, finds it, or is told of it by a link on it. */
export function keepSecret(res: ServerResponse): void {
  res.setHeader("Cache-Control", "private, no-store");
  // With no-referrer, browsers send the page's own form with "Origin: null", which is none of ALLOWED_ORIGINS.
  res.setHeader("Referrer-Policy", "strict-origin");
  res.setHeader("X-Robots-Tag", "noindex");
}
