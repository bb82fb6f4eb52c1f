import type { ServerResponse } from "node:http";

/** For a page whose address has a token: nobody keeps it, finds it, or is told of it by a link on it. */
export function keepSecret(res: ServerResponse): void {
  res.setHeader("Cache-Control", "private, no-store");
  res.setHeader("Referrer-Policy", "no-referrer");
  res.setHeader("X-Robots-Tag", "noindex");
}
