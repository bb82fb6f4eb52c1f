import type { Operation } from "@/lib/operations/operation";
import * as shapes from "@/lib/schemas/posts";
import { noQuery } from "@/lib/schemas/queries";

export const postOperations: Operation[] = [
  {
    method: "get",
    path: "/api/posts",
    id: "listPosts",
    tag: "Posts",
    summary: "Posts, newest first",
    query: shapes.postsQuery,
    answers: {
      200: { meaning: "The posts.", shape: shapes.postAnswer.array() },
      304: { meaning: "Nothing has changed." },
    },
  },
  {
    method: "get",
    path: "/api/posts/{id}",
    id: "getPost",
    tag: "Posts",
    summary: "One post, by id or slug",
    query: noQuery,
    answers: {
      200: { meaning: "The post.", shape: shapes.postAnswer },
      304: { meaning: "Nothing has changed." },
    },
    problems: ["post_not_found"],
  },
];
