import type { NewPage } from "@/db/port/posts";
import { config } from "@/lib/config";

/** What advertisers, newsletters and statistics add to an address, and no page reads. */
const TRACKING = new RegExp(
  `^(?:${[
    "(?:utm|mtm|pk|matomo|piwik|hsa)_.*",
    "fbclid|gclid|gclsrc|gbraid|wbraid|dclid|gad_source|gad_campaignid|srsltid|_ga|_gl",
    "msclkid|yclid|ysclid|_openstat|ttclid|twclid|li_fat_id|epik|rdt_cid|sccid|igsh|igshid|s_kwcid|ref_src",
    "mc_cid|mc_eid|mkt_tok|vero_id|_hsenc|_hsmi|__hs(?:tc|sc|fp)|hsctatracking|_kx|oly_(?:anon|enc)_id",
  ].join("|")})$`,
  "i",
);

/**
 * The one key of a page, whichever of its addresses it was reached by: no scheme, no default port, host in lower
 * case, no slash doubled or at the end, no fragment, escapes only where needed (RFC 3986 §6.2.2), and of the query what
 * does not track, in a fixed order.
 */
export function pageKey(url: URL): string {
  const kept = [...url.searchParams].filter(([name]) => !TRACKING.test(name)).sort();
  const query = new URLSearchParams(kept).toString();
  const path = unescapeNeedless(url.pathname)
    .replace(/\/{2,}/g, "/")
    .replace(/\/$/, "");
  const port = url.port && !/^(80|443)$/.test(url.port) ? `:${url.port}` : "";
  return `${url.hostname.replace(/\.$/, "")}${port}${path}${query && `?${query}`}`;
}

/** The address without its fragment, and without what tracks the reader who sent it: that is nobody else's business. */
export function withoutTracking(url: URL): URL {
  const clean = new URL(url);
  clean.hash = "";
  for (const name of [...clean.searchParams.keys()]) if (TRACKING.test(name)) clean.searchParams.delete(name);
  return clean;
}

function unescapeNeedless(path: string): string {
  return path.replace(/%[\da-f]{2}/gi, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16));
    return /[\w.~-]/.test(character) ? character : triplet.toUpperCase();
  });
}

/** The address of a web page, or null. */
export function toPageUrl(text: string): URL | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password ? url : null;
}

/** Whether threads may be made for pages of this site. */
export function isOwnSite(url: URL): boolean {
  const { allowedOrigins, publicUrl } = config();
  return isLocal(url.hostname) || url.origin === publicUrl || (allowedOrigins ?? []).includes(url.origin);
}

/** Whether a host name means this machine. */
export function isLocal(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

/** The post to make for a page with its first comment. No page is fetched: its title comes from its address. */
export function toNewPage(url: URL): NewPage {
  const name =
    decode(url.pathname)
      .split("/")
      .filter(Boolean)
      .at(-1)
      ?.replace(/\.\w{1,5}$/, "") ?? url.host;
  // An address can spell out NULs and marks that turn the direction of text; a title has none.
  const words = name.replace(/[-_\p{Cc}\u202A-\u202E\u2066-\u2069]+/gu, " ").trim() || url.host;
  return {
    page: pageKey(url),
    url: withoutTracking(url).href,
    slug: toSlug(name) || toSlug(url.host),
    title: [...words].slice(0, 200).join(""),
  };
}

/** Words of a-z, 0-9 and hyphens, never all digits; empty where nothing of the text can be kept. */
export function toSlug(text: string): string {
  const slug = text
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 80)
    .replace(/^-|-$/g, "");
  return /^\d+$/.test(slug) ? `post-${slug}` : slug;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
