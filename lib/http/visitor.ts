import type { GetServerSidePropsContext } from "next";
import { readSessionToken } from "@/lib/http/cookie";
import { bringsEditCookie } from "@/lib/http/editCookie";
import { findSession } from "@/lib/http/session";
import { store } from "@/lib/store";
import type { Visitor } from "@/lib/who";

/** What the read of a page throws to lead the browser elsewhere (307). `destination`: a path on this server. */
export class Redirect extends Error {
  override name = "Redirect";
  constructor(readonly destination: string) {
    super(`See ${destination}`);
  }
}

/** Whether the request brings no cookie of ours, so that it is shown what everybody is. */
export function isAnonymous({ req }: Pick<GetServerSidePropsContext, "req">): boolean {
  return readSessionToken(req) === null && !bringsEditCookie(req);
}

/** Who is signed in by the cookie that came with a page's request; null for nobody. */
export async function findVisitor({ req }: Pick<GetServerSidePropsContext, "req">): Promise<Visitor | null> {
  if (readSessionToken(req) === null) return null;
  const session = await findSession(req, await store());
  return session && { user: session.user };
}

/** The visitor that `serverSide` found, if any; leads everybody else to sign in, and back here after that. */
export function requireVisitor(
  { resolvedUrl }: Pick<GetServerSidePropsContext, "resolvedUrl">,
  visitor: Visitor | null,
): Visitor {
  if (visitor === null) throw new Redirect(`/login?${new URLSearchParams({ next: resolvedUrl })}`);
  return visitor;
}
