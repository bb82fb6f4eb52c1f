import { requireRole, whoAsks } from "@/lib/http/auth";
import { sendTagged } from "@/lib/http/conditional";
import { logEvent } from "@/lib/http/events";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { fromCursor, keyOf, linkNext } from "@/lib/http/page";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { newToken, tokensQuery } from "@/lib/schemas/tokens";
import { store } from "@/lib/store";
import { createToken, toOwner } from "@/lib/tokens";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    const { cursor, limit, user } = readQuery(req, tokensQuery);
    const owner = toOwner(await whoAsks(req), user);
    const { rows, more } = await (await store()).tokens.list({
      user: owner,
      after: fromCursor("time", cursor),
      limit,
    });
    const last = rows.at(-1);
    if (more && last) linkNext(req, res, "time", keyOf("time", last));
    sendTagged(req, res, JSON.stringify(rows));
  })
  .post(limit("changes"), async (req, res) => {
    const who = await requireRole(req, "member");
    const made = await createToken(await store(), who, await readBody(req, newToken));
    logEvent(req, res, "token made", { user: made.user });
    send(req, res, 201, JSON.stringify(made), { Location: `/api/tokens/${made.id}` });
  })
  .handler({ DELETE: "Use /api/tokens/[id] to delete a token" });
