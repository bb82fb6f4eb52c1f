import type { NextApiRequest } from "next";
import { Form, parseBody } from "@/lib/http/body";
import { addressOn, readThreadPage, type ThreadPage } from "@/lib/http/formPage";
import { readNext } from "@/lib/http/next";
import { typed, typedId } from "@/lib/http/typed";
import { toPageUrl } from "@/lib/pages";
import { type Issue, invalid } from "@/lib/problems";

const OVERRIDES = new Set(["PATCH", "PUT", "DELETE"]);

/** A form can't send PATCH, PUT or DELETE: its POST with `_method` stands for them. Other bodies are left unread. */
export async function overrideMethod(req: NextApiRequest): Promise<void> {
  if (
    req.method !== "POST" ||
    !/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(req.headers["content-type"] ?? "")
  )
    return;
  const form = await parseBody(req);
  req.body = form;
  if (!(form instanceof Form)) return;
  const method = form.fields.get("_method")?.toUpperCase();
  if (method === undefined) return;
  if (!OVERRIDES.has(method)) {
    throw invalid("_method", "Must be PATCH, PUT or DELETE");
  }
  form.fields.delete("_method");
  req.method = method;
}

/** The page that a browser's own form goes back to when it was refused, with what to say there. */
export function pageOfRefusal(req: NextApiRequest, code: string, issues: Issue[] = []): string {
  const field = issues[0]?.path[0];
  const query = new URLSearchParams({ error: code, ...(typeof field === "string" && { field }) });
  if (req.url?.split("?", 1)[0] === "/api/posts") return `/posts?${query}`;
  if (req.url?.split("?", 1)[0] === "/api/subscriptions")
    return subscriptionsPage(typed(req, "token") ?? null, query);
  if (req.url?.split("?", 1)[0] === "/api/confirm") return `/confirm?${query}`;
  if (req.url?.split("?", 1)[0] === "/api/password-reset") return passwordPage(req, query);
  if (req.url?.split("?", 1)[0] === "/api/user/data") return dataPage(req, query);
  return signInPage(req, query) ?? peoplePage(req, query) ?? commentPage(req, code, query);
}

/** The page with all that somebody hears of; where a link opened it, as it was opened. */
export function subscriptionsPage(token: string | null, query: URLSearchParams): string {
  if (token !== null) query.set("token", token.slice(0, 2000));
  return `/subscriptions?${query}`;
}

/** Where a comment was to be made, changed, voted for or reported: the page that the form stands on, else its post's. */
function commentPage(req: NextApiRequest, code: string, query: URLSearchParams): string {
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

/** Null unless it was about a person. */
function peoplePage({ url = "" }: NextApiRequest, query: URLSearchParams): string | null {
  return /^\/api\/users?(?:[/?]|$)/.test(url) ? `/people?${query}` : null;
}

/** Null unless it was about signing in. A setup link's token goes back into the address that it came from. */
function signInPage(req: NextApiRequest, query: URLSearchParams): string | null {
  const path = req.url?.split("?", 1)[0];
  const setup = path === "/api/users" ? typed(req, "setup") : undefined;
  if (path !== "/api/session" && setup === undefined) return null;
  const next = readNext(typed(req, "next"));
  if (next !== null) query.set("next", next);
  if (setup !== undefined) query.set("setup", setup.slice(0, 200));
  return `/login?${query}`;
}

/** Where one asks for the link, or with it takes a new password: there the token goes back into the address. */
function passwordPage(req: NextApiRequest, query: URLSearchParams): string {
  if (req.method !== "PUT") return `/forgotten?${query}`;
  query.set("token", (typed(req, "token") ?? "").slice(0, 2000));
  return `/password?${query}`;
}

/** Where one asks for the link to one's data, or with it has them erased; with an account, the page of people. */
function dataPage(req: NextApiRequest, query: URLSearchParams): string {
  const token = typed(req, "token");
  if (req.method === "DELETE" && token === undefined) return `/people?${query}`;
  if (token !== undefined) query.set("token", token.slice(0, 2000));
  return `/data?${query}`;
}
