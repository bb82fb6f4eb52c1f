import type { Comment, Store } from "@/db/store";
import { isAuthor } from "@/lib/comments";
import { config } from "@/lib/config";
import { Problem } from "@/lib/problems";
import type { Who } from "@/lib/who";

/** Under what name a vote or a report is kept: one for each user, or for each network of guests. */
function toVoter(who: Who): { voter: string; network: string | null } {
  if (who.user) return { voter: `user:${who.user.id}`, network: who.network };
  if (who.role !== null) return { voter: `role:${who.role}`, network: null };
  return { voter: `network:${who.network}`, network: null };
}

/** Votes for a comment and returns the votes as JSON. Throws 403 `own_comment`, 404 where there is none to vote for. */
export async function voteFor(store: Store, who: Who, comment: Comment, value: 1 | 0 | -1): Promise<string> {
  // Guests are their network. Who is signed in may share one with any of them, and has one vote as themselves.
  const mine = who.role === null && comment.user === null && comment.network === who.network;
  if (mine || isAuthor(who, comment)) throw new Problem("own_comment");
  const votes = await store.comments.vote(comment.id, toVoter(who).voter, value, new Date().toISOString());
  if (!votes) throw new Problem("comment_not_found");
  return JSON.stringify({ ...votes, mine: value });
}

/** Tells the moderators about a comment. Throws 404 where there is nothing to report. */
export async function reportComment(
  store: Store,
  who: Who,
  comment: Comment,
  { reason, note }: { reason: string; note: string | null },
): Promise<void> {
  const { voter, network } = toVoter(who);
  const report = { reporter: voter, network, reason, note, at: new Date().toISOString() };
  const taken = await store.comments.report(comment.id, report, config().reportThreshold);
  if (!taken) throw new Problem("comment_not_found");
}
