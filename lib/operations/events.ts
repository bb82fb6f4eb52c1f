import type { Operation } from "@/lib/operations/operation";
import { eventsQuery } from "@/lib/schemas/events";

export const eventOperations: Operation[] = [
  {
    method: "get",
    path: "/api/comments/{id}/events",
    id: "watchThread",
    tag: "Comments",
    summary: "What happens in the thread of a post, as server-sent events, as it happens",
    query: eventsQuery,
    answers: {
      200: {
        meaning:
          "A stream of events, for as long as the caller listens: comment.created, comment.updated, comment.deleted, ready and reset.",
        type: "text/event-stream",
      },
    },
    problems: ["post_not_found"],
    limit: "streams",
    resumable: true,
  },
];
