import { answerCreate } from "@/lib/http/comments";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { answerList, LIST_TYPES } from "@/lib/http/lists";
import { api } from "@/lib/http/router";
import { commentsQuery, newComment } from "@/lib/schemas/comments";

export const config = { api: { bodyParser: false } };

export default api(LIST_TYPES)
  .get(async (req, res) => {
    await answerList(req, res, readQuery(req, commentsQuery));
  })
  .post(limit("comments"), async (req, res) => {
    const { post, ...input } = await readBody(req, newComment);
    await answerCreate(req, res, post, input);
  })
  .handler({
    PUT: "Use PATCH /api/comments/[id]/[commentId] to change a comment",
    PATCH: "Use /api/comments/[id]/[commentId] to change a comment",
    DELETE: "Use /api/comments/[id]/[commentId] to delete a comment",
  });
