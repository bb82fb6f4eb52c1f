import type { GetServerSideProps, GetServerSidePropsContext } from "next";
import { isUnavailable } from "@/db/errors";
import { log } from "@/lib/log";
import { Problem } from "@/lib/problems";

/** What `pages/_app.tsx` gets instead of a page's own props while the database can't be read. */
export interface Interrupted {
  unavailable: true;
}

/**
 * The `getServerSideProps` of a page that `read` reads. A `Problem` becomes the 404 page, a database that can't be
 * used a 503. Pages show everybody the same, so anybody may keep them who asks again; and unlike `no-store`
 * that leaves the browser its Back button, with what was typed into a form.
 */
export function serverSide<P extends object>(
  read: (context: GetServerSidePropsContext) => Promise<P>,
): GetServerSideProps<P | Interrupted> {
  return async (context) => {
    const { res } = context;
    try {
      const props = await read(context);
      res.setHeader("Cache-Control", "public, max-age=0, must-revalidate");
      return { props };
    } catch (error) {
      res.setHeader("Cache-Control", "private, no-store");
      if (error instanceof Problem) return { notFound: true };
      if (!isUnavailable(error)) throw error;
      log.error({ err: error }, "the database can't be used");
      res.statusCode = 503;
      res.setHeader("Retry-After", error.retryAfter ?? 5);
      return { props: { unavailable: true } };
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
