import { readFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { isDynamicRoute } from "next/dist/shared/lib/router/utils/is-dynamic";
import { getRouteMatcher, type RouteMatchFn } from "next/dist/shared/lib/router/utils/route-matcher";
import { getRouteRegex } from "next/dist/shared/lib/router/utils/route-regex";
import { sortPageObjects } from "next/dist/shared/lib/router/utils/sortable-routes";
import { z } from "zod";
import type { ApiRequest, ApiResponse, Listener } from "@/lib/http/messages";
import { refuse } from "@/lib/http/refuse";
import { readTarget, toQuery } from "@/lib/http/target";
import { log } from "@/lib/log";

/** What a build writes down: the file of each page, below the folder of the list. */
const manifestShape = z.record(z.string().startsWith("/"), z.string());
/** What such a file of the API holds. */
const moduleShape = z.object({
  default: z.custom<(req: ApiRequest, res: ApiResponse) => unknown>((value) => typeof value === "function"),
  // What wants its body read by Next is called by Next.
  config: z.object({ api: z.object({ bodyParser: z.literal(false) }) }),
});

/** One page of the API. Its file is loaded by the first request to it, so that no start waits for all of them. */
class Route {
  /** As the docs write it. */
  readonly name: string;
  #loading: Promise<z.output<typeof moduleShape> | null> | undefined;

  constructor(
    readonly page: string,
    readonly load: () => unknown,
  ) {
    this.name = page.replace(/\[+(?:\.\.\.)?(\w+)\]+/g, "{$1}");
  }

  /** What the file holds; null where that is not as expected. */
  module() {
    this.#loading ??= this.#read();
    return this.#loading;
  }

  async #read() {
    try {
      return moduleShape.parse(await this.load());
    } catch (error) {
      complain(error);
      return null;
    }
  }
}

interface Routes {
  /** By the path without a slash at the end. */
  fixed: Map<string, Route>;
  /** In the order in which they are tried. */
  dynamic: { route: Route; match: RouteMatchFn }[];
}

/**
 * Stands before Next and calls the API's handlers of the build in `root` itself: the routing and the resolver of Next
 * cost several times what a handler does. Pages and files go on to `next`, and so does everything where the
 * build is not as expected. `tell` hears which route answers.
 */
export async function routes(
  root: string,
  next: Listener,
  tell: (req: IncomingMessage, route: string) => void,
): Promise<Listener> {
  const known = await readBuild(root).catch(complain);
  if (known === null) return next;
  return async (req, res) => {
    const { path, params } = readTarget(req.url ?? "/");
    const found = find(known, path);
    const module = await found?.route.module();
    if (!found || !module) {
      tell(req, path.startsWith("/_next/") ? "static" : "page");
      return next(req, res);
    }
    tell(req, found.route.name);
    req.query = Object.assign(toQuery(params), found.params);
    try {
      await module.default(req, res);
    } catch (error) {
      log.error({ err: error }, "a handler failed");
      fail(req, res);
    }
  };
}

/** What has been answered stays so; of what has not, nothing is left of what the handler had set. */
function fail(req: ApiRequest, res: ApiResponse): void {
  if (res.writableEnded) return;
  if (res.headersSent) {
    res.destroy();
    return;
  }
  for (const name of res.getHeaderNames()) res.removeHeader(name);
  refuse(req, res, "internal_error");
}

function complain(error: unknown): null {
  log.warn({ err: error }, "a route of the API can't be called directly; Next routes it");
  return null;
}

async function readBuild(root: string): Promise<Routes> {
  const folder = join(root, ".next", "server");
  const manifest = join(folder, "pages-manifest.json");
  const files = manifestShape.parse(JSON.parse(await readFile(manifest, "utf8")));
  const built = createRequire(manifest);
  const all = Object.entries(files)
    .filter(([page]) => /^\/api(\/|$)/.test(page))
    .map(([page, file]) => new Route(page, () => built(join(folder, file))));
  const dynamic = sortPageObjects(
    all.filter(({ page }) => isDynamicRoute(page)),
    ({ page }) => page,
  );
  return {
    fixed: new Map(all.filter(({ page }) => !isDynamicRoute(page)).map((route) => [route.page, route])),
    dynamic: dynamic.map((route) => ({ route, match: getRouteMatcher(getRouteRegex(route.page)) })),
  };
}

function find({ fixed, dynamic }: Routes, pathname: string): { route: Route; params: object } | null {
  if (!pathname.startsWith("/api")) return null;
  const path = pathname.endsWith("/") ? pathname.slice(0, -1) : pathname;
  const route = fixed.get(path);
  if (route) return { route, params: {} };
  for (const { match, route } of dynamic) {
    const params = match(path);
    if (params) return { route, params };
  }
  return null;
}
