/** What happens that others are told of. `comment.held` and `comment.reported` are for moderators alone. */
export type EventType =
  | "comment.created"
  | "comment.approved"
  | "comment.updated"
  | "comment.deleted"
  | "comment.held"
  | "comment.reported"
  | "post.created"
  | "post.updated"
  | "post.deleted"
  | "post.restored"
  | "webhook.test";

/** Something that happened, as the transaction wrote it in which it did. Names what it is about, without its text. */
export interface Event {
  id: number;
  type: EventType;
  at: string;
  post: number | null;
  comment: number | null;
  /** What can't be looked up any more. */
  detail: Record<string, unknown> | null;
}

export type DeliveryState = "waiting" | "delivered" | "failed" | "dropped";

/** A delivery that the caller has to attempt now. */
export interface Claimed {
  id: number;
  /** How often it was tried, this time included; tells this claim from any other. */
  attempts: number;
  /** The same since somebody last asked for it. */
  tries: number;
  event: Event;
  webhook: {
    id: number;
    url: string;
    format: string;
    salt: string;
    formerSalt: string | null;
    formerUntil: string | null;
    /** Since when every attempt failed; null: the last one did not. */
    failingSince: string | null;
  };
}

/** What came of an attempt. */
export interface Outcome {
  state: DeliveryState;
  /** When to try again; null unless it still waits. */
  dueAt: string | null;
  /** The answer's HTTP status. */
  status: number | null;
  error: string | null;
  /** Turns the webhook off, and says why. */
  disable: "gone" | "failing" | null;
}

/** How the outbox stands, over all processes. */
export interface OutboxState {
  /** Of the last thirty days. */
  deliveries: Record<DeliveryState, number>;
  webhooks: Record<"active" | "failing" | "off", number>;
  /** Since when the oldest delivery of an active webhook has been due; null: none is. */
  overdueSince: string | null;
}

/** Events on their way out. What came of a claim may be lost in a power cut: it is then tried again. */
export interface Outbox {
  /**
   * `listener` is called soon after a commit of this process that may have put something in. Others' commits are
   * found by asking what is due. Returns what ends it.
   */
  listen(listener: () => void): () => void;
  /** The active webhooks that have something to be sent at `now`. A look at an index, cheap enough for each second. */
  due(now: string): Promise<number[]>;
  /** Costs a few looks at indices for each webhook, however much waits. */
  state(now: string): Promise<OutboxState>;
  /** Takes up to `most` due deliveries of a webhook, oldest first; until `until` nobody else gets them. What they tell of is on the disk. */
  claim(webhook: number, most: number, now: string, until: string): Promise<Claimed[]>;
  /** Says what came of an attempt; false where the claim was over, and somebody else has it. */
  finish(claim: Pick<Claimed, "id" | "attempts">, outcome: Outcome, at: string): Promise<boolean>;
}
