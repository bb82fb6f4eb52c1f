import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { healthQuery } from "@/lib/schemas/server";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const { ready } = readQuery(req, healthQuery);
    if (ready !== undefined) await (await store()).ready();
    send(req, res, 200, '{"status":"ok"}', { "Cache-Control": "no-store" });
  })
  .handler();
