import type { GetServerSidePropsContext } from "next";
import type { Translator } from "@/components/thread/translator";
import { isUnavailable } from "@/db/errors";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { baseOf } from "@/lib/http/auth";
import { etag } from "@/lib/http/conditional";
import { type Place, readDiscussion, readFragment, type ShownDiscussion } from "@/lib/http/discussion";
import { namesTag } from "@/lib/http/entityTags";
import { allowFraming } from "@/lib/http/framing";
import { readParameter } from "@/lib/http/serverSide";
import { type Language, readLanguage } from "@/lib/languages";
import { log } from "@/lib/log";
import { isOwnSite, pageKey, toPageUrl } from "@/lib/pages";
import { requireHead } from "@/lib/posts";
import { PROBLEMS, Problem, type ProblemCode } from "@/lib/problems";
import { store } from "@/lib/store";
import type { Visitor } from "@/lib/who";

/** What stands on the page of a thread alone: the thread, with the page that it is for; or why there is none. */
export type Alone =
  | { refused: null; discussion: ShownDiscussion; canonical: string }
  | { refused: ProblemCode; origin: string };

export interface AloneProps {
  alone: Alone;
}

/** Makes the HTML of a thread alone. */
type ToHtml = (alone: Alone, mails: boolean, language: Language) => string;

/**
 * Reads the thread that the address names, for its own page; where its HTML alone is asked for (`format=fragment`),
 * answers that at once and returns null. Throws 404.
 */
export async function readAlone(
  context: GetServerSidePropsContext,
  visitor: Visitor | null,
  t: Pick<Translator, "language">,
  toHtml: ToHtml,
): Promise<AloneProps | null> {
  const { res } = context;
  allowFraming(res);
  // What search engines shall find is the page that the thread is for.
  res.setHeader("X-Robots-Tag", "noindex");
  if (readParameter(context, "format") === "fragment") {
    await answerFragment(context, readLanguage(t.language) ?? "en", toHtml);
    return null;
  }
  const kept = await store();
  try {
    const place = await findPlace(context, kept);
    const canonical = canonicalOf(context, place);
    return {
      alone: { refused: null, discussion: await readDiscussion(context, kept, place, visitor), canonical },
    };
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "origin_not_allowed") throw error;
    res.statusCode = 403;
    return { alone: { refused: error.code, origin: originOf(context) } };
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

function canonicalOf({ req }: GetServerSidePropsContext, place: Place): string {
  return place.post === null ? place.url : (place.post.url ?? `${baseOf(req)}/posts/${place.post.slug}`);
}

function originOf(context: GetServerSidePropsContext): string {
  return toPageUrl(readParameter(context, "url") ?? "")?.origin ?? "";
}

/** The same for everybody, whatever cookie comes along; also what goes wrong is said as HTML, for whoever put it on a page. */
async function answerFragment(
  context: GetServerSidePropsContext,
  language: Language,
  toHtml: ToHtml,
): Promise<void> {
  const { res } = context;
  const mails = config().mail !== null;
  res.setHeader("Vary", varyWithoutCookie(res));
  res.setHeader("Content-Type", "text/html; charset=utf-8");
  res.setHeader("Access-Control-Allow-Origin", "*");
  res.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
  try {
    const kept = await store();
    const place = await findPlace(context, kept);
    const canonical = canonicalOf(context, place);
    res.setHeader("Cache-Control", "public, max-age=0, must-revalidate");
    if (isKnown(context, tagOf(context, place, `${language} ${mails}`))) return;
    const discussion = await readFragment(context, kept, place);
    res.setHeader("Link", `<${canonical}>; rel="canonical"`);
    res.end(toHtml({ refused: null, discussion, canonical }, mails, language));
  } catch (error) {
    const code = toCode(error);
    res.statusCode = PROBLEMS[code][0];
    res.setHeader("Cache-Control", "private, no-store");
    res.end(toHtml({ refused: code, origin: originOf(context) }, mails, language));
  }
}

/** From the version of the thread; what it has beside that is in the address, or a setting. */
function tagOf({ req }: GetServerSidePropsContext, { post }: Place, look: string): string {
  const { id, version } = post ?? { id: 0, version: 0 };
  return etag(version, `f${id}`, req.headers.host ?? "", baseOf(req), look);
}

/** What the answer depends on beside that; without a cookie's name, caches of others can keep it. */
function varyWithoutCookie(res: GetServerSidePropsContext["res"]): string[] {
  const fields = [res.getHeader("Vary") ?? []].flat().join().split(",");
  return fields.map((field) => field.trim()).filter((field) => field !== "Cookie" && field !== "");
}

/** Sets the ETag; ends with 304 and returns true where the caller has this version already. */
function isKnown({ req, res }: GetServerSidePropsContext, tag: string): boolean {
  res.setHeader("ETag", tag);
  if (!namesTag(req.headers["if-none-match"], tag)) return false;
  res.statusCode = 304;
  res.end();
  return true;
}

function toCode(error: unknown): ProblemCode {
  if (error instanceof Problem) return error.code;
  log.error({ err: error }, "a thread could not be shown");
  return isUnavailable(error) ? "unavailable" : "internal_error";
}
