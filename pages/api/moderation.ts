import { requireRole } from "@/lib/http/auth";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { answerQueue } from "@/lib/http/moderation";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { decide } from "@/lib/moderation/decide";
import { decision, queueQuery } from "@/lib/schemas/moderation";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const query = readQuery(req, queueQuery);
    await answerQueue(req, res, await requireRole(req, "moderator"), query);
  })
  .post(limit("changes"), async (req, res) => {
    const who = await requireRole(req, "moderator");
    const comments = await decide(await store(), who, await readBody(req, decision));
    if (wantsPage(req)) return redirect(res, 303, "/");
    send(req, res, 200, comments);
  })
  .handler({
    PATCH: "Use POST, or PATCH /api/comments/[id]/[commentId] for one comment",
    DELETE: 'Use POST with { "action": "delete" }',
  });
