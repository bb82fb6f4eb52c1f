import { requireRole } from "@/lib/http/auth";
import { logEvent } from "@/lib/http/events";
import { readId, refuseQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { prefersMinimal, send, sendNothing } from "@/lib/http/send";
import { store } from "@/lib/store";
import { removeToken } from "@/lib/tokens";

export const config = { api: { bodyParser: false } };

export default api()
  .delete(limit("changes"), async (req, res) => {
    refuseQuery(req);
    const who = await requireRole(req, "member");
    const deleted = await removeToken(await store(), who, readId(req, "id", "token_not_found"));
    logEvent(req, res, "token ended", { user: deleted.user });
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    send(req, res, 200, JSON.stringify({ message: "Token deleted", deleted }));
  })
  .handler({ GET: "Use GET /api/tokens to list them" });
