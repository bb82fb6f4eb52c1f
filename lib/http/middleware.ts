import { once } from "node:events";
import type { NextApiRequest, NextApiResponse } from "next";
import { expressWrapper, type NextHandler } from "next-connect";

type Connect = Parameters<typeof expressWrapper<NextApiRequest, NextApiResponse>>[0];
type Micro = (handler: () => unknown) => (req: NextApiRequest, res: NextApiResponse) => unknown;

/**
 * Mounts a Connect or Express middleware. One that ends the answer itself never calls `next`, on which
 * next-connect's own wrapper would wait for ever.
 */
export function connect(middleware: Connect) {
  const wrapped = expressWrapper<NextApiRequest, NextApiResponse>(middleware);
  return async (req: NextApiRequest, res: NextApiResponse, next: NextHandler) => {
    const over = new AbortController();
    try {
      await Promise.race([wrapped(req, res, next), once(res, "close", { signal: over.signal })]);
    } finally {
      over.abort();
    }
  };
}

/** Mounts a Micro middleware, a function that wraps a handler. */
export function micro(middleware: Micro) {
  return (req: NextApiRequest, res: NextApiResponse, next: NextHandler) => middleware(() => next())(req, res);
}
