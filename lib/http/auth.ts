import type { NextApiRequest } from "next";
import type { Role, User } from "@/db/port/base";
import type { Session } from "@/db/port/sessions";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { addressOf, networkOf, shorten } from "@/lib/http/address";
import { readEditProofs } from "@/lib/http/editCookie";
import { comesFromHere, findSession, mayChange } from "@/lib/http/session";
import { isLocal } from "@/lib/pages";
import { Problem } from "@/lib/problems";
import { hash, keyed, same } from "@/lib/secrets";
import { store } from "@/lib/store";
import { type EditProof, hasRole, lower, type Who } from "@/lib/who";

/**
 * Who asks: by the bearer token, else by the session's cookie, else nobody. A token that says nothing here counts as
 * none. Throws 403 where a session's cookie comes with another site's call, or a token that may only read would change something;
 * `changes`: whether this call does, which its method says unless it is known better.
 */
export async function whoAsks(req: NextApiRequest, changes = mayChange(req)): Promise<Who> {
  const kept = await store();
  const bearer = readBearer(req);
  const proof = bearer === null ? await findSession(req, kept, changes) : await findToken(kept, bearer);
  // A cookie proves who asks, not who made them ask.
  const edits = bearer !== null || (changes && !comesFromHere(req)) ? [] : readEditProofs(req);
  return new Asker(req, kept, toIdentity(proof, changes), bearer, edits);
}

/** A class: an object with getters of its own is slow to make, and each request makes one. */
class Asker implements Who {
  role: Who["role"];
  user: Who["user"];
  readonly session: Who["session"];
  readonly secret: Buffer;
  readonly base: string;
  readonly #req: NextApiRequest;

  constructor(
    req: NextApiRequest,
    { secret }: Store,
    { role, user, session }: Pick<Who, "role" | "user" | "session">,
    readonly bearer: string | null,
    readonly edits: EditProof[],
  ) {
    this.role = role;
    this.user = user;
    this.session = session;
    this.secret = secret;
    this.base = baseOf(req);
    this.#req = req;
  }

  // Worked out only where something is written.
  get network() {
    return networkHash(this.#req, this);
  }

  get address() {
    return shorten(addressOf(this.#req));
  }

  get remote() {
    return addressOf(this.#req)?.toString() ?? null;
  }
}

/** The same, and somebody with this role or a higher one. Throws 401 for nobody, 403 for too low a role. */
export async function requireRole(req: NextApiRequest, least: Role): Promise<Who & { role: Role }> {
  const who = await whoAsks(req);
  const { role } = who;
  if (role === null) throw new Problem("unauthorized");
  if (!hasRole(who, least)) throw new Problem("forbidden");
  return Object.assign(who, { role });
}

/** The same, and a person. Throws 401 for nobody, 403 for a token that belongs to nobody. */
export async function requireUser(req: NextApiRequest): Promise<Who & { role: Role; user: User }> {
  const who = await requireRole(req, "member");
  const { user } = who;
  if (user === null)
    throw new Problem("forbidden", { error: "This token belongs to nobody; sign in, or use a person's" });
  return Object.assign(who, { user });
}

/** Lets those read the metrics who have METRICS_TOKEN, and admins. Throws 401 for nobody, 403 for too low a role. */
export async function requireScraper(req: NextApiRequest): Promise<void> {
  const { metricsToken } = config();
  const bearer = readBearer(req);
  if (metricsToken === null || bearer === null || !same(bearer, metricsToken))
    await requireRole(req, "admin");
}

function readBearer({ headers }: Pick<NextApiRequest, "headers">): string | null {
  return /^Bearer +([\x21-\x7e]{1,500})$/i.exec(headers.authorization ?? "")?.[1] ?? null;
}

function toIdentity(
  proof: Session | Awaited<ReturnType<typeof findToken>>,
  changes: boolean,
): Pick<Who, "role" | "user" | "session"> {
  if (proof === null) return { role: null, user: null, session: null };
  if ("id" in proof) return { role: proof.user.role, user: proof.user, session: proof.id };
  const { user, scope } = proof;
  if (scope === "read" && changes) throw new Problem("insufficient_scope");
  return { role: user ? lower(proof.role, user.role) : proof.role, user, session: null };
}

async function findToken(kept: Store, bearer: string) {
  const { adminToken } = config();
  if (adminToken !== null && same(bearer, adminToken))
    return { role: "admin", scope: "full", user: null } as const;
  return bearer.startsWith("edit_") ? null : kept.tokens.find(hash(bearer), new Date().toISOString());
}

/** Keyed hash of the network that asks: one caller, as far as limits go. */
export function networkHash(req: NextApiRequest, { secret }: Pick<Store, "secret">): string {
  return keyed(secret, "network", networkOf(addressOf(req)));
}

/** What links that must stand alone begin with: PUBLIC_URL, or the address asked for where that is this machine. */
export function baseOf(req: Pick<NextApiRequest, "headers">): string {
  const { publicUrl } = config();
  if (publicUrl !== null) return publicUrl;
  const [host, hostname] = readHost(req) ?? [];
  return hostname && isLocal(hostname) ? `http://${host}` : "";
}

/** What to type after curl to reach this server: the same, or else the host asked for, whose scheme is not known. */
export function addressFor(req: Pick<NextApiRequest, "headers">): string {
  return baseOf(req) || (readHost(req)?.[0] ?? "localhost");
}

/** The Host field and the name in it, if it is a plain one. */
function readHost({ headers }: Pick<NextApiRequest, "headers">): RegExpExecArray | null {
  return /^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i.exec(headers.host ?? "");
}
