import type { GetServerSidePropsContext } from "next";
import type { Store } from "@/db/store";
import { addressFor, baseOf } from "@/lib/http/auth";
import { isFragment, type Place, readDiscussion } from "@/lib/http/discussion";
import { type Alone, answerFragment, canonicalOf, originOf, type Reader } from "@/lib/http/fragment";
import { allowFraming } from "@/lib/http/framing";
import { readParameter } from "@/lib/http/serverSide";
import { isOwnSite, pageKey, toPageUrl } from "@/lib/pages";
import { requireHead } from "@/lib/posts";
import { Problem } from "@/lib/problems";
import { store } from "@/lib/store";
import type { Translator } from "@/lib/translator";
import type { Visitor } from "@/lib/who";

/** What stands on the page of a thread alone. `canonical`: the page that the thread is for. */
export interface AloneProps {
  alone: Alone;
  canonical: string | null;
}

/**
 * Reads the thread that the address names, for its own page; where its HTML alone is asked for (`format=fragment`),
 * answers that at once and returns null. Throws 404.
 */
export async function readAlone(
  context: GetServerSidePropsContext,
  visitor: Visitor | null,
  { language }: Pick<Translator, "language">,
  toHtml: (alone: Alone, reader: Reader) => string,
): Promise<AloneProps | null> {
  const { req, res } = context;
  allowFraming(res);
  // What search engines shall find is the page that the thread is for.
  res.setHeader("X-Robots-Tag", "noindex");
  if (isFragment(context)) {
    const look = { server: baseOf(req) || `//${addressFor(req)}`, own: false };
    await answerFragment(context, visitor, language, { look, find: findPlace, toHtml });
    return null;
  }
  const kept = await store();
  try {
    const place = await findPlace(context, kept);
    const discussion = await readDiscussion(context, kept, place, visitor);
    return { alone: { refused: null, discussion }, canonical: canonicalOf(context, place) };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "origin_not_allowed") throw error;
    res.statusCode = 403;
    return { alone: { refused: error.code, origin: originOf(context) }, canonical: null };
  }
}

/** The thread by its post, or by its page's URL; that of an allowed site may have no post yet. Throws 403, 404. */
async function findPlace(context: GetServerSidePropsContext, kept: Store): Promise<Place> {
  const id = context.params?.id;
  if (typeof id === "string") {
    const post = await requireHead(kept, id);
    if (!post.listed) throw new Problem("post_not_found");
    return { post, path: `/threads/${post.slug}` };
  }
  const url = toPageUrl(readParameter(context, "url") ?? "");
  if (url === null || url.href.length > 2000) throw new Problem("post_not_found");
  const path = `/threads?${new URLSearchParams({ url: url.href })}`;
  const post = await kept.posts.head({ page: pageKey(url) });
  if (post?.listed) return { post, path };
  if (!isOwnSite(url)) throw new Problem("origin_not_allowed");
  return { post: null, path, url: url.href };
}
