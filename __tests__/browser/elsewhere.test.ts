import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { openTab } from "@/__tests__/support/browser";
import { readDocument } from "@/__tests__/support/markdown";
import { type Server, startServer } from "@/__tests__/support/server";

/*
 * What the docs say a site puts into its pages, on a site of another origin, under the policy that they say it needs.
 */
const readme = readDocument("README.md");
const embedding = readDocument("docs/embedding.md");
const theming = readDocument("docs/theming.md");
const blockOf = (document: typeof readme, language: string, under: string) =>
  document.blocks.filter((block) => block.language === language && block.under === under)[0]?.text ?? "";

let server: Server;
let html = "";
let policy = "";
const site = createServer((_req, res) => {
  res.writeHead(200, { "Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": policy });
  res.end(
    `<!doctype html><html lang="en"><title>A site</title><meta name="viewport" content="width=device-width">${html}`,
  );
});
let url: string;

beforeAll(async () => {
  await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
  const address = site.address();
  url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  server = await startServer({ MODERATION: "open", ALLOWED_ORIGINS: url });
  for (const post of [`${url}/`, `${url}/`, `${url}/hello/`])
    await request(server.url)
      .post("/api/comments")
      .send({ post, author: "Ada", comment: "Hello" })
      .expect(201);
});

afterAll(() => {
  site.close();
});

/** Opens the site's page with what the docs show, the server's address in place of theirs. */
async function open(shown: string, more = "") {
  html = shown.replaceAll("https://comments.example", server.url);
  policy = `default-src 'none'; ${blockOf(embedding, "text", "A strict policy").trim()}${more}`.replaceAll(
    "https://comments.example",
    server.url,
  );
  const tab = await openTab(url);
  await tab.page.goto("/");
  return tab;
}

describe("on a site elsewhere, under the policy of docs/embedding.md", () => {
  it("the two tags of the README show the page's thread, its pictures included, and break no policy", async () => {
    const { page, errors, strangers } = await open(blockOf(readme, "html", "Comments on your site"));
    await page.getByRole("heading", { name: "2 comments" }).waitFor();
    const picture = page.locator("antiphon-comments img").first();
    await picture.scrollIntoViewIfNeeded();
    await page.waitForFunction(() => {
      const image = document.querySelector("antiphon-comments")?.shadowRoot?.querySelector("img");
      return image?.complete && image.naturalWidth > 0;
    });
    expect(errors).toEqual([]);
    expect(strangers.filter((one) => !one.startsWith(`${server.url}/`))).toEqual([]);
  });

  it("also where the page requires Trusted Types", async () => {
    const trusted = "; require-trusted-types-for 'script'; trusted-types antiphon";
    const { page, errors } = await open(blockOf(readme, "html", "Comments on your site"), trusted);
    await page.getByRole("heading", { name: "2 comments" }).waitFor();
    expect(errors).toEqual([]);
  });

  it("the count of docs/embedding.md says how many comments the page has", async () => {
    const script = '<script async src="https://comments.example/embed.js"></script>';
    const { page, errors } = await open(script + blockOf(embedding, "html", "Counts"));
    await page.getByText("1 comment").waitFor();
    expect(errors).toEqual([]);
  });

  it("the frame of docs/embedding.md shows a thread without any script", async () => {
    const frame = blockOf(embedding, "html", "Without JavaScript").replace(
      "https%3A%2F%2Fblog.example%2Fhello%2F",
      encodeURIComponent(`${url}/hello/`),
    );
    const { page } = await open(frame, `; frame-src ${server.url}`);
    const inside = page.frameLocator("iframe");
    await inside.getByRole("heading", { name: "1 comment" }).waitFor();
    expect(await inside.getByRole("textbox", { name: "Comment" }).count()).toBe(1);
  });
});

describe("the examples of docs/theming.md", () => {
  const examples = theming.blocks.filter(({ language, under }) => language === "css" && under !== "Theming");

  it.each(examples)("$under: text stands out from its ground as WCAG AA wants", async ({ text }) => {
    html = `<style>${text}</style><script async src="${server.url}/embed.js"></script><antiphon-comments post="1"></antiphon-comments>`;
    policy = `default-src 'none'; style-src 'unsafe-inline'; script-src ${server.url}; connect-src ${server.url}; img-src ${server.url}`;
    const { page, errors } = await openTab(url);
    await page.goto("/");
    await page.getByRole("heading", { name: "2 comments" }).waitFor();
    const faint = await page.evaluate(() => {
      const read = (colour: string) => {
        const [r = 0, g = 0, b = 0, a = 1] = (colour.match(/[\d.]+/g) ?? []).map(Number);
        return { rgb: [r, g, b], a };
      };
      const luminance = (rgb: number[]) => {
        const [r = 0, g = 0, b = 0] = rgb.map((part) => {
          const share = part / 255;
          return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const host = document.querySelector("antiphon-comments");
      const groundOf = (element: Element | null): number[] => {
        for (let at = element; at; at = at.parentElement) {
          const { rgb, a } = read(getComputedStyle(at).backgroundColor);
          if (a === 1) return rgb;
        }
        return host ? read(getComputedStyle(host).backgroundColor).rgb : [255, 255, 255];
      };
      const found: string[] = [];
      for (const element of host?.shadowRoot?.querySelectorAll<HTMLElement>("*") ?? []) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.nodeValue?.trim());
        if (!own || !element.checkVisibility()) continue;
        const both = [read(getComputedStyle(element).color).rgb, groundOf(element)].map(luminance);
        const ratio = (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05);
        if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 100)}`);
      }
      return found;
    });
    expect(faint).toEqual([]);
    expect(errors).toEqual([]);
  });
});
