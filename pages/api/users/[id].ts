import { notModified } from "@/lib/http/conditional";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import {
  answerChangedUser,
  answerRemovedUser,
  locateUser,
  locateUserForChange,
  userTag,
} from "@/lib/http/users";
import { noQuery } from "@/lib/schemas/queries";
import { leaving, userChange, userReplacement } from "@/lib/schemas/users";
import { changeUser, removeUser, toUserAnswer } from "@/lib/users";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const { who, person } = await locateUser(req);
    if (!notModified(req, res, userTag(person, who)))
      send(req, res, 200, JSON.stringify(toUserAnswer(person, who)));
  })
  .put(limit("changes"), async (req, res) => {
    const { kept, who, permit } = await locateUserForChange(req);
    const person = await changeUser(kept, who, permit, await readBody(req, userReplacement));
    answerChangedUser(req, res, who, person);
  })
  .patch(limit("changes"), async (req, res) => {
    const { kept, who, permit } = await locateUserForChange(req);
    const person = await changeUser(kept, who, permit, await readBody(req, userChange));
    answerChangedUser(req, res, who, person);
  })
  .delete(limit("changes"), async (req, res) => {
    const { kept, who, permit } = await locateUserForChange(req);
    const { currentPassword } = await readBody(req, leaving);
    const person = await removeUser(kept, who, permit, { erase: false, currentPassword });
    answerRemovedUser(req, res, who, person);
  })
  .handler({ POST: "Use POST /api/users to make a user" });
