import type { ServerResponse } from "node:http";

/** For a page whose address has a token: nobody keeps it or finds it. No page's links tell others its address (next.config.mjs). */
export function keepSecret(res: ServerResponse): void {
  res.setHeader("Cache-Control", "private, no-store");
  res.setHeader("X-Robots-Tag", "noindex");
}
