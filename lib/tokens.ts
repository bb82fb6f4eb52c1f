import type { Token } from "@/db/port/tokens";
import type { Store } from "@/db/store";
import { invalid, Problem } from "@/lib/problems";
import type { NewTokenInput } from "@/lib/schemas/tokens";
import { hash, makeToken } from "@/lib/secrets";
import { requirePerson } from "@/lib/users";
import { hasRole, lower, toActor, type Who } from "@/lib/who";

/** The person whose tokens are meant: oneself, or for admins whom they name. Throws 401, 403. */
export function toOwner(who: Who, asked: number | undefined): number {
  if (who.role === null) throw new Problem("unauthorized");
  if (asked !== undefined && asked !== who.user?.id) {
    if (!hasRole(who, "admin")) throw new Problem("forbidden");
    return asked;
  }
  // A token that belongs to nobody has none of its own.
  if (who.user === null)
    throw new Problem("forbidden", {
      error: "This token belongs to nobody, and has none of its own; name a user",
    });
  return who.user.id;
}

/**
 * Makes an API token and returns it with its secret, which is not kept. It can do no more, and no longer, than what
 * makes it. Throws 401, 403, 404.
 */
export async function createToken(
  store: Store,
  who: Who,
  input: NewTokenInput,
): Promise<Token & { token: string }> {
  const owner = await requirePerson(store, toOwner(who, input.user));
  const most = who.role === null ? "member" : lower(who.role, owner.role);
  const { name, scope, role = most } = input;
  if (lower(role, most) !== role) throw new Problem("forbidden");
  const now = new Date().toISOString();
  if (input.expiresAt !== undefined && input.expiresAt <= now)
    throw invalid("expiresAt", "Must be in the future");
  const expiresAt = await toEnd(store, who, input.expiresAt ?? null, now);
  const secret = makeToken();
  const own = owner.id === who.user?.id;
  const by = own || who.role === null ? null : toActor({ role: who.role, user: who.user });
  const draft = { user: owner.id, name, scope, role, createdAt: now, expiresAt, hash: hash(secret) };
  const made = await store.tokens.create(draft, by);
  if (!made) throw new Problem("user_not_found");
  return { ...made, token: secret };
}

/** Ends a token for good: one's own, or for admins anybody's. Throws 404, the same for absent and another's. */
export async function removeToken(store: Store, who: Who, id: number): Promise<Token> {
  if (who.role === null) throw new Problem("unauthorized");
  const owner = hasRole(who, "admin") ? null : toOwner(who, undefined);
  const removed = await store.tokens.delete(id, owner);
  if (!removed) throw new Problem("token_not_found");
  return removed;
}

/** When the token is over: not after the one that makes it. */
async function toEnd(store: Store, who: Who, wanted: string | null, now: string): Promise<string | null> {
  const maker = who.bearer === null ? null : await store.tokens.find(hash(who.bearer), now);
  if (!maker || maker.expiresAt === null) return wanted;
  if (wanted !== null && wanted > maker.expiresAt) throw new Problem("forbidden");
  return wanted ?? maker.expiresAt;
}
