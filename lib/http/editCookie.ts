import type { IncomingMessage, ServerResponse } from "node:http";
import { config } from "@/lib/config";
import { isSecure, readCookie } from "@/lib/http/cookie";
import { comesFromHere } from "@/lib/http/session";
import type { EditProof } from "@/lib/who";

type Request = Pick<IncomingMessage, "headers">;

/** How many comments a browser may edit at once: the newest. */
const MOST = 10;

/** The cookie's name: bound to this host and to HTTPS where that is what the world uses. */
function nameOf(): string {
  return isSecure() ? "__Host-antiphon-edit" : "antiphon-edit";
}

/** Whether the browser brings the cookie at all, whatever is in it: what it is shown is for nobody else. */
export function bringsEditCookie(req: Request): boolean {
  return readCookie(req, nameOf()) !== null;
}

/** What the cookie says it opens, newest first. Whether it does is for `isAuthor` to find. */
export function readEditProofs(req: Request): EditProof[] {
  const found = (readCookie(req, nameOf()) ?? "").slice(0, 1000).split("~", MOST).map(toProof);
  return found.filter((proof) => proof !== null);
}

/**
 * Lets a browser without scripts edit what it has just sent by its own form, for as long as that is allowed: the token is
 * in a cookie that no script reads. Not for a form of another site, nor for a script that looks like a form. In another
 * site's frame the cookie is that frame's alone (CHIPS), so that it works where other cookies of that kind are refused.
 */
export function keepEditToken(req: Request, res: ServerResponse, id: number, token: string): void {
  const { editWindow } = config();
  const mode = req.headers["sec-fetch-mode"];
  if (editWindow === 0 || !comesFromHere(req) || (mode !== undefined && mode !== "navigate")) return;
  const others = readEditProofs(req).filter((proof) => proof.id !== id);
  const value = [{ id, token }, ...others].slice(0, MOST).map(toText).join("~");
  const frame = isSecure() ? "; Secure; HttpOnly; SameSite=None; Partitioned" : "; HttpOnly; SameSite=Lax";
  res.appendHeader(
    "Set-Cookie",
    `${nameOf()}=${value}; Path=/; Max-Age=${Math.ceil(editWindow / 1000)}${frame}`,
  );
}

function toProof(text: string): EditProof | null {
  const [, id, token] = /^([1-9]\d{0,14})\.([\w-]{43})$/.exec(text) ?? [];
  return id === undefined ? null : { id: Number(id), token: `edit_${token}` };
}

function toText({ id, token }: EditProof): string {
  return `${id}.${token.replace("edit_", "")}`;
}
