import type { Operation } from "@/lib/operations/operation";
import * as shapes from "@/lib/schemas/hooks";

export const hookOperations: Operation[] = [
  {
    method: "post",
    path: "/api/hooks/posts",
    id: "takeHook",
    tag: "Webhooks",
    summary: "Take a signed message of up to 1 MiB: a CMS published, changed or deleted a post",
    body: shapes.hookMessage,
    signed: true,
    answers: { 200: { meaning: "What was done.", shape: shapes.hookAnswer } },
    problems: ["hooks_off", "bad_signature", "stale_message", "origin_not_allowed"],
    limit: "hooks",
  },
];
