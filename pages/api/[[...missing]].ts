import { api } from "@/lib/http/router";
import { Problem } from "@/lib/problems";

function missing(): never {
  throw new Problem("not_found");
}

export const config = { api: { bodyParser: false } };

export default api(["application/json", "application/problem+json", "*/*"])
  .get(missing)
  .post(missing)
  .put(missing)
  .patch(missing)
  .delete(missing)
  .handler();
