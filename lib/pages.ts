import type { NewPage } from "@/db/port/posts";
import { config } from "@/lib/config";

const TRACKING = /^(utm_.*|fbclid|gclid|gbraid|wbraid|dclid|msclkid|yclid|mc_cid|mc_eid|igshid|ref_src)$/i;

/**
 * The one key of a page, whichever of its addresses it was reached by: no scheme, no default port, host in lower
 * case, no trailing slash, no fragment, and of the query what does not track, in a fixed order.
 */
export function pageKey(url: URL): string {
  const kept = [...url.searchParams].filter(([name]) => !TRACKING.test(name)).sort();
  const query = new URLSearchParams(kept).toString();
  const path = url.pathname.replace(/\/{2,}/g, "/").replace(/\/$/, "");
  return `${url.hostname.replace(/\.$/, "")}${url.port && `:${url.port}`}${path}${query && `?${query}`}`;
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
  url.hash = "";
  // What tracks the reader who commented first is nobody else's business.
  for (const name of [...url.searchParams.keys()]) if (TRACKING.test(name)) url.searchParams.delete(name);
  return {
    page: pageKey(url),
    url: url.href,
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
