import type { NextApiRequest, NextApiResponse } from "next";
import type { NextHandler } from "next-connect";
import type { Quota } from "@/db/store";
import { config } from "@/lib/config";
import { whoAsks } from "@/lib/http/auth";
import { Problem } from "@/lib/problems";
import { store } from "@/lib/store";
import { isModerator } from "@/lib/who";

const MINUTE = 60_000;

/** What one network may do. */
const QUOTAS = {
  comments: { limit: 20, window: MINUTE },
  changes: { limit: 30, window: MINUTE },
  votes: { limit: 60, window: MINUTE },
  reports: { limit: 10, window: MINUTE },
  files: { limit: 30, window: MINUTE },
  previews: { limit: 60, window: MINUTE },
} as const satisfies Record<string, Quota>;

/**
 * Middleware: at most the quota of that name for each network, over all processes on the database. Moderators are
 * free of it. The answer carries RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function limit(name: keyof typeof QUOTAS) {
  const quota = QUOTAS[name];
  const policy = `"${name}";q=${quota.limit};w=${quota.window / 1000}`;
  return async (req: NextApiRequest, res: NextApiResponse, next: NextHandler) => {
    if (!config().rateLimit) return next();
    const who = await whoAsks(req);
    if (isModerator(who)) return next();
    const take = await (await store()).limits.take(`${name}:${who.network}`, quota, Date.now());
    res.setHeader("RateLimit-Policy", policy);
    res.setHeader(
      "RateLimit",
      `"${name}";r=${take.remaining};t=${Math.ceil((take.allowed ? take.reset : take.retryAfter) / 1000)}`,
    );
    if (!take.allowed)
      throw new Problem("rate_limited", { headers: { "Retry-After": Math.ceil(take.retryAfter / 1000) } });
    return next();
  };
}
