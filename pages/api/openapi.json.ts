import { baseOf } from "@/lib/http/auth";
import { etag, notModified } from "@/lib/http/conditional";
import { readQuery } from "@/lib/http/input";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { openApi } from "@/lib/openapi";
import { noQuery } from "@/lib/schemas/queries";

export const config = { api: { bodyParser: false } };

export default api()
  .get((req, res) => {
    readQuery(req, noQuery);
    const base = baseOf(req);
    if (!notModified(req, res, etag(0, "openapi", base))) send(req, res, 200, JSON.stringify(openApi(base)));
  })
  .handler();
