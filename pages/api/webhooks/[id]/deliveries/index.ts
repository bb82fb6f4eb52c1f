import { requireRole } from "@/lib/http/auth";
import { readId, readQuery } from "@/lib/http/input";
import { answerById } from "@/lib/http/moderation";
import { api } from "@/lib/http/router";
import { Problem } from "@/lib/problems";
import { webhooksQuery } from "@/lib/schemas/webhooks";
import { store } from "@/lib/store";
import { toPublicDelivery } from "@/lib/webhooks";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const query = readQuery(req, webhooksQuery);
    await requireRole(req, "admin");
    const [id, kept] = [readId(req, "id", "webhook_not_found"), await store()];
    await answerById(req, res, query, async (page) => {
      const found = await kept.webhooks.deliveries(id, page);
      if (!found) throw new Problem("webhook_not_found");
      return { rows: found.rows.map((delivery) => toPublicDelivery(kept, delivery)), more: found.more };
    });
  })
  .handler({ POST: "Use POST /api/webhooks/[id]/deliveries/[deliveryId]/resend to send one once more" });
