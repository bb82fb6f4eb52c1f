import type { IncomingMessage, ServerResponse } from "node:http";
import { config } from "@/lib/config";
import { SESSION_AGE } from "@/lib/signIn";

/** The name of the cookie: bound to this host and to HTTPS where that is what the world uses. */
function cookieName(): string {
  return config().publicUrl?.startsWith("https:") ? "__Host-antiphon" : "antiphon";
}

/** The token in the session's cookie, or null. */
export function readSessionToken({ headers }: Pick<IncomingMessage, "headers">): string | null {
  const name = cookieName();
  const pairs = (headers.cookie ?? "").split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || null;
}

/** Gives the browser the session's token; no page's script can read it, and other sites' forms don't bring it. */
export function setSessionCookie(res: ServerResponse, token: string): void {
  setCookie(res, token, SESSION_AGE / 1000);
}

export function clearSessionCookie(res: ServerResponse): void {
  setCookie(res, "", 0);
}

function setCookie(res: ServerResponse, value: string, maxAge: number): void {
  const name = cookieName();
  const secure = name.startsWith("__Host-") ? "; Secure" : "";
  res.appendHeader(
    "Set-Cookie",
    `${name}=${value}; Path=/; Max-Age=${maxAge}${secure}; HttpOnly; SameSite=Lax`,
  );
}
