import type { z } from "zod";
import type { Role } from "@/db/port/base";
import type { Rule } from "@/db/port/moderation";
import type { Store } from "@/db/store";
import { Problem } from "@/lib/problems";
import type { newRule } from "@/lib/schemas/moderation";
import { toActor, type Who } from "@/lib/who";

type Moderator = Who & { role: Role };

/** Makes a rule, which holds from the next comment on, in every process. */
export function createRule(store: Store, who: Moderator, input: z.output<typeof newRule>): Promise<Rule> {
  const counts = input.kind === "links" || input.kind === "images";
  const rule = { ...input, max: counts ? (input.max ?? 0) : null };
  return store.rules.create(rule, toActor(who), new Date().toISOString());
}

/** Deletes a rule and returns it. Throws 404. */
export async function deleteRule(store: Store, who: Moderator, id: number): Promise<Rule> {
  const rule = await store.rules.delete(id, toActor(who), new Date().toISOString());
  if (!rule) throw new Problem("rule_not_found");
  return rule;
}
