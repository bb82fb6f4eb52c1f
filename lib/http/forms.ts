import type { NextApiRequest } from "next";
import { Form, parseBody } from "@/lib/http/body";
import { readNext } from "@/lib/http/next";
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
  return signInPage(req, query) ?? peoplePage(req, query) ?? postPage(req, code, query);
}

/** The page with all that somebody hears of; where a link opened it, as it was opened. */
export function subscriptionsPage(token: string | null, query: URLSearchParams): string {
  if (token !== null) query.set("token", token.slice(0, 2000));
  return `/subscriptions?${query}`;
}

function postPage(req: NextApiRequest, code: string, query: URLSearchParams): string {
  const post = typeof req.query.id === "string" ? req.query.id : typed(req, "post");
  const known = post !== undefined && code !== "post_not_found" && /^[a-z0-9-]{1,100}$/.test(post);
  return known ? `/posts/${post}?${query}#respond` : `/?${query}`;
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

/** A field of the form, whether or not it has been checked by now. */
function typed({ body }: NextApiRequest, name: string): string | undefined {
  const value: unknown = body instanceof Form ? body.fields.get(name) : body?.[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}
