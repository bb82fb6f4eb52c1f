import type { Actor } from "@/db/port/audit";
import type { NewPost, PostChange } from "@/db/port/posts";

/** What somebody outside says happened to a post of theirs. Signed by them: whoever asks has looked at that. */
export interface HookMessage {
  /** Tells this message from every other. The same one again changes nothing. */
  id: string;
  /** When it happened. What is older than what was heard of the post before changes nothing. */
  at: string;
  /** What its post is called, in an order of preference. One name at least. */
  names: HookName[];
  /** What to make of it; null: the post is gone. `publishedAt`: when a new one came out, if that is not now. */
  post: { draft: NewPost; change: PostChange; publishedAt: string | null } | null;
}

/** `key`: what the sender calls the post, whatever else it is called. */
export type HookName = { page: string } | { key: string } | { slug: string };

/** `outdated`: something later was heard of the post. `absent`: there is no post to delete. */
export type HookResult = "created" | "updated" | "unchanged" | "deleted" | "restored" | "outdated" | "absent";

export interface HookOutcome {
  result: HookResult;
  /** The id of the post; null where there is none. */
  post: number | null;
}

/** Posts that others publish, change and delete by messages. */
export interface Hooks {
  /**
   * Does what the message says. `replayed`: it was done before, and nothing was done now. A post that a message
   * deleted comes back with its comments when one publishes it again, for as long as deletions can be undone.
   */
  take(message: HookMessage, by: Actor, now: string): Promise<HookOutcome & { replayed: boolean }>;
}
