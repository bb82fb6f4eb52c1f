import { readBody } from "@/lib/http/input";
import { limit } from "@/lib/http/limit";
import { api } from "@/lib/http/router";
import { send } from "@/lib/http/send";
import { render } from "@/lib/markdown";
import { preview } from "@/lib/schemas/comments";

export const config = { api: { bodyParser: false } };

export default api()
  .post(limit("previews", { changes: false }), async (req, res) => {
    const { comment } = await readBody(req, preview);
    send(req, res, 200, JSON.stringify({ html: render(comment) }));
  })
  .handler();
