import type { GetServerSidePropsContext } from "next";
import { isUnavailable } from "@/db/errors";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { baseOf } from "@/lib/http/auth";
import { etag } from "@/lib/http/conditional";
import { type Look, type Place, readDiscussion, type ShownDiscussion } from "@/lib/http/discussion";
import { namesTag } from "@/lib/http/entityTags";
import { readParameter } from "@/lib/http/serverSide";
import { isAnonymous } from "@/lib/http/visitor";
import { type Language, readLanguage } from "@/lib/languages";
import { log } from "@/lib/log";
import { toPageUrl } from "@/lib/pages";
import { PROBLEMS, Problem, type ProblemCode } from "@/lib/problems";
import { store } from "@/lib/store";
import type { Visitor } from "@/lib/who";

/** A thread, or why there is none. `origin`: of the site that it is for. */
export type Alone = { refused: null; discussion: ShownDiscussion } | { refused: ProblemCode; origin: string };

/** Who looks at a fragment, in which language. */
export interface Reader {
  language: Language;
  visitor: Visitor | null;
  mails: boolean;
}

/** How fragments of a page are made. */
interface Making {
  look: Look;
  find: (context: GetServerSidePropsContext, kept: Store) => Promise<Place>;
  toHtml: (alone: Alone, reader: Reader) => string;
}

/**
 * Answers the HTML of a thread alone: for static sites, and for the element. Scripts of any site may read that of a page
 * which is not the post's own, without credentials. Also what goes wrong is said as HTML, for whoever put it on a page.
 */
export async function answerFragment(
  context: GetServerSidePropsContext,
  visitor: Visitor | null,
  language: string,
  { look, find, toHtml }: Making,
): Promise<void> {
  const { res } = context;
  const reader = { language: readLanguage(language) ?? "en", visitor, mails: config().mail !== null };
  res.setHeader("Content-Type", "text/html; charset=utf-8");
  if (!look.own) {
    res.setHeader("Access-Control-Allow-Origin", "*");
    res.setHeader("Cross-Origin-Resource-Policy", "cross-origin");
  }
  res.setHeader("Cache-Control", "private, no-store");
  try {
    const kept = await store();
    const place = await find(context, kept);
    if (isAnonymous(context) && isKnown(context, tagOf(context, place, reader))) return;
    const discussion = await readDiscussion(context, kept, place, visitor, look);
    res.setHeader("Link", `<${canonicalOf(context, place)}>; rel="canonical"`);
    res.end(toHtml({ refused: null, discussion }, reader));
  } catch (error) {
    const code = toCode(error);
    res.statusCode = PROBLEMS[code][0];
    if (isUnavailable(error)) res.setHeader("Retry-After", error.retryAfter ?? 5);
    for (const name of ["ETag", "Link"]) res.removeHeader(name);
    res.setHeader("Cache-Control", "private, no-store");
    res.end(toHtml({ refused: code, origin: originOf(context) }, reader));
  }
}

/** The address of the page that a thread is for. */
export function canonicalOf({ req }: GetServerSidePropsContext, place: Place): string {
  return place.post === null ? place.url : (place.post.url ?? `${baseOf(req)}/posts/${place.post.slug}`);
}

/** The origin of the page that the address names. */
export function originOf(context: GetServerSidePropsContext): string {
  return toPageUrl(readParameter(context, "url") ?? "")?.origin ?? "";
}

/** From the version of the thread; what it has beside that is in the address, or a setting. */
function tagOf({ req }: GetServerSidePropsContext, { post, path }: Place, reader: Reader): string {
  const { id, version } = post ?? { id: 0, version: 0 };
  const { language, mails } = reader;
  return etag(
    version,
    `f${id}`,
    path.slice(0, 2),
    req.headers.host ?? "",
    baseOf(req),
    language,
    String(mails),
  );
}

/** Lets anybody keep it who asks again; ends with 304 and returns true where the caller has this version already. */
function isKnown({ req, res }: GetServerSidePropsContext, tag: string): boolean {
  res.setHeader("Cache-Control", "public, max-age=0, must-revalidate");
  res.setHeader("ETag", tag);
  if (!namesTag(req.headers["if-none-match"], tag)) return false;
  res.statusCode = 304;
  res.end();
  return true;
}

function toCode(error: unknown): ProblemCode {
  if (error instanceof Problem) return error.code;
  // Whoever can't keep up had better not write a line about each.
  if (isUnavailable(error) && error.name === "Overloaded") return "overloaded";
  log.error({ err: error }, "a thread could not be shown");
  return isUnavailable(error) ? "unavailable" : "internal_error";
}
