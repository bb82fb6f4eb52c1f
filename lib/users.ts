import type { z } from "zod";
import type { Actor } from "@/db/port/audit";
import type { Role } from "@/db/port/base";
import type { Person, PersonChange, PersonOutcome, PersonRefusal } from "@/db/port/users";
import type { Quota, Store } from "@/db/store";
import { toInstant } from "@/db/time";
import { ANONYMOUS, toAuthor, toAuthorKey } from "@/lib/authors";
import { config } from "@/lib/config";
import { placesOf, removeUnused } from "@/lib/files/erasure";
import { mayWarn, unWarn } from "@/lib/mail/warnings";
import { hashPassword, isPassword } from "@/lib/passwords";
import { invalid, Problem, type ProblemCode, tooMany } from "@/lib/problems";
import type {
  myselfAnswer,
  NewUserInput,
  ownAnswer,
  UserAnswer,
  UserChangeInput,
  userCreatedAnswer,
} from "@/lib/schemas/users";
import { hash } from "@/lib/secrets";
import { ADMIN, hasRole, toActor, type Who } from "@/lib/who";

/** Wrong passwords from somebody who is signed in. */
const TRIES: Quota = { limit: 10, window: 15 * 60_000 };

const CODES: Record<PersonRefusal, ProblemCode> = {
  absent: "user_not_found",
  stale: "precondition_failed",
  email_taken: "email_taken",
  name_taken: "name_taken",
  last_admin: "last_admin",
};

/** How much of a person `who` sees: only themselves and admins see the e-mail address, and what they hear of. */
export function toUserAnswer(person: Person, who: Pick<Who, "role" | "user">): UserAnswer {
  const { email, notify, ...shown } = toOwnAnswer(person);
  return seesAll(who, person.id) ? { ...shown, email, notify } : shown;
}

/** The whole of a person, as they see themselves. */
export function toOwnAnswer(person: Person): z.output<typeof ownAnswer> {
  const { id, name, email, notify, profession, website, role, createdAt } = person;
  const avatar = `/api/avatars/${toAuthor(name, null).avatar}.svg`;
  return { id, name, profession, website, avatar, role, createdAt, email, notify };
}

/** Who a token is that belongs to nobody. */
export function toNobodysAnswer(role: Role): z.output<typeof myselfAnswer> {
  const avatar = `/api/avatars/${toAuthor(ADMIN, null).avatar}.svg`;
  const nothing = { profession: null, website: null, email: null, notify: "off", createdAt: null } as const;
  return { id: null, name: ADMIN, ...nothing, avatar, role };
}

/** The answer to who made the account. */
export function toCreated(person: Person): z.output<typeof userCreatedAnswer> {
  return { ...toOwnAnswer(person), message: "User created" };
}

/** Whether `who` is that person, or an admin. */
export function seesAll(who: Pick<Who, "role" | "user">, id: number): boolean {
  return who.user?.id === id || hasRole(who, "admin");
}

/** The person of that id. Throws 404 `user_not_found`. */
export async function requirePerson(store: Store, id: number): Promise<Person> {
  const person = await store.users.find(id);
  if (!person) throw new Problem("user_not_found");
  return person;
}

/** Whether `who` may make accounts at all: an admin any, everybody one of their own where SIGN_UP is open. */
export function maySignUp(who: Pick<Who, "role">): boolean {
  return hasRole(who, "admin") || config().signUp === "open";
}

/** Makes an account for who may make one. Throws 403, 409, and 400 where somebody signs up without a password. */
export async function createUser(store: Store, who: Who, input: NewUserInput): Promise<Person> {
  const { name, email, profession, website, password } = input;
  const admin = hasRole(who, "admin");
  const role = input.role ?? "member";
  if (!admin && role !== "member") throw new Problem("forbidden");
  if (!admin && password === undefined) throw missing("password");
  refuseNobodysName(name);
  const draft = {
    name,
    nameKey: toAuthorKey(name),
    email,
    profession,
    website,
    role,
    password: password === undefined ? null : await hashPassword(password),
    createdAt: new Date().toISOString(),
  };
  return unwrap(await store.users.create(draft, { namesakes: admin, by: admin ? actorOf(who) : null }));
}

/** A change that `who` wants of a person, and the version that `If-Match` ties it to. */
export interface UserPermit {
  person: Person;
  version: number | null;
}

/** Throws 401 or 403 unless `who` may change the person: themselves, or an admin. */
export function requireUserRight(who: Who, person: Pick<Person, "id">): void {
  if (!seesAll(who, person.id)) throw new Problem(who.role === null ? "unauthorized" : "forbidden");
}

