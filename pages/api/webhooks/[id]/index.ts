import { requireRole } from "@/lib/http/auth";
import { sendTagged } from "@/lib/http/conditional";
import { logEvent } from "@/lib/http/events";
import { readBody, readId, readQuery, refuseQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { prefersMinimal, send, sendNothing } from "@/lib/http/send";
import { noQuery } from "@/lib/schemas/queries";
import { webhookChange } from "@/lib/schemas/webhooks";
import { store } from "@/lib/store";
import { changeWebhook, deleteWebhook, requireWebhook, toPublicWebhook } from "@/lib/webhooks";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    await requireRole(req, "admin");
    const webhook = await requireWebhook(await store(), readId(req, "id", "webhook_not_found"));
    sendTagged(req, res, JSON.stringify(toPublicWebhook(webhook)));
  })
  .patch(limit("changes"), async (req, res) => {
    const who = await requireRole(req, "admin");
    const id = readId(req, "id", "webhook_not_found");
    const changed = await changeWebhook(await store(), who, id, await readBody(req, webhookChange));
    logEvent(req, res, "webhook changed", { user: who.user?.id });
    send(req, res, 200, JSON.stringify(changed));
  })
  .delete(limit("changes"), async (req, res) => {
    refuseQuery(req);
    const who = await requireRole(req, "admin");
    const deleted = await deleteWebhook(await store(), who, readId(req, "id", "webhook_not_found"));
    logEvent(req, res, "webhook deleted", { user: who.user?.id });
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    send(req, res, 200, JSON.stringify({ message: "Webhook deleted", deleted }));
  })
  .handler({ POST: "Use PATCH to change it, or POST /api/webhooks/[id]/test to try it out" });
