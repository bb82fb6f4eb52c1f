import type { NextApiRequest } from "next";
import { readNext } from "@/lib/http/next";
import { commentPage } from "@/lib/http/refusedComment";
import { typed } from "@/lib/http/typed";
import type { Issue } from "@/lib/problems";

/** `query`: what is said on the page; `code`: of the problem. */
type Page = (req: NextApiRequest, query: URLSearchParams, code: string) => string;

/** The page that a form stands on, by the path that it was sent to. Forms sent elsewhere are those of threads. */
const PAGES: [path: RegExp, page: Page][] = [
  [/^\/api\/session$/, signInPage],
  [/^\/api\/user\/data$/, dataPage],
  [/^\/api\/users?(?:\/|$)/, usersPage],
  [/^\/api\/password-reset$/, passwordPage],
  [/^\/api\/subscriptions$/, (req, query) => subscriptionsPage(typed(req, "token") ?? null, query)],
  [/^\/api\/confirm$/, (_, query) => `/confirm?${query}`],
  [/^\/api\/posts$/, (_, query) => `/posts?${query}`],
];

/** The page that a browser's own form goes back to when it was refused, with what to say there. */
export function pageOfRefusal(req: NextApiRequest, code: string, issues: Issue[] = []): string {
  const field = issues[0]?.path[0];
  const query = new URLSearchParams({ error: code, ...(typeof field === "string" && { field }) });
  const sentTo = req.url?.split("?", 1)[0] ?? "";
  const [, page] = PAGES.find(([path]) => path.test(sentTo)) ?? [];
  return (page ?? commentPage)(req, query, code);
}

/** The page with all that somebody hears of; where a link opened it, as it was opened. */
export function subscriptionsPage(token: string | null, query: URLSearchParams): string {
  if (token !== null) query.set("token", token.slice(0, 2000));
  return `/subscriptions?${query}`;
}

/** A setup link's token goes back into the address that it came from. */
function signInPage(req: NextApiRequest, query: URLSearchParams): string {
  const [next, setup] = [readNext(typed(req, "next")), typed(req, "setup")];
  if (next !== null) query.set("next", next);
  if (setup !== undefined) query.set("setup", setup.slice(0, 200));
  return `/login?${query}`;
}

/** Where people are added and changed; the first of them, by a setup link, where one signs in. */
function usersPage(req: NextApiRequest, query: URLSearchParams): string {
  return typed(req, "setup") === undefined ? `/people?${query}` : signInPage(req, query);
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
