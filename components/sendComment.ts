import { api } from "@/components/api";
import { ApiError } from "@/lib/client";
import type { ShownComment } from "@/lib/thread";

/**
 * What became of a comment that was sent. `field`: the name of the field that is to blame. `asked`: its author is asked
 * by mail whether to hear of replies.
 */
export type Outcome =
  | { kind: "shown"; comment: ShownComment; asked: boolean }
  | { kind: "held"; asked: boolean }
  | { kind: "refused"; text: string; field: string | null };

type Comment = Parameters<typeof api.comments.create>[0];

/** Posts a comment. The same key with the same comment is taken only once. */
export async function sendComment(comment: Comment, idempotencyKey: string): Promise<Outcome> {
  try {
    const sent = await api.comments.create(comment, { idempotencyKey });
    const asked = sent.notify === "asked";
    return sent.status === "approved" ? { kind: "shown", comment: sent, asked } : { kind: "held", asked };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code === "unknown")
      return {
        kind: "refused",
        text: "The server can’t be reached. Your text is still here; try again.",
        field: null,
      };
    const [issue] = error.issues;
    const field = issue?.path[0];
    return {
      kind: "refused",
      text: `${issue?.message ?? error.message}.`,
      field: typeof field === "string" ? field : null,
    };
  }
}

/** A stamp of now, which tells the server later how long it took to write; null where none is to be had. */
export function fetchStamp(): Promise<string | null> {
  return api.comments.stamp().then(
    ({ stamp }) => stamp,
    () => null,
  );
}

/** 128 random bits; not `randomUUID`, which browsers have on secure addresses only. */
export function makeKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
