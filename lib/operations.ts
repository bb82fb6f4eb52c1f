import { commentOperations } from "@/lib/operations/comments";
import { eventOperations } from "@/lib/operations/events";
import { feedOperations } from "@/lib/operations/feeds";
import { fileOperations } from "@/lib/operations/files";
import { hookOperations } from "@/lib/operations/hooks";
import { linkOperations } from "@/lib/operations/links";
import { moderationOperations } from "@/lib/operations/moderation";
import type { Operation } from "@/lib/operations/operation";
import { postOperations } from "@/lib/operations/posts";
import { searchOperations } from "@/lib/operations/search";
import { serverOperations } from "@/lib/operations/server";
import { sessionOperations } from "@/lib/operations/sessions";
import { subscriptionOperations } from "@/lib/operations/subscriptions";
import { userOperations } from "@/lib/operations/users";
import { webhookOperations } from "@/lib/operations/webhooks";

/** Every method of every path: what the OpenAPI document is made of, and what the docs are tested against. */
export const operations: Operation[] = [
  ...commentOperations,
  ...eventOperations,
  ...feedOperations,
  ...postOperations,
  ...moderationOperations,
  ...searchOperations,
  ...sessionOperations,
  ...userOperations,
  ...fileOperations,
  ...webhookOperations,
  ...hookOperations,
  ...linkOperations,
  ...subscriptionOperations,
  ...serverOperations,
];
