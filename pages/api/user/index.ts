import type { NextApiRequest, NextApiResponse } from "next";
import { notModified } from "@/lib/http/conditional";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { answerChangedUser, locateMyself, readMyself } from "@/lib/http/users";
import { noQuery } from "@/lib/schemas/queries";
import { userChange } from "@/lib/schemas/users";
import { changeUser } from "@/lib/users";

export const config = { api: { bodyParser: false } };

async function save(req: NextApiRequest, res: NextApiResponse): Promise<void> {
  const { kept, who, permit } = await locateMyself(req);
  const person = await changeUser(kept, who, permit, await readBody(req, userChange));
  answerChangedUser(req, res, who, person);
}

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const { myself, tag } = await readMyself(req);
    if (!notModified(req, res, tag)) send(req, res, 200, JSON.stringify(myself));
  })
  .post(limit("changes"), save)
  .patch(limit("changes"), save)
  .handler({ PUT: "Use PATCH /api/user, or PUT /api/users/[id]", DELETE: "Use DELETE /api/user/data" });
