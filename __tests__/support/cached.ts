import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { afterAll } from "@jest/globals";
import request from "supertest";
import { until } from "@/__tests__/support/until";
import { Hits } from "@/lib/cache/counters";
import { ResponseCache } from "@/lib/cache/responseCache";
import { ApiRequest, ApiResponse } from "@/lib/http/messages";
import { KEEP_ALIVE_SECONDS, toLines } from "@/lib/http/readyResponse";

type Handler = (req: IncomingMessage, res: ServerResponse) => void;
type Seen = Pick<IncomingMessage, "method" | "url" | "headers">;

export const PUBLIC = { "Cache-Control": "public, max-age=0, must-revalidate", "Content-Type": "text/plain" };

/** The same for all answers, as where it does not depend on the request. */
const LINES = toLines(["X-Asked", "/"]);

const closers: (() => void)[] = [];
afterAll(() => {
  for (const close of closers.splice(0)) close();
});

/** A response cache of `bytes` before `handler`. `seen`: what the handler was asked; `origin`: what the cache is told. */
export async function serveCached(handler: Handler, bytes = 2 ** 20) {
  const origin = { news: 1, failing: false, current: new Set<string>() };
  const seen: Seen[] = [];
  const hits = new Hits();
  const next: RequestListener = (req, res) => {
    const { method, url, headers } = req;
    seen.push({ method, url, headers: { ...headers } });
    handler(req, res);
  };
  const cache = new ResponseCache(
    {
      site: null,
      isStream: ({ url }) => url?.startsWith("/stream") === true,
      news: () => {
        if (origin.failing) throw new Error("nobody knows");
        return origin.news;
      },
      isCurrent: (target) => origin.current.has(target),
      hitsOf: () => hits,
      dress: (req) => ({
        lines: req.url === "/" ? LINES : toLines(["X-Asked", req.url ?? ""]),
        done: () => undefined,
      }),
    },
    bytes,
    next,
  );
  const server = createServer(
    { IncomingMessage: ApiRequest, ServerResponse: ApiResponse },
    cache.answer,
  ).listen(0, "127.0.0.1");
  server.keepAliveTimeout = KEEP_ALIVE_SECONDS * 1000;
  await until(() => server.listening);
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const ask = (path = "/", headers: Record<string, string> = {}) =>
    request(server)
      .get(path)
      .set({ "Accept-Encoding": "identity", ...headers });
  return { server, ask, url: `http://127.0.0.1:${port}`, seen, origin, hits };
}

/** Says what `body` says at the time, under an ETag of it; 304 to who names that. */
export function saying(body: () => string, headers: Record<string, string> = PUBLIC): Handler {
  return (req, res) => {
    const text = body();
    const tag = `"${Buffer.from(text.slice(0, 50)).toString("hex")}"`;
    if (req.headers["if-none-match"] === tag) res.writeHead(304, { ...headers, ETag: tag }).end();
    else res.writeHead(200, { ...headers, ETag: tag }).end(text);
  };
}
