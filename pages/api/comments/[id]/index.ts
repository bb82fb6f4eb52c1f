import { isHidden } from "@/lib/comments";
import { whoAsks } from "@/lib/http/auth";
import { answerCreate } from "@/lib/http/comments";
import { readBody, readQuery, readSegment } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { answerThread } from "@/lib/http/threads";
import { requireHead } from "@/lib/posts";
import { Problem } from "@/lib/problems";
import { newCommentOnPost, threadQuery } from "@/lib/schemas/comments";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const query = readQuery(req, threadQuery);
    const kept = await store();
    const post = await requireHead(kept, readSegment(req, "id"));
    const who = await whoAsks(req);
    if (isHidden(post, who)) throw new Problem("post_not_found");
    await answerThread(req, res, kept, post, who, query);
  })
  .post(limit("comments"), async (req, res) => {
    await answerCreate(req, res, readSegment(req, "id"), await readBody(req, newCommentOnPost));
  })
  .handler({
    PUT: "Use PATCH /api/comments/[id]/[commentId] to change a comment",
    PATCH: "Use /api/comments/[id]/[commentId] to change a comment",
    DELETE: "Use /api/comments/[id]/[commentId] to delete a comment",
  });
