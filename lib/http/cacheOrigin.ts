import type { PostRef } from "@/db/port/posts";
import type { Store } from "@/db/store";
import type { Origin } from "@/lib/cache/responseCache";
import { config } from "@/lib/config";
import { logAnswer } from "@/lib/http/answerLog";
import { corsLines } from "@/lib/http/cors";
import { toLines } from "@/lib/http/readyResponse";
import { makeId, REQUEST_ID } from "@/lib/http/requestId";
import { readThreadTag } from "@/lib/http/threadTag";
import { pageKey, toPageUrl } from "@/lib/pages";
import { toPostRef } from "@/lib/posts";

const LOADED_ELSEWHERE = /^\/(?:embed\.(?:js|css)|languages\/[^/]+)$/;
const FOR_ALL = toLines(["Access-Control-Allow-Origin", "*"]);

/** This server, as its response cache sees it. `hitsOf`: where hits are counted. */
export function cacheOrigin(kept: Store, hitsOf: Origin["hitsOf"]): Origin {
  return {
    site: config().publicUrl,
    isStream: ({ url = "", headers }) =>
      url.startsWith("/api/files/") ||
      /^\/api\/comments\/[^/?]+\/events\b/.test(url) ||
      headers.accept?.includes("x-ndjson") === true,
    news: () => kept.news(),
    hitsOf,
    isCurrent: (target, tag) => isCurrentThread(kept, target, tag),
    dress: (req, began) => {
      const { method, url = "" } = req;
      // Pages say nothing of this, and what other sites load says the same to all (next.config.mjs).
      if (!url.startsWith("/api/")) return { lines: isLoadedElsewhere(url) ? FOR_ALL : "", done: () => {} };
      const id = makeId(req);
      return {
        lines: `${REQUEST_ID}: ${id}\r\n${corsLines(req)}`,
        done: (status) => logAnswer({ id, method, url, status, began }, true),
      };
    },
  };
}

/** A thread is what it was as long as its address leads to the same post and that has the same version. */
function isCurrentThread(kept: Store, target: string, tag: string): boolean {
  const thread = readThreadTag(tag);
  const ref = thread && readThreadRef(target);
  if (!ref) return false;
  const now = kept.newsOf(ref);
  return now !== null && now.id === thread.post && now.version === thread.version;
}

/** The post whose thread the target names, or null for all that is none. */
function readThreadRef(target: string): PostRef | null {
  const [path = "", ...query] = target.split("?");
  const segment = /^\/api\/comments\/([a-z0-9-]+)\/?$/.exec(path)?.[1];
  if (segment === undefined) return null;
  if (segment !== "by-url") return toPostRef(segment);
  const url = toPageUrl(new URLSearchParams(query.join("?")).get("url") ?? "");
  return url && { page: pageKey(url) };
}

/** Whether scripts of other sites load this: the element with what it needs, and fragments of threads. */
function isLoadedElsewhere(url: string): boolean {
  const [path = "", query] = url.split("?", 2);
  if (/^\/threads(?:\/|$)/.test(path)) return new URLSearchParams(query).get("format") === "fragment";
  return LOADED_ELSEWHERE.test(path);
}
