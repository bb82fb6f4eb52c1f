import type { IncomingMessage, ServerResponse } from "node:http";
import { config } from "@/lib/config";
import { SESSION_AGE } from "@/lib/signIn";

/** Whether the world reaches this server by HTTPS, so that its cookies can be bound to that. */
export function isSecure(): boolean {
  return config().publicUrl?.startsWith("https:") === true;
}

/** The name of the session's cookie: bound to this host and to HTTPS where that is what the world uses. */
function cookieName(): string {
  return isSecure() ? "__Host-antiphon" : "antiphon";
}

/** The value of the first cookie of that name; null where there is none, or nothing in it. */
export function readCookie({ headers }: Pick<IncomingMessage, "headers">, name: string): string | null {
  if (headers.cookie === undefined) return null;
  const pairs = headers.cookie.split(";").map((pair) => pair.trim());
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) || null;
}

/** The token in the session's cookie, or null. */
export function readSessionToken(req: Pick<IncomingMessage, "headers">): string | null {
  return readCookie(req, cookieName());
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
