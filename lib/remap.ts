import type { KnownPage, PageAddress, PageMove } from "@/db/port/posts";
import type { Store } from "@/db/store";
import { pageKey, toPageUrl } from "@/lib/pages";
import type { Known } from "@/lib/posting";
import { invalid, Problem } from "@/lib/problems";
import { toActor } from "@/lib/who";

/** The most pages that move at once: one transaction has to do it. */
const MAX_PAGES = 10_000;

/** A beginning of addresses. */
interface Prefix {
  key: string;
  protocol: string;
}

/**
 * Gives all pages that begin with `from` addresses that begin with `to` instead. The addresses they had lead on. A page
 * that another post has already stays as it is. Throws `Problem` where the two are no such beginnings.
 */
export async function remap(store: Store, who: Known, input: { from: string; to: string; dryRun: boolean }) {
  const [from, to] = [readPrefix("from", input.from), readPrefix("to", input.to)];
  if (isWithin(from, to) || isWithin(to, from)) throw invalid("to", "Must not overlap with from");
  // Somebody may move the same pages between reading and writing.
  for (let tries = 0; tries < 3; tries++) {
    const pages = await store.posts.pagesUnder(from.key, MAX_PAGES + 1);
    if (pages.length > MAX_PAGES)
      throw invalid(
        "from",
        `More than ${MAX_PAGES.toLocaleString("en")} pages begin with it; say more of it`,
      );
    const moves = pages.map((page): PageMove => ({ from: page, to: toMoved(page, from, to) }));
    const at = new Date().toISOString();
    const collisions = await store.posts.remap(moves, input.dryRun, toActor(who), at);
    if (collisions === null) continue;
    const collided = new Set(collisions.map((one) => one.from.page));
    return {
      dryRun: input.dryRun,
      moved: moves.filter((move) => !collided.has(move.from.page)).map(toAnswer),
      collisions: collisions.map((one) => ({ ...toAnswer(one), takenBy: one.takenBy })),
    };
  }
  throw new Problem("unavailable", { headers: { "Retry-After": 1 } });
}

function toAnswer({ from, to }: PageMove) {
  return { post: from.post, from: from.url, to: to.url, alias: from.alias };
}

function readPrefix(name: "from" | "to", text: string): Prefix {
  const url = toPageUrl(text);
  if (!url) throw invalid(name, "Must be the address of a web page");
  if (url.search || url.hash) throw invalid(name, "Must have nothing behind its path");
  return { key: pageKey(url), protocol: url.protocol };
}

function isWithin(inner: Prefix, outer: Prefix): boolean {
  return inner.key === outer.key || inner.key.startsWith(`${outer.key}/`);
}

/** The address keeps what stands behind the prefix, and the slash at its end where it had one. */
function toMoved(page: KnownPage, from: Prefix, to: Prefix): PageAddress {
  const key = to.key + page.page.slice(from.key.length);
  const [path = "", ...query] = key.split("?");
  const { pathname } = new URL(page.url);
  const slash = pathname.endsWith("/") && path.includes("/") ? "/" : "";
  const search = query.length > 0 ? `?${query.join("?")}` : "";
  return { page: key, url: new URL(`${to.protocol}//${path}${slash}${search}`).href };
}
