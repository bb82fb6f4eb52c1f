import type { NextApiRequest, NextApiResponse } from "next";
import type { z } from "zod";
import type { Person } from "@/db/port/users";
import type { Store } from "@/db/store";
import { requireRole, requireUser, whoAsks } from "@/lib/http/auth";
import { etag, requireMatch, sendTagged } from "@/lib/http/conditional";
import { logEvent } from "@/lib/http/events";
import { readBody, readId } from "@/lib/http/input";
import { wantsPage } from "@/lib/http/negotiate";
import { fromCursor, keyOf, linkNext } from "@/lib/http/page";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { Problem } from "@/lib/problems";
import { firstAdmin } from "@/lib/schemas/sessions";
import { type myselfAnswer, type NewUserInput, newUser, type usersQuery } from "@/lib/schemas/users";
import { store } from "@/lib/store";
import {
  maySignUp,
  missing,
  requirePerson,
  requireUserRight,
  seesAll,
  toNobodysAnswer,
  toOwnAnswer,
  toUserAnswer,
  type UserPermit,
} from "@/lib/users";
import type { Who } from "@/lib/who";

type Myself = z.output<typeof myselfAnswer>;
type FirstAdmin = z.output<typeof firstAdmin>;

/** The ETag of a person as `who` sees them. */
export function userTag({ id, version }: Person, who: Who): string {
  return etag(version, `u${id}`, seesAll(who, id) ? "whole" : "public");
}

/** The person that the path names, and who asks. Throws 404. */
export async function locateUser(req: NextApiRequest): Promise<{ kept: Store; who: Who; person: Person }> {
  const kept = await store();
  const who = await whoAsks(req);
  return { kept, who, person: await requirePerson(kept, readId(req, "id", "user_not_found")) };
}

/** The same for a change, with the version that `If-Match` ties it to. Throws 401, 403, 404, 412. */
export async function locateUserForChange(
  req: NextApiRequest,
): Promise<{ kept: Store; who: Who; permit: UserPermit }> {
  const { kept, who, person } = await locateUser(req);
  // Preconditions come after what would be refused without them (RFC 9110 §13.2.1).
  requireUserRight(who, person);
  return { kept, who, permit: toPermit(req, who, person) };
}

/** Who asks, as the person to be read or changed. Throws 401, 412. */
export async function locateMyself(
  req: NextApiRequest,
): Promise<{ kept: Store; who: Who; permit: UserPermit }> {
  const kept = await store();
  const who = await requireUser(req);
  const person = await requirePerson(kept, who.user.id);
  return { kept, who, permit: toPermit(req, who, person) };
}

/** Who asks, as they see themselves, also behind a token that belongs to nobody. Throws 401. */
export async function readMyself(req: NextApiRequest): Promise<{ myself: Myself; tag: string }> {
  const who = await requireRole(req, "member");
  if (who.user === null) return { myself: toNobodysAnswer(who.role), tag: etag(0, "token", who.role) };
  const person = await requirePerson(await store(), who.user.id);
  return { myself: toOwnAnswer(person), tag: userTag(person, who) };
}

function toPermit(req: NextApiRequest, who: Who, person: Person): UserPermit {
  const reads = req.method === "GET" || req.method === "HEAD";
  const tied = !reads && requireMatch(req, [userTag(person, who)]);
  return { person, version: tied ? person.version : null };
}

/**
 * What somebody who makes an account sent; `firstAdmin` where it came by the setup link. Throws 401 or 403 for who may
 * not make one, whatever they sent.
 */
export async function readNewUser(
  req: NextApiRequest,
  who: Who,
): Promise<{ firstAdmin: FirstAdmin } | { firstAdmin: null; user: NewUserInput }> {
  if (!maySignUp(who)) return { firstAdmin: await readFirstAdmin(req, who) };
  const user = await readBody(req, newUser);
  const { name, email, password, setup, next } = user;
  if (setup === undefined) return { firstAdmin: null, user };
  if (password === undefined) throw missing("password");
  return { firstAdmin: { name, email, password, setup, next } };
}

async function readFirstAdmin(req: NextApiRequest, who: Who): Promise<FirstAdmin> {
  try {
    return await readBody(req, firstAdmin);
  } catch (error) {
    const isOther = error instanceof Problem && error.more.issues?.some(({ path }) => path[0] === "setup");
    throw isOther ? new Problem(who.role === null ? "unauthorized" : "forbidden") : error;
  }
}

/** Answers people in the order in which they came, to whoever is signed in. Throws 401. */
export async function answerUsers(
  req: NextApiRequest,
  res: NextApiResponse,
  { cursor, limit }: z.output<typeof usersQuery>,
): Promise<void> {
  const who = await requireRole(req, "member");
  const { rows, more } = await (await store()).users.list({ after: fromCursor("time", cursor), limit });
  const last = rows.at(-1);
  if (more && last) linkNext(req, res, "time", keyOf("time", last));
  sendTagged(req, res, JSON.stringify(rows.map((person) => toUserAnswer(person, who))));
}

export function answerChangedUser(req: NextApiRequest, res: NextApiResponse, who: Who, person: Person): void {
  logEvent(req, res, "account changed", { user: person.id });
  if (prefersMinimal(req, res)) sendNothing(res, 204);
  else if (wantsPage(req)) redirect(res, 303, "/people");
  else send(req, res, 200, JSON.stringify(toUserAnswer(person, who)));
}

/** Answers the person as they were. */
export function answerRemovedUser(req: NextApiRequest, res: NextApiResponse, who: Who, person: Person): void {
  logEvent(req, res, "account deleted", { user: person.id });
  if (prefersMinimal(req, res)) sendNothing(res, 204);
  else if (wantsPage(req)) redirect(res, 303, who.user?.id === person.id ? "/" : "/people");
  else send(req, res, 200, JSON.stringify({ message: "User deleted", deleted: toUserAnswer(person, who) }));
}
