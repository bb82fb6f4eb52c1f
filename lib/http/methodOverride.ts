import type { NextApiRequest } from "next";
import { Form, parseBody } from "@/lib/http/body";
import { invalid } from "@/lib/problems";

const OVERRIDES = new Set(["PATCH", "PUT", "DELETE"]);

/** A form can't send PATCH, PUT or DELETE: its POST with `_method` stands for them. Other bodies are left unread. */
export async function overrideMethod(req: NextApiRequest): Promise<void> {
  if (
    req.method !== "POST" ||
    !/^(application\/x-www-form-urlencoded|multipart\/form-data)\b/i.test(req.headers["content-type"] ?? "")
  )
    return;
  const form = await parseBody(req);
  req.body = form;
  if (!(form instanceof Form)) return;
  const method = form.fields.get("_method")?.toUpperCase();
  if (method === undefined) return;
  if (!OVERRIDES.has(method)) {
    throw invalid("_method", "Must be PATCH, PUT or DELETE");
  }
  form.fields.delete("_method");
  req.method = method;
}
