import type { IncomingMessage } from "node:http";
import { config } from "@/lib/config";

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
