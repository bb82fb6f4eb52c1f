import { sendTagged } from "@/lib/http/conditional";
import { readBody, readQuery } from "@/lib/http/input";
import { limitNetwork } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { subscriptionsPage } from "@/lib/http/refusedForm";
import { api } from "@/lib/http/router";
import { redirect, send } from "@/lib/http/send";
import { locateReader } from "@/lib/http/subscriptions";
import { subscriptionChange, subscriptionsQuery } from "@/lib/schemas/subscriptions";
import { store } from "@/lib/store";
import { changeSubscriptions, listSubscriptions } from "@/lib/subscriptions";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const kept = await store();
    const { token } = readQuery(req, subscriptionsQuery);
    const body = JSON.stringify(await listSubscriptions(kept, await locateReader(req, kept, token)));
    // Nobody may keep what a token in the address opens.
    if (token === undefined) sendTagged(req, res, body);
    else send(req, res, 200, body);
  })
  .post(limitNetwork("links"), async (req, res) => {
    const kept = await store();
    const { token, ...change } = await readBody(req, subscriptionChange);
    const reader = await locateReader(req, kept, token);
    await changeSubscriptions(kept, reader, change);
    if (wantsPage(req))
      redirect(res, 303, subscriptionsPage(token ?? null, new URLSearchParams({ done: "1" })));
    else send(req, res, 200, JSON.stringify(await listSubscriptions(kept, reader)));
  })
  .handler();
