import { z } from "zod";
import { id, text } from "@/lib/schemas/fields";

const token = text(2000)
  .min(1)
  .meta({ description: "The token of the link in a message; without it, whoever is signed in." });

/** Whose subscriptions: of whoever got the message, or is signed in. */
export const subscriptionsQuery = z.strictObject({ token: token.optional() });

/** A change of one subscription, or of all; what is absent stays. A form sends its fields as words. */
export const subscriptionChange = z.strictObject({
  token: token.optional(),
  id: id.optional().meta({ description: "Which one; without it, all." }),
  notify: z
    .enum(["replies", "thread", "off"])
    .optional()
    .meta({ description: "What to hear of; off ends it." }),
  pace: z
    .enum(["soon", "daily"])
    .optional()
    .meta({ description: "soon: as they come; daily: once a day, of all together." }),
});

export type SubscriptionChangeInput = z.output<typeof subscriptionChange>;

export const subscriptionAnswer = z.strictObject({
  id,
  post: id,
  title: z.string().meta({ description: "The post's." }),
  comment: id.meta({ description: "The comment with which it began." }),
  notify: z.enum(["replies", "thread"]),
  pace: z.enum(["soon", "daily"]),
  confirmed: z.boolean(),
  createdAt: z.iso.datetime(),
});

export type SubscriptionAnswer = z.output<typeof subscriptionAnswer>;
