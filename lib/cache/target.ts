import type { IncomingHttpHeaders, IncomingMessage } from "node:http";

/** What a request may bring and still be answered from the cache; more of it could fill the cache with one answer. */
const LONGEST = { url: 2048, host: 255, accept: 256 };
/** A query of more parts than that is nobody's. */
const PARTS = 200;

/** Fields of a request that ask for a part, tie the answer to something, or say who asks. */
const PERSONAL = ["authorization", "cookie", "range", "if-match", "if-unmodified-since", "if-range"] as const;

/**
 * The key of what a request names, or null where the answer must not come from the cache or go into it: anything but GET
 * and HEAD without a body, `Authorization`, `Cookie`, `Range`, preconditions, `no-store`, and lengths beyond reason.
 * The order of a query's names makes no other key; that of the values of one name does. `site`: what this server calls
 * itself where the answer does not depend on the host asked for, else null.
 */
export function readTarget(req: IncomingMessage, site: string | null): string | null {
  const { method, headers, url = "" } = req;
  if (method !== "GET" && method !== "HEAD") return null;
  if (url.length > LONGEST.url || !isPlain(headers)) return null;
  const host = site ?? headers.host ?? "";
  if (host.length > LONGEST.host) return null;
  const query = sortQuery(url);
  return query === null ? null : `${host.toLowerCase()} ${query}`;
}

function isPlain(headers: IncomingHttpHeaders): boolean {
  for (const name of PERSONAL) if (headers[name] !== undefined) return false;
  if (headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined) return false;
  if ((headers.accept?.length ?? 0) > LONGEST.accept) return false;
  return !headers["cache-control"]?.includes("no-store");
}

/**
 * Without decoding anything, so that no two targets that a handler would read apart become one: a query stays as it is
 * where a name is escaped, since it may be the same as another, or where a fragment ends it before its end.
 */
function sortQuery(url: string): string | null {
  if (!url.includes("&")) return url;
  const start = url.indexOf("?");
  const parts = url.slice(start + 1).split("&");
  if (start < 0) return url;
  if (parts.length > PARTS) return null;
  const named = parts.map((part) => ({ name: part.split("=", 1)[0] ?? "", part }));
  if (url.includes("#") || named.some(({ name }) => name.includes("%"))) return url;
  named.sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
  return `${url.slice(0, start)}?${named.map(({ part }) => part).join("&")}`;
}
