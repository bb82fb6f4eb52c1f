import { requireRole } from "@/lib/http/auth";
import { readBody, readId } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { noQuery } from "@/lib/schemas/queries";
import { store } from "@/lib/store";
import { resend } from "@/lib/webhooks";

export const config = { api: { bodyParser: false } };

export default api()
  .post(limit("changes"), async (req, res) => {
    await requireRole(req, "admin");
    const [id, delivery] = [
      readId(req, "id", "delivery_not_found"),
      readId(req, "deliveryId", "delivery_not_found"),
    ];
    await readBody(req, noQuery);
    send(req, res, 202, JSON.stringify(await resend(await store(), id, delivery)), {
      Location: `/api/webhooks/${id}/deliveries`,
    });
  })
  .handler({ GET: "Use POST to send it once more" });
