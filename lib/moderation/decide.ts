import type { Store } from "@/db/store";
import { Problem } from "@/lib/problems";
import type { DecisionInput } from "@/lib/schemas/moderation";
import { toActor, type Who } from "@/lib/who";

/**
 * Does the same to several comments, or nothing at all, and returns them as JSON, as moderators see them.
 * Throws 404 or 409, naming the comment that is to blame.
 */
export async function decide(
  store: Store,
  who: Who & { role: NonNullable<Who["role"]> },
  { ids, action, note }: DecisionInput,
): Promise<string> {
  const at = new Date().toISOString();
  const more = { note, base: who.base };
  const decided = await store.moderation.decide(ids, action, toActor(who), at, more);
  if (decided.refused === null) return `[${decided.comments.join()}]`;
  if (decided.refused === "absent")
    throw new Problem("comment_not_found", { error: `There is no comment ${decided.id}` });
  throw new Problem("not_restorable", { error: `Comment ${decided.id} was deleted for good` });
}
