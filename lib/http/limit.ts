import type { NextApiRequest, NextApiResponse } from "next";
import type { NextHandler } from "next-connect";
import type { Quota } from "@/db/store";
import { config } from "@/lib/config";
import { networkHash, whoAsks } from "@/lib/http/auth";
import { tooMany } from "@/lib/problems";
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
  streams: { limit: 120, window: MINUTE },
  search: { limit: 60, window: MINUTE },
  "sign-ins": { limit: 30, window: 10 * MINUTE },
  hooks: { limit: 300, window: MINUTE },
  links: { limit: 30, window: MINUTE },
  "mailed-links": { limit: 10, window: 10 * MINUTE },
  accounts: { limit: 5, window: MINUTE },
} as const satisfies Record<string, Quota>;

type Name = keyof typeof QUOTAS;

/**
 * Middleware: at most the quota of that name for each network, over all processes on the database. Moderators are
 * free of it. `changes: false`: for a POST that changes nothing. The answer carries RateLimit-Policy and RateLimit (draft-ietf-httpapi-ratelimit-headers-10).
 */
export function limit(name: Name, { changes }: { changes?: false } = {}) {
  return async (req: NextApiRequest, res: NextApiResponse, next: NextHandler) => {
    if (!config().rateLimit) return next();
    const who = await whoAsks(req, changes);
    if (!isModerator(who)) await take(res, name, who.network);
    return next();
  };
}

/** The same for calls whose cookie proves nothing, whoever asks. */
export function limitNetwork(name: Name) {
  return async (req: NextApiRequest, res: NextApiResponse, next: NextHandler) => {
    if (config().rateLimit) await take(res, name, networkHash(req, await store()));
    return next();
  };
}

async function take(res: NextApiResponse, name: Name, network: string): Promise<void> {
  const quota = QUOTAS[name];
  const { allowed, remaining, reset, retryAfter } = await (await store()).limits.take(
    `${name}:${network}`,
    quota,
    Date.now(),
  );
  res.setHeader("RateLimit-Policy", `"${name}";q=${quota.limit};w=${quota.window / 1000}`);
  res.setHeader(
    "RateLimit",
    `"${name}";r=${remaining};t=${Math.ceil((allowed ? reset : retryAfter) / 1000)}`,
  );
  if (!allowed) throw tooMany(retryAfter);
}
