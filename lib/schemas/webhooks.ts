import { z } from "zod";
import { id, text } from "@/lib/schemas/fields";
import { paging } from "@/lib/schemas/queries";

/** What readers see happen, and so what a webhook is told of unless it says otherwise. */
const PUBLIC_EVENTS = [
  "comment.created",
  "comment.approved",
  "comment.updated",
  "comment.deleted",
  "post.created",
  "post.updated",
  "post.deleted",
  "post.restored",
] as const;

const subscribable = z.enum([...PUBLIC_EVENTS, "comment.held", "comment.reported"]);
const eventType = z.enum([...subscribable.options, "webhook.test"]);
const format = z.enum(["standard", "slack", "discord", "telegram", "matrix", "ntfy"]);

const url = text(2000)
  .refine((value) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol), {
    error: "Must be an address that begins with https://",
  })
  .transform((value) => {
    const { href, hash } = new URL(value);
    return hash === "" ? href : href.slice(0, -hash.length);
  })
  .meta({ description: "Where to send to." });

const events = z
  .array(subscribable)
  .min(1)
  .max(20)
  .transform((all) => [...new Set(all)])
  .meta({ description: "What it is told of; comment.held and comment.reported are for moderators." });

const active = z.boolean().meta({ description: "false: it is sent nothing." });

export const webhooksQuery = z.strictObject(paging);

export const newWebhook = z.strictObject({
  url,
  events: events.default([...PUBLIC_EVENTS]),
  format: format
    .default("standard")
    .meta({ description: "standard: signed JSON; the others: text for a chat." }),
  active: active.default(true),
});

export const webhookChange = z.strictObject({
  url: url.optional(),
  events: events.optional(),
  format: format.optional(),
  active: active.optional(),
  rotate: z
    .boolean()
    .optional()
    .meta({ description: "true: makes another secret; for a day the former one signs as well." }),
});

export type NewWebhookInput = z.output<typeof newWebhook>;
export type WebhookChangeInput = z.output<typeof webhookChange>;

const instant = z.iso.datetime();

export const webhookAnswer = z.strictObject({
  id,
  url: z.string(),
  events: z.array(subscribable),
  format,
  active: z.boolean(),
  disabled: z
    .enum(["gone", "failing"])
    .nullable()
    .meta({ description: "Why it was turned off by itself: it answered 410, or failed for five days." }),
  failingSince: instant.nullable(),
  formerSecretUntil: instant.nullable().meta({ description: "Until then the former secret signs as well." }),
  createdAt: instant,
});

const secret = z.string().meta({ description: "whsec_…; shown here only." });
export const webhookCreatedAnswer = webhookAnswer.extend({ secret });
export const webhookChangedAnswer = webhookAnswer.extend({ secret: secret.optional() });
export const webhookDeletedAnswer = z.strictObject({
  message: z.literal("Webhook deleted"),
  deleted: webhookAnswer,
});

export const deliveryAnswer = z.strictObject({
  id,
  messageId: z.string().meta({ description: "The webhook-id, the same for each try." }),
  type: eventType,
  at: instant.meta({ description: "When it happened." }),
  state: z.enum(["waiting", "delivered", "failed", "dropped"]),
  attempts: z.int().min(0),
  nextAt: instant.nullable(),
  lastAt: instant.nullable(),
  status: z.int().nullable().meta({ description: "The last answer's HTTP status." }),
  error: z.enum(["status", "not_allowed", "timed_out", "bad_certificate", "unreachable"]).nullable(),
});
