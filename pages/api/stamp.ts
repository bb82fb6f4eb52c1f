import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { makeStamp } from "@/lib/moderation/stamp";
import { noQuery } from "@/lib/schemas/queries";
import { store } from "@/lib/store";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const { secret } = await store();
    send(req, res, 200, JSON.stringify({ stamp: makeStamp(secret, Date.now()) }), {
      "Cache-Control": "no-store",
    });
  })
  .handler();
