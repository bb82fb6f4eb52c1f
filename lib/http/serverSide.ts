import type { GetServerSideProps, GetServerSidePropsContext } from "next";
import { isUnavailable } from "@/db/errors";
import { config } from "@/lib/config";
import { readSessionToken } from "@/lib/http/cookie";
import { type Choice, chooseLanguage } from "@/lib/http/language";
import { findVisitor, isAnonymous, Redirect } from "@/lib/http/visitor";
import { withLanguage } from "@/lib/languages";
import { log } from "@/lib/log";
import { Problem } from "@/lib/problems";
import { pageMessages, pageTranslator } from "@/lib/texts";
import type { Messages, Translator } from "@/lib/translator";
import type { Visitor } from "@/lib/who";

/** What every page that is read for each request gets of its language: the texts in it, too. */
export interface Spoken extends Choice {
  messages: Messages;
}

/** What `pages/_app.tsx` gets instead of a page's own props while the database can't be read. */
export interface Interrupted extends Spoken {
  unavailable: true;
}

/** What every page that is read here gets beside its own props: who looks at it, for the frame; whether there is mail. */
export interface Framed extends Spoken {
  visitor: Visitor | null;
  mails: boolean;
}

/**
 * The `getServerSideProps` of a page that `read` reads, for who is signed in, in the language of `t`. A `Problem`
 * becomes the 404 page, a `Redirect` a 307, a database that can't be used a 503. Whoever comes without a cookie of ours sees what everybody
 * sees, so anybody may keep it who asks again; and unlike `no-store` that leaves the browser its Back button, with what
 * was typed into a form. A guest who may edit keeps that, too. `parts`: of the texts, those that the page's component says.
 */
export function serverSide<P extends object>(
  read: (context: GetServerSidePropsContext, visitor: Visitor | null, t: Translator) => Promise<P | null>,
  parts: string[] = [],
): GetServerSideProps<(P & Framed) | Interrupted> {
  return async (context) => {
    const { req, res } = context;
    const anonymous = isAnonymous(context);
    res.appendHeader("Vary", "Cookie");
    const choice = chooseLanguage(req, res, context.query.lang);
    const speak = (parts: string[]) => ({ ...choice, messages: pageMessages(choice.language, parts) });
    try {
      const visitor = await findVisitor(context);
      const own = await read(context, visitor, pageTranslator(choice.language));
      // The answer is out already: Next looks at that, and leaves props alone.
      if (own === null) return { props: { ...speak([]), unavailable: true } };
      const props = { ...own, ...speak(parts), visitor, mails: config().mail !== null };
      if (!anonymous)
        res.setHeader("Cache-Control", readSessionToken(req) ? "private, no-store" : "private, no-cache");
      else if (!res.hasHeader("Cache-Control"))
        res.setHeader("Cache-Control", "public, max-age=0, must-revalidate");
      return { props };
    } catch (error) {
      res.setHeader("Cache-Control", "private, no-store");
      if (error instanceof Redirect) {
        const destination = withLanguage(error.destination, choice.chosen ? choice.language : null);
        return { redirect: { destination, statusCode: 307 } };
      }
      if (error instanceof Problem) return { notFound: true };
      if (!isUnavailable(error)) throw error;
      log.error({ err: error }, "the database can't be used");
      res.statusCode = 503;
      res.setHeader("Retry-After", error.retryAfter ?? 5);
      return { props: { ...speak(["sorry"]), unavailable: true } };
    }
  };
}

/** A query parameter that comes once, or undefined. */
export function readParameter({ query }: GetServerSidePropsContext, name: string): string | undefined {
  const value = query[name];
  return typeof value === "string" ? value : undefined;
}

/** A query parameter that is an id, or undefined. */
export function readIdParameter(context: GetServerSidePropsContext, name: string): number | undefined {
  const text = readParameter(context, name);
  return text !== undefined && /^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined;
}
