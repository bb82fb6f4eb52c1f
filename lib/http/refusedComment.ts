import type { NextApiRequest } from "next";
import { addressOn, readThreadPage, type ThreadPage } from "@/lib/http/formPage";
import { typed, typedId } from "@/lib/http/typed";
import { toPageUrl } from "@/lib/pages";

/** Where a comment was to be made, changed, voted for or reported: the page that the form stands on, else its post's. */
export function commentPage(req: NextApiRequest, query: URLSearchParams, code: string): string {
  const page = readThreadPage(req) ?? postPage(req);
  // A page of a post that nobody has is none.
  if (page === null || (code === "post_not_found" && !("url" in page.query))) return `/?${query}`;
  const { opens, anchor } = placeOnPage(req, code);
  return addressOn(page, { ...opens, ...Object.fromEntries(query) }, anchor);
}

function postPage(req: NextApiRequest): ThreadPage | null {
  const post = typeof req.query.id === "string" ? req.query.id : typed(req, "post");
  const url = toPageUrl(post ?? "");
  if (url !== null && url.href.length <= 2000) return { path: "/threads", query: { url: url.href } };
  return post !== undefined && /^[a-z0-9-]{1,100}$/.test(post) ? { path: `/posts/${post}`, query: {} } : null;
}

/** After these there is nothing to be mended in the form. */
const OVER =
  /^(?:edit_window_closed|unauthorized|forbidden|comments_closed|comment_not_found|cross_site|origin_not_allowed)$/;

/** What a refusal opens on the page again, as it was before, and where it is said. */
function placeOnPage(req: NextApiRequest, code: string): { opens: Record<string, string>; anchor: string } {
  const [, id, what] =
    /^\/api\/comments\/[^/?]+\/([1-9]\d{0,14})(?:\/(vote|report))?\/?(?:\?|$)/.exec(req.url ?? "") ?? [];
  if (what === "vote" || req.method === "DELETE" || OVER.test(code)) return { opens: {}, anchor: "said" };
  if (id !== undefined) return { opens: { [what === "report" ? "report" : "edit"]: id }, anchor: "respond" };
  const parent = typedId(req, "parent");
  return { opens: parent === undefined ? {} : { reply: parent }, anchor: "respond" };
}
