import type { Operation } from "@/lib/operations/operation";
import * as shapes from "@/lib/schemas/search";

export const searchOperations: Operation[] = [
  {
    method: "get",
    path: "/api/search",
    id: "search",
    tag: "Search",
    summary: "Posts and comments by their words, the best first",
    query: shapes.searchQuery,
    answers: {
      200: { meaning: "What was found; the same for everybody.", shape: shapes.searchAnswer },
      304: { meaning: "Nothing has changed." },
    },
    limit: "search",
  },
];
