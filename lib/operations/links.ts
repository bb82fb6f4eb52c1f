import type { Operation } from "@/lib/operations/operation";
import * as shapes from "@/lib/schemas/links";

export const linkOperations: Operation[] = [
  {
    method: "get",
    path: "/api/confirm",
    id: "followMailedLink",
    alone: true,
    tag: "Mail",
    summary: "The page that asks whether to do what a mailed link is for",
    query: shapes.linkUse,
    answers: { 303: { meaning: "There. Nothing is done yet." } },
  },
  {
    method: "post",
    path: "/api/confirm",
    id: "useMailedLink",
    tag: "Mail",
    summary: "Do what a mailed link is for",
    query: shapes.linkQuery,
    body: shapes.linkUse,
    answers: {
      200: { meaning: "Done.", shape: shapes.linkUsedAnswer },
      303: { meaning: "A browser’s own form: to a page that says so." },
    },
    problems: ["link_over"],
    limit: "links",
  },
];