/** Changes a person; what they wrote follows their name. Throws 401, 403, 404, 409, 412. */
export async function changeUser(
  store: Store,
  who: Who,
  { person, version }: UserPermit,
  input: UserChangeInput,
): Promise<Person> {
  requireUserRight(who, person);
  const admin = hasRole(who, "admin");
  const own = who.user?.id === person.id;
  if (input.role !== undefined && input.role !== person.role && !admin) throw new Problem("forbidden");
  if (input.email === null && person.email !== null) throw missing("email");
  const change = toChange(person, input);
  if (own && (input.password !== undefined || change.email !== undefined))
    await confirm(store, who, person, input.currentPassword);
  if (input.password !== undefined)
    change.password = { hash: await hashPassword(input.password), session: own ? who.session : null };
  const now = Date.now();
  const warn = change.email === undefined || (await mayWarn(store, person, now));
  const terms = { namesakes: admin, by: own ? null : actorOf(who), at: toInstant(now), version, warn };
  const outcome = await store.users.change(person.id, change, terms);
  if (outcome.refused !== null && change.email !== undefined && warn) await unWarn(store, person, now);
  const changed = unwrap(outcome);
  await finishWork(store);
  return changed;
}

/**
 * Takes a person out: what they wrote stays, without them, or with `erase` goes, too. Throws 401, 403, 404, 409, 412.
 * Whoever is signed in by a cookie proves who they are once more; a token must be one that may do all that they may.
 */
export async function removeUser(
  store: Store,
  who: Who,
  { person, version }: UserPermit,
  { erase, currentPassword }: { erase: boolean; currentPassword: string | undefined },
): Promise<Person> {
  requireUserRight(who, person);
  const own = who.user?.id === person.id;
  if (own && who.session !== null) await confirm(store, who, person, currentPassword);
  if (own && who.role !== person.role) throw new Problem("forbidden");
  const terms = { by: own ? null : actorOf(who), at: new Date().toISOString(), version };
  return unwrap(await takeOut(store, person.id, erase, terms));
}

/** Takes a person out, whoever may, with all that is to be done after; with `erase` the bytes of their files go, too. */
export async function takeOut(
  store: Store,
  id: number,
  erase: boolean,
  terms: Parameters<Store["users"]["remove"]>[2],
): Promise<PersonOutcome> {
  const places = erase ? await placesOf(store, id) : [];
  const outcome = await store.users.remove(id, { erase, nobody: toAuthor(ANONYMOUS, null) }, terms);
  await finishWork(store);
  if (outcome.refused === null) await removeUnused(store, places);
  return outcome;
}

/** Throws 403 `name_reserved` where a guest takes the name or the e-mail address of somebody with an account. */
export async function refuseReserved(
  store: Store,
  name: string | undefined | null,
  email: string | null,
): Promise<void> {
  const key = name ? toAuthorKey(name) : null;
  const asked = key === null || key === toAuthorKey(ANONYMOUS) ? null : key;
  if ((asked !== null || email !== null) && (await store.users.isReserved(asked, email)))
    throw new Problem("name_reserved");
}

/** Goes on until nothing remains to be done on what people wrote who changed their name, left, or were erased. */
export async function finishWork(store: Store): Promise<void> {
  while ((await store.users.work()) || (await store.guests.work()));
}

function toChange(person: Person, input: UserChangeInput): PersonChange {
  const name = input.name ?? person.name;
  const website = input.website === undefined ? person.website : input.website || null;
  const isNew = name !== person.name || website !== person.website;
  if (name !== person.name) refuseNobodysName(name);
  const email = input.email && input.email !== person.email ? input.email : undefined;
  const profession = input.profession === undefined ? person.profession : input.profession || null;
  return {
    author: isNew ? toAuthor(name, website) : undefined,
    email,
    profession,
    role: input.role,
    notify: input.notify,
  };
}

/** Who says nothing about a name has that one, so nobody can own it. */
function refuseNobodysName(name: string): void {
  if (toAuthorKey(name) === toAuthorKey(ANONYMOUS)) throw new Problem("name_taken");
}

/**
 * Throws 403 `wrong_password` unless it is theirs; 429 after many wrong ones. Where they have none, 403 for a token that
 * may do less than they, or not for ever: it would make itself a key to all of the account.
 */
async function confirm(
  store: Store,
  { role, bearer }: Who,
  { id, ...person }: Person,
  typed: string | undefined,
): Promise<void> {
  const account = await store.accounts.findById(id);
  if (!account || account.password === null) {
    const token = bearer && (await store.tokens.find(hash(bearer), new Date().toISOString()));
    if (role !== person.role || (token && token.expiresAt !== null)) throw new Problem("forbidden");
    return;
  }
  const key = `password:${id}`;
  const now = Date.now();
  const { allowed, retryAfter } = await store.limits.take(key, TRIES, now);
  if (!allowed) throw tooMany(retryAfter);
  if (!(await isPassword(account.password, typed ?? ""))) throw new Problem("wrong_password");
  await store.limits.giveBack(key, TRIES, now);
}

function actorOf({ role, user }: Who): Actor | null {
  return role === null ? null : toActor({ role, user });
}

/** The 400 for a member that is needed here. */
export function missing(member: string): Problem {
  return invalid(member, "Must be there", "invalid_type");
}

function unwrap(outcome: PersonOutcome): Person {
  if (outcome.refused === null) return outcome.person;
  throw new Problem(CODES[outcome.refused]);
}
