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
 * For how long a shared cache may give this answer out without asking, in milliseconds (RFC 9111 §4.2); null where it may
 * not keep it at all (§3), or this one does not want it: only what is whole, declared `public` in so many words, and for
 * everybody.
 */
export function lifetimeOf(req: IncomingMessage, status: number, fields: Fields): number | null {
  if (status !== 200 || !/(?:^|,)\s*public\s*(?:,|$)/i.test(fields.get("cache-control") ?? "")) return null;
  if (fields.has("set-cookie") || fields.has("content-range") || fields.has("ratelimit")) return null;
  if (/\*/.test(fields.get("vary") ?? "")) return null;
  if (Object.keys(req.headers).some((name) => INTERNAL.test(name))) return null;
  const policy = toPolicy(req, status, fields);
  return policy.storable() ? policy.timeToLive() : null;
}

/** The entry of such an answer. `news`: what they were before it was made. `hits`: where it counts its own. */
export function toEntry({ fields, body }: Held, news: number, lifetime: number, hits: Hits): Entry {
  const kept = new Map([...fields].filter(([name]) => !OWN.test(name)));
  return new Entry({ fields: kept, body }, news, Date.now() + lifetime, hits);
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
