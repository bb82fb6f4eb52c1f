import type { Actor } from "@/db/port/audit";
import type { Role } from "@/db/port/base";
import type { Person, PersonOutcome } from "@/db/port/users";
import type { Store } from "@/db/store";
import { toAuthorKey } from "@/lib/authors";
import { hashPassword, setPassword } from "@/lib/passwords";
import { PROBLEMS } from "@/lib/problems";
import { newUser } from "@/lib/schemas/users";
import { hash, makeToken } from "@/lib/secrets";
import { takeOut } from "@/lib/users";

/** What the command line asks and can't have, in a sentence. */
class Refused extends Error {
  override name = "Refused";
}

/** Whoever can start programs beside the server is an admin. */
const COMMAND_LINE: Actor = { user: null, name: "Command line", role: "admin" };

const PAGE = 100;

/** Everybody with an account, in the order in which they came. */
export async function* people(store: Store): AsyncGenerator<Person> {
  let after: { value: string; id: number } | undefined;
  do {
    const { rows, more }: Awaited<ReturnType<Store["users"]["list"]>> = await store.users.list({
      after,
      limit: PAGE,
    });
    yield* rows;
    const last = rows.at(-1);
    after = more && last ? { value: last.createdAt, id: last.id } : undefined;
  } while (after);
}

/** The person of that id or e-mail address. Throws `Refused`. */
export async function requireNamed(store: Store, who: string): Promise<Person> {
  const id = /^[1-9]\d{0,14}$/.test(who) ? Number(who) : (await store.accounts.find(who))?.user.id;
  const person = id === undefined ? null : await store.users.find(id);
  if (!person) throw new Refused(`There is nobody with the id or e-mail address ${who}.`);
  return person;
}

/** Makes an account. Throws `Refused`. */
export async function addPerson(
  store: Store,
  input: { name: string; email: string; role: string; password: string },
): Promise<Person> {
  const result = newUser.safeParse(input);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Refused(`${String(issue?.path[0] ?? "Input")}: ${issue?.message}.`);
  }
  const { name, email, role = "member", password = "" } = result.data;
  const draft = {
    ...{ name, nameKey: toAuthorKey(name), email, role },
    ...{ profession: null, website: null },
    password: await hashPassword(password),
    createdAt: now(),
  };
  return unwrap(await store.users.create(draft, { namesakes: false, by: COMMAND_LINE }));
}

/** Sets a password; the person's sessions end. Throws `Refused`. Returns how many ended. */
export async function setPasswordOf(store: Store, person: Person, password: string): Promise<number> {
  const result = newUser.shape.password.safeParse(password);
  if (!result.success) throw new Refused(`The password: ${result.error.issues[0]?.message}.`);
  return (await setPassword(store, person.id, password, null)) ?? 0;
}

/** Changes a role. Throws `Refused`. */
export async function setRole(store: Store, person: Person, role: Role): Promise<void> {
  const terms = { namesakes: true, by: COMMAND_LINE, at: now(), version: null };
  unwrap(await store.users.change(person.id, { role }, terms));
}

/** Takes a person out; what they wrote stays, without them, or with `erase` goes, too. Throws `Refused`. */
export async function removePerson(store: Store, person: Person, erase: boolean): Promise<void> {
  unwrap(await takeOut(store, person.id, erase, { by: COMMAND_LINE, at: now(), version: null }));
}

/** A new API token of an admin that belongs to nobody; with `alone` the former ones end. */
export async function makeAdminToken(
  store: Store,
  alone: boolean,
): Promise<{ token: string; ended: number }> {
  const token = makeToken();
  return { token, ended: await store.tokens.createAnother(hash(token), "admin", now(), alone) };
}

function unwrap(outcome: PersonOutcome): Person {
  if (outcome.refused === null) return outcome.person;
  const { refused } = outcome;
  const code =
    refused === "absent" ? "user_not_found" : refused === "stale" ? "precondition_failed" : refused;
  throw new Refused(`${PROBLEMS[code][1]}.`);
}

function now(): string {
  return new Date().toISOString();
}
