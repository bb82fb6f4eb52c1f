import type { Store } from "@/db/store";
import { toInstant } from "@/db/time";
import type { Round } from "@/lib/outbound/courier";

/**
 * Sees to it that those are told who want to hear of comments that appeared, a part in each round: a thread to which
 * thousands listen holds up nothing else. What is done is kept, so any process goes on where another one was killed.
 */
export function repliesRound(store: Store): Round {
  return {
    take: async (over, again) => {
      if (over.aborted || !(await store.subscriptions.isDue())) return;
      await store.subscriptions.spread(toInstant(Date.now()));
      again();
    },
    settle: async () => undefined,
  };
}
