import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { noQuery } from "@/lib/schemas/queries";

export const config = { api: { bodyParser: false } };

export default api()
  .get((req, res) => {
    readQuery(req, noQuery);
    send(req, res, 200, '{"message":"Hello World"}', { "Cache-Control": "no-store" });
  })
  .handler();
