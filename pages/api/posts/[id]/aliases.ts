import { addAlias, removeAlias, toPublicAlias } from "@/lib/aliases";
import { sendTagged } from "@/lib/http/conditional";
import { readBody, readQuery } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { wantsPage } from "@/lib/http/negotiate";
import { locateOwnPost } from "@/lib/http/posts";
import { api } from "@/lib/http/router";
import { prefersMinimal, redirect, send, sendNothing } from "@/lib/http/send";
import { aliasQuery, newAlias } from "@/lib/schemas/posts";
import { noQuery } from "@/lib/schemas/queries";

export const config = { api: { bodyParser: false } };

export default api()
  .get(async (req, res) => {
    readQuery(req, noQuery);
    const { kept, post } = await locateOwnPost(req);
    const aliases = await kept.posts.aliases(post.id);
    sendTagged(req, res, JSON.stringify(aliases.map(toPublicAlias)));
  })
  .post(limit("changes"), async (req, res) => {
    const { kept, who, post } = await locateOwnPost(req);
    const isNew = await addAlias(kept, who, post, (await readBody(req, newAlias)).url);
    if (wantsPage(req)) return redirect(res, 303, `/posts/${post.slug}`);
    const aliases = await kept.posts.aliases(post.id);
    send(req, res, isNew ? 201 : 200, JSON.stringify(aliases.map(toPublicAlias)), {
      Location: `/api/posts/${post.id}/aliases`,
    });
  })
  .delete(limit("changes"), async (req, res) => {
    const { url } = readQuery(req, aliasQuery);
    const { kept, who, post } = await locateOwnPost(req);
    await removeAlias(kept, who, post, url);
    if (prefersMinimal(req, res)) return sendNothing(res, 204);
    send(req, res, 200, '{"message":"Alias removed"}');
  })
  .handler({ PUT: "Use POST to add an alias" });
