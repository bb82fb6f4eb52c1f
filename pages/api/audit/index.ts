import { requireRole } from "@/lib/http/auth";
import { readQuery } from "@/lib/http/input";
import { answerById } from "@/lib/http/moderation";
import { api } from "@/lib/http/router";
import { auditQuery } from "@/lib/schemas/moderation";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const { type, subject, ...paging } = readQuery(req, auditQuery);
    await requireRole(req, "moderator");
    const { audit } = await store();
    await answerById(req, res, paging, (page) => audit.list({ type, subject, ...page }));
  })
  .handler({
    POST: "Use POST /api/audit/[id]/undo to take something back",
    DELETE: "The audit log is only ever added to",
  });
