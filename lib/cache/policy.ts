import type { IncomingMessage } from "node:http";
import CachePolicy from "http-cache-semantics";
import type { Hits } from "@/lib/cache/counters";
import { Entry, type Fields } from "@/lib/cache/entry";
import type { Held } from "@/lib/cache/holdableResponse";

/** Names of what belongs to one answer or one connection, and is not kept. */
export const OWN =
  /^(?:access-control-.*|x-request-id|date|connection|keep-alive|transfer-encoding|content-length|set-cookie|cache-status)$/;

/** Those that say how a message is framed: another form of the same answer is framed otherwise. */
export const FRAMING = /^(?:content-length|transfer-encoding)$/;

/**
 * Request fields that Next itself reads: with one of them a page may be answered as something else than what its address
 * names, which nobody else must get (GHSA-gp8f-8m3g-qvj9, GHSA-qpjv-v59x-3qc4).
 */
const INTERNAL = /^(?:x-nextjs-|x-middleware-|x-invoke-|x-matched-path|x-now-|next-|rsc$|x-prerender-)/;

/**
 * Whether a shared cache may keep this answer (RFC 9111 §3), and whether it is one of those that this one wants: whole,
 * declared `public` in so many words, and for everybody.
 */
export function isStorable(req: IncomingMessage, status: number, fields: Fields): boolean {
  if (status !== 200 || !/(?:^|,)\s*public\s*(?:,|$)/i.test(fields.get("cache-control") ?? "")) return false;
  if (fields.has("set-cookie") || fields.has("content-range") || fields.has("ratelimit")) return false;
  if (/\*/.test(fields.get("vary") ?? "")) return false;
  if (Object.keys(req.headers).some((name) => INTERNAL.test(name))) return false;
  return toPolicy(req, status, fields).storable();
}

/** The entry of such an answer. `news`: what they were before it was made. `hits`: where it counts its own. */
export function toEntry(
  req: IncomingMessage,
  { status, fields, body }: Held,
  news: number,
  hits: Hits,
): Entry {
  const kept = new Map([...fields].filter(([name]) => !OWN.test(name)));
  return new Entry(
    { fields: kept, body },
    news,
    Date.now() + toPolicy(req, status, fields).timeToLive(),
    hits,
  );
}

function toPolicy(req: IncomingMessage, status: number, fields: Fields): CachePolicy {
  const headers = Object.fromEntries(
    Object.entries(req.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join() : value]),
  );
  return new CachePolicy(
    { method: req.method, url: req.url, headers },
    { status, headers: Object.fromEntries(fields) },
    { shared: true, cacheHeuristic: 0, immutableMinTimeToLive: 0 },
  );
}
