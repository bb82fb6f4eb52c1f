import type { NextApiRequest } from "next";
import { isOwnOrigin } from "@/lib/http/cors";
import { typed } from "@/lib/http/typed";
import { toPageUrl } from "@/lib/pages";

/** A page of ours with a thread on it, and how it is shown there. */
export interface ThreadPage {
  path: string;
  query: Record<string, string>;
}

const PATH = /^\/(?:posts|threads)\/[a-z0-9-]{1,100}$/;
/** Which thread it is, where the path does not say. */
const BARE = "/threads";

/** What of a page's address leads back to the same look of it. */
const KEPT = [
  ["lang", /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,2}$/],
  ["sort", /^(?:oldest|newest|top)$/],
  ["cursor", /^[\w-]{1,200}$/],
  ["parent", /^[1-9]\d{0,14}$/],
  ["at", /^[1-9]\d{0,14}$/],
] as const;

const LONGEST = 8000;

/**
 * The page of ours that a browser's own form stands on: as its field `from` says, else its Referer; null where that is
 * none with a thread. Whoever made the form wrote it, so nothing of it is passed on but what is known, made anew.
 */
export function readThreadPage(req: NextApiRequest): ThreadPage | null {
  return toThreadPage(typed(req, "from")) ?? toThreadPage(readReferer(req));
}

/** The same of any text: a path on this server with its query. */
function toThreadPage(text: string | undefined): ThreadPage | null {
  if (text === undefined || text.length > LONGEST) return null;
  const [, path = "", search = ""] = /^([^?#]*)(?:\?([^#]*))?/.exec(text) ?? [];
  const asked = new URLSearchParams(search);
  const query: ThreadPage["query"] = {};
  if (path === BARE) {
    const url = toPageUrl(asked.get("url") ?? "");
    if (url === null) return null;
    query.url = url.href;
  } else if (!PATH.test(path)) return null;
  for (const [name, pattern] of KEPT) {
    const value = asked.get(name);
    if (value !== null && pattern.test(value)) query[name] = value;
  }
  return { path, query };
}

/** The page's own address where the form stands on this server; browsers tell nobody else more than the origin. */
function readReferer({ headers: { referer, host } }: NextApiRequest): string | undefined {
  if (referer === undefined || !URL.canParse(referer)) return undefined;
  const { origin, pathname, search } = new URL(referer);
  return isOwnOrigin({ headers: { origin, host } }) ? pathname + search : undefined;
}

/** The address of the page, with `more` said in its query. */
export function addressOn({ path, query }: ThreadPage, more: Record<string, string>, anchor: string): string {
  const search = new URLSearchParams({ ...query, ...more }).toString();
  return `${path}${search && `?${search}`}#${anchor}`;
}

/** The address of the same page, beginning with that comment, however long the thread is. */
export function addressAt(
  { path, query: { cursor, parent, at, ...query } }: ThreadPage,
  id: number,
  more: Record<string, string> = {},
): string {
  return addressOn({ path, query }, { at: String(id), ...more }, `comment-${id}`);
}
