import { createServer, type Server } from "node:http";
import { afterAll } from "@jest/globals";

const open = new Set<Server>();

afterAll(() => {
  for (const server of open) server.close();
});

/** A site of another origin with a strict policy, that trusts one comment server. */
export interface OtherSite {
  /** Without a slash at the end. */
  url: string;
  /** What `<body>` has on all its pages from now on. */
  show(body: string): void;
}

/** Starts one on 127.0.0.1, until the tests of the file are over. `server`: the origin of the comment server. */
export async function startOtherSite(server: string): Promise<OtherSite> {
  let html = "";
  const policy = `default-src 'none'; script-src ${server}; connect-src ${server}; img-src ${server}`;
  const site = createServer((_req, res) => {
    res.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy });
    res.end(html);
  });
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  open.add(site);
  const address = site.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    show: (body) => {
      html = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark"><title>A site</title>
        <script async src="${server}/embed.js"></script><body>${body}`;
    },
  };
}
