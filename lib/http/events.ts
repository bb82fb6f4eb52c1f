import type { NextApiRequest, NextApiResponse } from "next";
import { idOf } from "@/lib/http/requestId";
import { log } from "@/lib/log";

type SecurityEvent =
  | "signed in"
  | "sign-in failed"
  | "sign-in throttled"
  | "signed out"
  | "sessions ended"
  | "setup link used"
  | "password reset"
  | "account made"
  | "account changed"
  | "account deleted"
  | "data exported"
  | "data erased"
  | "site exported"
  | "token made"
  | "token ended"
  | "webhook made"
  | "webhook changed"
  | "webhook deleted"
  | "hook refused";

/** Tells the log what those who watch over a server look for: when, which request, and the id of a person at most. */
export function logEvent(
  req: NextApiRequest,
  res: NextApiResponse,
  event: SecurityEvent,
  more: { user?: number | undefined; count?: number } = {},
): void {
  log.info({ id: idOf(req, res), event, ...more }, event);
}
