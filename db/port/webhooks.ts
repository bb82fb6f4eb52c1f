import type { Actor } from "@/db/port/audit";
import type { Page } from "@/db/port/base";
import type { DeliveryState, EventType } from "@/db/port/outbox";

/** A place outside that is told of events. Its signing secret is derived from `salt`, and not kept. */
export interface Webhook {
  id: number;
  url: string;
  format: string;
  events: EventType[];
  salt: string;
  formerSalt: string | null;
  /** Until then the former secret signs as well. */
  formerUntil: string | null;
  active: boolean;
  /** Why it was turned off by itself: it said 410, or failed for days. */
  disabled: "gone" | "failing" | null;
  failingSince: string | null;
  createdAt: string;
}

export type NewWebhook = Pick<Webhook, "url" | "format" | "events" | "salt" | "active" | "createdAt">;

export interface WebhookChange extends Partial<Pick<NewWebhook, "url" | "format" | "events" | "active">> {
  /** Another secret; the one of before signs as well until `formerUntil`. */
  rotation?: { salt: string; formerUntil: string };
}

export interface Delivery {
  id: number;
  /** The id of the event, its type, and when it happened. */
  event: number;
  type: EventType;
  at: string;
  state: DeliveryState;
  attempts: number;
  dueAt: string | null;
  triedAt: string | null;
  status: number | null;
  error: string | null;
}

export interface Webhooks {
  find(id: number): Promise<Webhook | null>;
  /** In the order they were made. */
  list(query: { after?: number; limit: number }): Promise<Page<Webhook>>;
  /** Null where there are `most` already. */
  create(webhook: NewWebhook, most: number, by: Actor): Promise<Webhook | null>;
  /** One that is made active begins anew: what it failed at before counts no more. Null where there is none. */
  change(id: number, change: WebhookChange, by: Actor, at: string): Promise<Webhook | null>;
  /** With all its deliveries. What was deleted; null where there is none. */
  delete(id: number, by: Actor, at: string): Promise<Webhook | null>;
  /** Newest first; null where there is no such webhook. */
  deliveries(webhook: number, query: { after?: number; limit: number }): Promise<Page<Delivery> | null>;
  /** Puts an event of the type `webhook.test` on its way to this webhook alone. Null where there is none. */
  test(webhook: number, at: string): Promise<Delivery | null>;
  /** Has a delivery sent once more, whatever came of it, under the same id. Null where there is none. */
  resend(webhook: number, delivery: number, at: string): Promise<Delivery | null>;
}
