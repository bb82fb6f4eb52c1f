import type { Operation } from "@/lib/operations/operation";
import { feedQuery, jsonFeedAnswer } from "@/lib/schemas/feeds";

const answers = {
  200: [
    { meaning: "The feed, as Atom.", type: "application/atom+xml" },
    { meaning: "The feed, as JSON Feed.", type: "application/feed+json", shape: jsonFeedAnswer },
  ],
  304: { meaning: "Nothing has changed." },
};

export const feedOperations: Operation[] = [
  {
    method: "get",
    path: "/api/comments/{id}/feed",
    id: "getThreadFeed",
    tag: "Comments",
    summary: "The comments of a post for feed readers, newest first",
    query: feedQuery,
    answers,
    problems: ["post_not_found"],
  },
  {
    method: "get",
    path: "/api/feed",
    id: "getFeed",
    tag: "Comments",
    summary: "The comments of all posts for feed readers, newest first",
    query: feedQuery,
    answers,
  },
];
