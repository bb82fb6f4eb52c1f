import type { NextApiRequest } from "next";
import { Form, parseBody } from "@/lib/http/body";
import { type Issue, Problem } from "@/lib/problems";

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
    throw new Problem("invalid_input", {
      issues: [{ path: ["_method"], code: "custom", message: "Must be PATCH, PUT or DELETE" }],
    });
  }
  form.fields.delete("_method");
  req.method = method;
}

/** The page that a browser's own form goes back to when it was refused, with what to say there. */
export function pageOfRefusal(req: NextApiRequest, code: string, issues: Issue[] = []): string {
  const typed = req.body instanceof Form ? req.body.fields.get("post") : undefined;
  const post = typeof req.query.id === "string" ? req.query.id : typed;
  const field = issues[0]?.path[0];
  const query = new URLSearchParams({ error: code, ...(typeof field === "string" && { field }) });
  const known = post !== undefined && code !== "post_not_found" && /^[a-z0-9-]{1,100}$/.test(post);
  return known ? `/posts/${post}?${query}#respond` : `/?${query}`;
}
