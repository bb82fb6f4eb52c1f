import type { Operation } from "@/lib/operations/operation";
import * as shapes from "@/lib/schemas/subscriptions";

const all = shapes.subscriptionAnswer.array();

export const subscriptionOperations: Operation[] = [
  {
    method: "get",
    path: "/api/subscriptions",
    id: "listSubscriptions",
    tag: "Mail",
    summary: "What somebody hears of by mail",
    query: shapes.subscriptionsQuery,
    answers: {
      200: { meaning: "The subscriptions, newest first, 200 at most.", shape: all },
      304: { meaning: "Nothing has changed." },
    },
    problems: ["unauthorized", "forbidden", "link_over"],
  },
  {
    method: "post",
    path: "/api/subscriptions",
    id: "changeSubscriptions",
    tag: "Mail",
    summary: "Change or end what somebody hears of by mail",
    body: shapes.subscriptionChange,
    answers: {
      200: { meaning: "What is left.", shape: all },
      303: { meaning: "A browser’s own form: to the page with what is left." },
    },
    problems: ["unauthorized", "forbidden", "link_over", "subscription_not_found"],
    limit: "links",
  },
];
