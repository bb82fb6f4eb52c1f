import type { NextApiRequest } from "next";
import { Form } from "@/lib/http/body";

/** A field of the form that this request is, whether or not it has been checked by now. */
export function typed({ body }: NextApiRequest, name: string): string | undefined {
  const value: unknown = body instanceof Form ? body.fields.get(name) : body?.[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
}

/** The same where it is an id. */
export function typedId(req: NextApiRequest, name: string): string | undefined {
  const text = typed(req, name);
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? text : undefined;
}
