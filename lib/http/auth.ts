import type { NextApiRequest } from "next";
import type { Store } from "@/db/store";
import { isModerator, type Who } from "@/lib/comments";
import { config } from "@/lib/config";
import { addressOf, networkOf, shorten } from "@/lib/http/address";
import { isLocal } from "@/lib/pages";
import { Problem } from "@/lib/problems";
import { hash, keyed, same } from "@/lib/secrets";
import { store } from "@/lib/store";

/** Who asks: by the bearer token, else nobody. A token that says nothing here counts as none. */
export async function whoAsks(req: NextApiRequest): Promise<Who> {
  const kept = await store();
  const { secret } = kept;
  const bearer = /^Bearer +([\x21-\x7e]{1,500})$/i.exec(req.headers.authorization ?? "")?.[1] ?? null;
  const known = bearer === null ? null : await findToken(kept, bearer);
  return {
    role: known?.role ?? null,
    user: known?.user ?? null,
    bearer,
    secret,
    base: baseOf(req),
    // Worked out only where something is written.
    get network() {
      return keyed(secret, "network", networkOf(addressOf(req)));
    },
    get address() {
      return shorten(addressOf(req));
    },
  };
}

/** The same, and at least a moderator. Throws 401, 403. */
export async function requireModerator(req: NextApiRequest): Promise<Who> {
  const who = await whoAsks(req);
  if (who.role === null) throw new Problem("unauthorized");
  if (!isModerator(who)) throw new Problem("forbidden");
  return who;
}

async function findToken(kept: Store, bearer: string) {
  const { adminToken } = config();
  if (adminToken !== null && same(bearer, adminToken)) return { role: "admin" as const, user: null };
  return bearer.startsWith("edit_") ? null : kept.tokens.find(hash(bearer), new Date().toISOString());
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
