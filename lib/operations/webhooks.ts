import type { Operation } from "@/lib/operations/operation";
import { noQuery } from "@/lib/schemas/queries";
import * as shapes from "@/lib/schemas/webhooks";

const unchanged = { 304: { meaning: "Nothing has changed." } };

/** What all of them have in common. */
const common = { tag: "Webhooks", role: "admin" } as const;
const changes = { ...common, limit: "changes" } as const;

export const webhookOperations: Operation[] = [
  {
    ...common,
    method: "get",
    path: "/api/webhooks",
    id: "listWebhooks",
    summary: "Where events are sent to, oldest first",
    query: shapes.webhooksQuery,
    answers: { 200: { meaning: "The webhooks.", shape: shapes.webhookAnswer.array() }, ...unchanged },
  },
  {
    ...changes,
    method: "post",
    path: "/api/webhooks",
    id: "createWebhook",
    summary: "Have events sent to an address outside",
    body: shapes.newWebhook,
    answers: { 201: { meaning: "The webhook, with its secret.", shape: shapes.webhookCreatedAnswer } },
    problems: ["too_many_webhooks"],
  },
  {
    ...common,
    method: "get",
    path: "/api/webhooks/{id}",
    id: "getWebhook",
    summary: "One webhook",
    query: noQuery,
    answers: { 200: { meaning: "The webhook.", shape: shapes.webhookAnswer }, ...unchanged },
    problems: ["webhook_not_found"],
  },
  {
    ...changes,
    method: "patch",
    path: "/api/webhooks/{id}",
    id: "changeWebhook",
    summary: "Change a webhook, turn it on or off, or give it another secret",
    body: shapes.webhookChange,
    answers: { 200: { meaning: "The webhook.", shape: shapes.webhookChangedAnswer } },
    problems: ["webhook_not_found"],
  },
  {
    ...changes,
    method: "delete",
    path: "/api/webhooks/{id}",
    id: "deleteWebhook",
    summary: "Delete a webhook and all that waits for it",
    query: noQuery,
    answers: {
      200: { meaning: "The webhook as it was.", shape: shapes.webhookDeletedAnswer },
      204: { meaning: "Done; with Prefer: return=minimal." },
    },
    problems: ["webhook_not_found"],
  },
  {
    ...common,
    method: "get",
    path: "/api/webhooks/{id}/deliveries",
    id: "listDeliveries",
    summary: "What was sent to it and what waits, newest first",
    query: shapes.webhooksQuery,
    answers: { 200: { meaning: "The deliveries.", shape: shapes.deliveryAnswer.array() }, ...unchanged },
    problems: ["webhook_not_found"],
  },
  {
    ...changes,
    method: "post",
    path: "/api/webhooks/{id}/deliveries/{deliveryId}/resend",
    id: "resendDelivery",
    summary: "Send a delivery once more, under the same id",
    body: noQuery,
    answers: { 202: { meaning: "The delivery, which waits.", shape: shapes.deliveryAnswer } },
    problems: ["delivery_not_found"],
  },
  {
    ...changes,
    method: "post",
    path: "/api/webhooks/{id}/test",
    id: "testWebhook",
    summary: "Send a webhook a word, to try it out",
    body: noQuery,
    answers: { 202: { meaning: "The delivery, which waits.", shape: shapes.deliveryAnswer } },
    problems: ["webhook_not_found"],
  },
];
