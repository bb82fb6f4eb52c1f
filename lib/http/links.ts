import type { NextApiRequest } from "next";
import { Form, parseBody } from "@/lib/http/body";
import { readBody, readQuery } from "@/lib/http/input";
import { invalid } from "@/lib/problems";
import { linkQuery, linkUse } from "@/lib/schemas/links";

/**
 * The token of the mailed link that is to be used: in the body, or as mail programs send it to end mail (RFC 8058), in
 * the address with `List-Unsubscribe=One-Click` in the body. Throws 400, 413, 415.
 */
export async function readLinkToken(req: NextApiRequest): Promise<{ token: string; oneClick: boolean }> {
  const { token } = readQuery(req, linkQuery);
  if (token === undefined) return { token: (await readBody(req, linkUse)).token, oneClick: false };
  const body = await parseBody(req);
  if (body instanceof Form && body.fields.get("List-Unsubscribe") === "One-Click")
    return { token, oneClick: true };
  throw invalid("List-Unsubscribe", "Must be One-Click where the token is in the address");
}
