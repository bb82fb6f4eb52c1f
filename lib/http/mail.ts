import type { NextApiRequest, NextApiResponse } from "next";
import type { NextHandler } from "next-connect";
import { requireMail } from "@/lib/mail/asking";

/** Middleware: 409 where this server sends no mail. */
export function withMail(_req: NextApiRequest, _res: NextApiResponse, next: NextHandler) {
  requireMail();
  return next();
}
