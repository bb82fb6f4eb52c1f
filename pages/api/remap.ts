import { requireRole } from "@/lib/http/auth";
import { readBody } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { remap } from "@/lib/remap";
import { remapping } from "@/lib/schemas/posts";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .post(limit("changes"), async (req, res) => {
    const who = await requireRole(req, "moderator");
    const report = await remap(await store(), who, await readBody(req, remapping));
    send(req, res, 200, JSON.stringify(report));
  })
  .handler();
