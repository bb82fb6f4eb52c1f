import { requireRole } from "@/lib/http/auth";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { answerById } from "@/lib/http/moderation";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { createRule, deleteRule } from "@/lib/moderation/rules";
import { newRule, queueQuery, ruleQuery } from "@/lib/schemas/moderation";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const query = readQuery(req, queueQuery);
    await requireRole(req, "moderator");
    const { rules } = await store();
    await answerById(req, res, query, rules.list);
  })
  .post(limit("changes"), async (req, res) => {
    const who = await requireRole(req, "moderator");
    const rule = await createRule(await store(), who, await readBody(req, newRule));
    if (wantsPage(req)) return redirect(res, 303, "/");
    send(req, res, 201, JSON.stringify(rule), { Location: `/api/rules?id=${rule.id}` });
  })
  .delete(limit("changes"), async (req, res) => {
    const { id } = readQuery(req, ruleQuery);
    const deleted = await deleteRule(await store(), await requireRole(req, "moderator"), id);
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    if (wantsPage(req)) return redirect(res, 303, "/");
    send(req, res, 200, JSON.stringify({ message: "Rule deleted", deleted }));
  })
  .handler({ PUT: "Delete the rule and make another", PATCH: "Delete the rule and make another" });
