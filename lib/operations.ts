import type { z } from "zod";
import type { ProblemCode } from "@/lib/problems";
import * as shapes from "@/lib/schemas";

interface Answer {
  meaning: string;
  /** The media type; JSON unless said otherwise. */
  type?: string;
  shape?: z.ZodType;
}

/** One method of one path, as clients see it: what the OpenAPI document is made of. */
export interface Operation {
  method: "get" | "post" | "put" | "patch" | "delete";
  path: string;
  id: string;
  tag: "Comments" | "Posts" | "Server";
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodObject;
  answers: Record<number, Answer | Answer[]>;
  /** Beside those that every operation can answer. */
  problems?: ProblemCode[];
  /** The name of the quota that it is limited by. */
  limit?: string;
  /** Takes an Idempotency-Key. */
  idempotent?: true;
  /** Takes If-Match, and Prefer: return=minimal. */
  conditional?: true;
  moderators?: true;
}

const comments = shapes.commentAnswer.array();
const lost: ProblemCode[] = ["post_not_found", "comment_not_found"];
const placing: ProblemCode[] = [
  "post_not_found",
  "origin_not_allowed",
  "comments_closed",
  "parent_not_found",
  "parent_of_other_post",
  "parent_deleted",
  "invalid_idempotency_key",
  "idempotency_key_reused",
];
const created = {
  201: { meaning: "The comment.", shape: shapes.createdAnswer },
  202: { meaning: "The comment, which waits for a moderator.", shape: shapes.createdAnswer },
  303: { meaning: "To a browser's own form: the comment on its page, or the page with the error said." },
};
const changing: ProblemCode[] = [
  ...lost,
  "unauthorized",
  "forbidden",
  "origin_not_allowed",
  "edit_window_closed",
  "precondition_failed",
];
const toForms = { 303: { meaning: "To a browser's own form: the page." } };
const nothing = { 204: { meaning: "Done; with Prefer: return=minimal." } };

