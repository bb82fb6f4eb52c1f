import { createServer } from "node:http";
import { afterAll } from "@jest/globals";
import type { BrowserContextOptions, Page } from "playwright-core";
import { openTab, type Tab } from "@/__tests__/support/browser";
import type { Server } from "@/__tests__/support/server";

/** A page of a site. `head`: after the element's script. `policy`: in place of the one that the docs recommend. */
interface SitePage {
  body: string;
  head?: string;
  lang?: string;
  policy?: string;
}

/** A site of another origin than the server's, and of another site in the sense of cookies. */
export interface Site {
  /** Without a slash at the end. */
  url: string;
  /** Puts a page at a path, in place of what was there. */
  put(path: string, page: SitePage | string): void;
  /** Opens one in a tab, with third-party cookies blocked. */
  open(path: string, settings?: BrowserContextOptions): Promise<Visit>;
}

/** A tab on a page of the site: beside what a `Tab` tells, what went over the wire with the server. */
export interface Visit extends Tab {
  /** Cookies that were sent to the server or set by it, which none may be. */
  cookies: string[];
}

const sites = new Set<ReturnType<typeof createServer>>();

afterAll(() => {
  for (const site of sites) site.close().closeAllConnections();
});

/** Starts one that embeds threads of `server`, which may start later. At first it has one page, with nothing on it. */
export async function startSite(server: () => Server, host = "localhost"): Promise<Site> {
  const pages = new Map<string, SitePage>([
    ["/", { body: "" }],
    ["/favicon.ico", { body: "" }],
  ]);
  const site = createServer((req, res) => {
    const { pathname } = new URL(req.url ?? "/", "http://localhost");
    const page = pages.get(pathname);
    const { url } = server();
    res.writeHead(page ? 200 : 404, {
      "Content-Type": pathname.endsWith(".css") ? "text/css" : "text/html; charset=utf-8",
      "Content-Security-Policy": page?.policy ?? policyOf(url),
    });
    if (!page || pathname.endsWith(".css")) return res.end(page?.body);
    res.end(`<!doctype html><html lang="${page.lang ?? "en"}"><head><meta charset="utf-8"><title>A page</title>
      <script async src="${url}/embed.js"></script>${page.head ?? ""}</head><body>${page.body}</body></html>`);
  });
  sites.add(site);
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const address = site.address();
  // The server is at 127.0.0.1, which is another site than localhost.
  const url = `http://${host}:${typeof address === "object" ? address?.port : ""}`;
  return {
    url,
    put: (path, page) => pages.set(path, typeof page === "string" ? { body: page } : page),
    open: (path, settings) => visit(url + path, server().url, settings),
  };
}

/** What docs/embedding.md tells a site with a strict policy to allow. */
export function policyOf(server: string): string {
  return `default-src 'none'; script-src ${server}; connect-src ${server}; img-src ${server}; style-src 'self' ${server}`;
}

async function visit(address: string, server: string, settings?: BrowserContextOptions): Promise<Visit> {
  const { origin } = new URL(address);
  const tab = await openTab(origin, settings);
  const { page } = tab;
  page.setDefaultTimeout(10_000);
  const session = await page.context().newCDPSession(page);
  await session.send("Network.setCookieControls", { enableThirdPartyCookieRestriction: true });
  const cookies: string[] = [];
  page.on("request", async (request) => {
    const { cookie } = await request.allHeaders().catch(() => ({ cookie: undefined }));
    if (cookie) cookies.push(`${request.url()}: ${cookie}`);
  });
  page.on("response", async (response) => {
    const set = await response.headerValue("set-cookie").catch(() => null);
    if (set) cookies.push(`${response.url()}: ${set}`);
  });
  await page.goto(address);
  const { strangers } = tab;
  return {
    ...tab,
    cookies,
    /** Requests to anybody but the site and the server. */
    get strangers() {
      return strangers.filter((one) => !one.startsWith(`${server}/`) && one !== address);
    },
  };
}

/** Waits until the page's element shows a thread. */
export async function shown(page: Page, within = "antiphon-comments"): Promise<void> {
  await page.locator(`${within} section[data-texts]`).first().waitFor();
}
