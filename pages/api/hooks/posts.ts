import { answerHook } from "@/lib/http/hooks";
import { limitNetwork } from "@/lib/http/limit";
import { api } from "@/lib/http/router";

export const config = { api: { bodyParser: false } };

export default api()
  .upload(limitNetwork("hooks"), async (req, res) => {
    await answerHook(req, res);
  })
  .handler({ GET: "Send a signed message with POST" });
