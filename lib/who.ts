import type { Actor } from "@/db/port/audit";
import type { Role, User } from "@/db/port/base";

/** An edit token, and the comment that it is said to open. */
export interface EditProof {
  id: number;
  token: string;
}

/** Who asks, and how they proved it. */
export interface Who {
  /** What they may do: a token's own limit counts. Null: nobody who is signed in. */
  role: Role | null;
  /** Null also for a token that belongs to nobody, such as ADMIN_TOKEN. */
  user: User | null;
  /** The id of the session whose cookie came along; null where a token or nothing did. */
  session: number | null;
  /** The bearer token as sent; it may be the edit token of one comment. */
  bearer: string | null;
  /** The edit tokens that a browser without scripts holds, each for one comment; as sent. */
  edits: EditProof[];
  /** Keyed hash of the network, and its address cut short. */
  network: string;
  address: string;
  /** The whole address, to hold rules against; never kept, logged or shown. Null where the connection has none. */
  remote: string | null;
  secret: Buffer;
  /** What relative links of this answer begin with, for links that must stand alone. */
  base: string;
}

/** Who looks at a page, signed in. */
export interface Visitor {
  user: User;
}

const RANK: Record<Role, number> = { admin: 4, moderator: 3, author: 2, member: 1 };

/** Whether the role is `least` or above it. */
export function hasRole({ role }: Pick<Who, "role">, least: Role): boolean {
  return role !== null && RANK[role] >= RANK[least];
}

export function isModerator(who: Pick<Who, "role">): boolean {
  return hasRole(who, "moderator");
}

/** The lower of two roles: what a token of a user may do. */
export function lower(a: Role, b: Role): Role {
  return RANK[a] < RANK[b] ? a : b;
}

/** What somebody is called whose token belongs to nobody; there are none but admins'. */
export const ADMIN = "Admin";

/** As the audit log names who acts. Only for somebody who is signed in. */
export function toActor({ role, user }: Pick<Who, "user"> & { role: Role }): Actor {
  return { user: user?.id ?? null, name: user?.name ?? ADMIN, role };
}
