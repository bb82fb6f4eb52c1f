import type { Who } from "@/lib/who";

/** Under what name a vote or a report is kept: one for each user, or for each network of guests. */
export function toVoter(who: Who): string {
  if (who.user) return `user:${who.user.id}`;
  return who.role === null ? `network:${who.network}` : `role:${who.role}`;
}
