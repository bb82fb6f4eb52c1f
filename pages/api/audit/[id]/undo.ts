import { undo } from "@/lib/audit";
import { requireRole } from "@/lib/http/auth";
import { readBody, readId } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { noQuery } from "@/lib/schemas/queries";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .post(limit("changes"), async (req, res) => {
    const who = await requireRole(req, "moderator");
    const id = readId(req, "id", "entry_not_found");
    await readBody(req, noQuery);
    const entry = await undo(await store(), who, id);
    if (wantsPage(req)) return redirect(res, 303, "/");
    send(req, res, 200, JSON.stringify(entry));
  })
  .handler({ GET: "Use POST to take it back", DELETE: "Use POST to take it back" });
