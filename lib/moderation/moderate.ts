import type { Reason } from "@/db/port/moderation";
import type { Store } from "@/db/store";
import { DAY, toInstant } from "@/db/time";
import { config } from "@/lib/config";
import type { Candidate } from "@/lib/moderation/candidate";
import { PHASES } from "@/lib/moderation/phases";
import { Problem } from "@/lib/problems";
import { hasRole, type Who } from "@/lib/who";

/** An approved comment that no moderator has seen vouches for more once it has stood so long. */
const STANDING = DAY;

/** Whose comment it is: an account's, or that of a guest's network. `except`: the comment that is edited. */
interface Author {
  user: number | null;
  network: string | null;
  except?: number;
}

export interface Verdict {
  status: "approved" | "pending" | "spam";
  held: Reason[];
}

/**
 * Whether a text may appear at once, or why not: the one pipeline of every write path. All rules are asked, so that
 * moderators see every reason. Moderators themselves are not judged, and authors of posts are no newcomers.
 * Throws 403 `blocked`, which does not say by which rule.
 */
export async function moderate(
  store: Store,
  who: Who,
  { user, network, except }: Author,
  candidate: Omit<Candidate, "facts" | "at">,
): Promise<Verdict> {
  if (hasRole(who, "moderator")) return { status: "approved", held: [] };
  const now = Date.now();
  const { textHash } = candidate.text;
  const known = { user, network, textHash, except, stoodSince: toInstant(now - STANDING) };
  const facts = await store.moderation.facts(known);
  const judged = {
    ...candidate,
    facts: hasRole(who, "author") ? { ...facts, trusted: true, standing: true } : facts,
    at: toInstant(now),
  };
  const findings = PHASES[config().moderation].flatMap((phase) => phase(judged) ?? []);
  if (findings.some(({ verdict }) => verdict === "block")) throw new Problem("blocked");
  const held = findings.map(({ rule, reason }) => ({ rule, reason }));
  if (findings.some(({ verdict }) => verdict === "spam")) return { status: "spam", held };
  return { status: held.length > 0 ? "pending" : "approved", held };
}