export const operations: Operation[] = [
  {
    method: "get",
    path: "/api/comments",
    id: "listComments",
    tag: "Comments",
    summary: "Comments across all posts",
    query: shapes.commentsQuery,
    answers: {
      200: [
        { meaning: "The comments, oldest first unless `sort` says otherwise.", shape: comments },
        { meaning: "All that match, a line each.", type: "application/x-ndjson" },
      ],
      304: { meaning: "Nothing has changed." },
    },
    problems: ["unauthorized", "forbidden"],
  },
  {
    method: "post",
    path: "/api/comments",
    id: "createComment",
    tag: "Comments",
    summary: "Comment on a post, or on the page of a URL",
    body: shapes.newComment,
    answers: created,
    problems: placing,
    limit: "comments",
    idempotent: true,
  },
  {
    method: "get",
    path: "/api/comments/by-url",
    id: "getThreadByUrl",
    tag: "Comments",
    summary: "The thread of a page, by its URL",
    query: shapes.byUrlQuery,
    answers: {
      200: {
        meaning: "The thread; empty, with `post` null, where nobody has commented yet.",
        shape: shapes.threadAnswer,
      },
      304: { meaning: "Nothing has changed." },
    },
    problems: ["origin_not_allowed"],
  },
  {
    method: "get",
    path: "/api/comments/{id}",
    id: "getThread",
    tag: "Comments",
    summary: "The thread of a post",
    query: shapes.threadQuery,
    answers: {
      200: { meaning: "The thread.", shape: shapes.threadAnswer },
      304: { meaning: "Nothing has changed." },
    },
    problems: ["post_not_found"],
  },
  {
    method: "post",
    path: "/api/comments/{id}",
    id: "createCommentOnPost",
    tag: "Comments",
    summary: "Comment on this post",
    body: shapes.newCommentOnPost,
    answers: created,
    problems: placing,
    limit: "comments",
    idempotent: true,
  },
  {
    method: "get",
    path: "/api/comments/{id}/{commentId}",
    id: "getComment",
    tag: "Comments",
    summary: "One comment",
    query: shapes.noQuery,
    answers: {
      200: { meaning: "The comment.", shape: shapes.commentAnswer },
      304: { meaning: "Nothing has changed." },
    },
    problems: lost,
  },
  {
    method: "patch",
    path: "/api/comments/{id}/{commentId}",
    id: "changeComment",
    tag: "Comments",
    summary: "Edit or moderate a comment",
    body: shapes.commentChange,
    answers: {
      200: { meaning: "The comment.", shape: shapes.commentAnswer },
      202: { meaning: "The comment, which now waits for a moderator.", shape: shapes.commentAnswer },
      ...nothing,
      ...toForms,
    },
    problems: [...changing, "not_restorable"],
    limit: "changes",
    conditional: true,
  },
  {
    method: "delete",
    path: "/api/comments/{id}/{commentId}",
    id: "deleteComment",
    tag: "Comments",
    summary: "Delete a comment: for good by its author, for 30 days undoably by a moderator",
    answers: {
      200: { meaning: "The comment as it was.", shape: shapes.deletedAnswer },
      ...nothing,
      ...toForms,
    },
    problems: changing,
    limit: "changes",
    conditional: true,
  },
  {
    method: "put",
    path: "/api/comments/{id}/{commentId}/vote",
    id: "voteForComment",
    tag: "Comments",
    summary: "Vote: once for each user, or for each network of guests",
    body: shapes.vote,
    answers: { 200: { meaning: "The votes, and one's own.", shape: shapes.votesAnswer } },
    problems: [...lost, "own_comment", "origin_not_allowed"],
    limit: "votes",
  },
  {
    method: "post",
    path: "/api/comments/{id}/{commentId}/report",
    id: "reportComment",
    tag: "Comments",
    summary: "Tell the moderators about a comment",
    body: shapes.report,
    answers: { 202: { meaning: "Noted.", shape: shapes.reportedAnswer }, ...toForms },
    problems: [...lost, "origin_not_allowed"],
    limit: "reports",
  },
  {
    method: "get",
    path: "/api/comments/{id}/{commentId}/history",
    id: "getCommentHistory",
    tag: "Comments",
    summary: "The former texts of a comment, oldest first",
    query: shapes.noQuery,
    answers: { 200: { meaning: "The edits.", shape: shapes.edit.array() } },
    problems: [...lost, "unauthorized", "forbidden"],
    moderators: true,
  },
  {
    method: "get",
    path: "/api/comments/{id}/{commentId}/permalink",
    id: "followPermalink",
    tag: "Comments",
    summary: "The comment's place on its page",
    query: shapes.noQuery,
    answers: { 307: { meaning: "There." } },
    problems: lost,
  },
  {
    method: "get",
    path: "/api/counts",
    id: "countComments",
    tag: "Comments",
    summary: "How many comments posts have, under the keys as asked",
    query: shapes.countsQuery,
    answers: {
      200: { meaning: "The counts, 0 for posts nobody has.", shape: shapes.countsAnswer },
      304: { meaning: "Nothing has changed." },
    },
  },
  {
    method: "post",
    path: "/api/preview",
    id: "previewComment",
    tag: "Comments",
    summary: "The HTML that a comment would be stored with",
    body: shapes.preview,
    answers: { 200: { meaning: "The HTML.", shape: shapes.previewAnswer } },
    problems: ["origin_not_allowed"],
    limit: "previews",
  },
  {
    method: "get",
    path: "/api/avatars/{seed}.svg",
    id: "drawAvatar",
    tag: "Comments",
    summary: "A picture drawn from a name",
    query: shapes.noQuery,
    answers: {
      200: { meaning: "The picture.", type: "image/svg+xml" },
      304: { meaning: "It never changes." },
    },
    problems: ["not_found"],
  },
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
    query: shapes.noQuery,
    answers: {
      200: { meaning: "The post.", shape: shapes.postAnswer },
      304: { meaning: "Nothing has changed." },
    },
    problems: ["post_not_found"],
  },
  {
    method: "get",
    path: "/api/health",
    id: "getHealth",
    tag: "Server",
    summary: "Whether the server works; with `ready`, whether the database does",
    query: shapes.healthQuery,
    answers: { 200: { meaning: "It does.", shape: shapes.healthAnswer } },
  },
  {
    method: "get",
    path: "/api/hello",
    id: "sayHello",
    tag: "Server",
    summary: "Is anybody there?",
    query: shapes.noQuery,
    answers: { 200: { meaning: "Yes.", shape: shapes.helloAnswer } },
  },
  {
    method: "get",
    path: "/api/openapi.json",
    id: "getOpenApi",
    tag: "Server",
    summary: "This document",
    query: shapes.noQuery,
    answers: {
      200: { meaning: "OpenAPI 3.1.", shape: shapes.openApiAnswer },
      304: { meaning: "Nothing has changed." },
    },
  },
];
