import { requireRole } from "@/lib/http/auth";
import { logEvent } from "@/lib/http/events";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { answerById } from "@/lib/http/moderation";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { newWebhook, webhooksQuery } from "@/lib/schemas/webhooks";
import { store } from "@/lib/store";
import { createWebhook, toPublicWebhook } from "@/lib/webhooks";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const query = readQuery(req, webhooksQuery);
    await requireRole(req, "admin");
    const { webhooks } = await store();
    await answerById(req, res, query, async (page) => {
      const { rows, more } = await webhooks.list(page);
      return { rows: rows.map(toPublicWebhook), more };
    });
  })
  .post(limit("changes"), async (req, res) => {
    const who = await requireRole(req, "admin");
    const made = await createWebhook(await store(), who, await readBody(req, newWebhook));
    logEvent(req, res, "webhook made", { user: who.user?.id });
    send(req, res, 201, JSON.stringify(made), { Location: `/api/webhooks/${made.id}` });
  })
  .handler({
    PATCH: "Use /api/webhooks/[id] to change a webhook",
    DELETE: "Use /api/webhooks/[id] to delete a webhook",
  });
