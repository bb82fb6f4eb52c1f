import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Page } from "playwright-core";
import request from "supertest";
import { openTab } from "@/__tests__/support/browser";
import { type Server, startServer } from "@/__tests__/support/server";

let server: Server;

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
  let parent: number | null = null;
  for (let n = 0; n < 60; n++) {
    const comment =
      n === 40 ? "w".repeat(200) : n === 41 ? "```\n".concat("wide ".repeat(100), "\n```") : `Reply ${n}`;
    const author = n === 50 ? "W".repeat(80) : "Ada";
    const website = `https://${"long-".repeat(10)}.example/`;
    const draft: object = { post: "nextjs-guide", parent, comment, author, website };
    const answer = await request(server.url).post("/api/comments").send(draft);
    expect(answer.status).toBe(201);
    parent = answer.body.id;
  }
  const table = `| ${"a | ".repeat(20)}\n|${"---|".repeat(20)}\n| ${"long-word | ".repeat(20)}`;
  await request(server.url).post("/api/comments").send({ post: "react-hooks", comment: table });
});

const paths = [
  "/",
  "/posts/nextjs-guide",
  "/threads/nextjs-guide",
  "/threads?url=https://nowhere.example/",
  "/posts/react-hooks?reply=1",
  "/posts/1?error=invalid_input&field=website",
  "/docs",
  "/docs/problems",
  "/login",
  "/login?error=sign_in_failed&setup=dead",
  "/login?error=invalid_input&field=email",
];

/** Opens it, and waits until all that it loads is there; a thread then goes on listening. */
async function settle(page: Page, path: string): Promise<void> {
  await page.goto(path);
  const isThread = /^\/(posts|threads)\//.test(path);
  if (isThread)
    await page.waitForFunction(() =>
      document.querySelector("antiphon-comments")?.shadowRoot?.querySelector(".antiphon"),
    );
  else await page.waitForLoadState("networkidle");
}

describe.each(paths)("%s", (path) => {
  it.each(["light", "dark"] as const)(
    "in %s, has no error and no breach of its policy, and asks no other host",
    async (colorScheme) => {
      const { page, errors, strangers } = await openTab(server.url, { colorScheme });
      await settle(page, path);
      // What the browser itself says of a page that is refused.
      const status = path.includes("nowhere") ? ["403 (Forbidden)"] : [];
      expect(errors).toEqual(status.map((one) => expect.stringContaining(one)));
      expect(strangers).toEqual([]);
    },
  );

  it.each([320, 1280])("%i px wide, does not scroll sideways", async (width) => {
    const { page } = await openTab(server.url, { viewport: { width, height: 640 } });
    await page.goto(path);
    const sides = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
    expect(sides[0]).toBeLessThanOrEqual(sides[1] ?? 0);
  });
});

it("a page that is not there has no breach of its policy either", async () => {
  const { page, errors, strangers } = await openTab(server.url);
  const answer = await page.goto("/nowhere", { waitUntil: "networkidle" });
  expect(answer?.status()).toBe(404);
  expect(errors).toEqual(["Failed to load resource: the server responded with a status of 404 (Not Found)"]);
  expect(strangers).toEqual([]);
});

it.each(["light", "dark"] as const)(
  "in %s, every text stands out from its ground as WCAG AA wants",
  async (colorScheme) => {
    for (const path of paths) {
      const { page } = await openTab(server.url, { colorScheme });
      await page.goto(path);
      const faint = await page.evaluate(() => {
        type Colour = [number, number, number, number];
        const read = (text: string): Colour => {
          const [r = 0, g = 0, b = 0, a = 1] = (text.match(/[\d.]+/g) ?? []).map(Number);
          return [r, g, b, a];
        };
        const luminance = (colour: Colour) => {
          const [r = 0, g = 0, b = 0] = colour.map((part) => {
            const share = part / 255;
            return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
          });
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const groundOf = (element: Element | null): Colour => {
          for (let at = element; at; at = at.parentElement) {
            const colour = read(getComputedStyle(at).backgroundColor);
            if (colour[3] === 1) return colour;
          }
          return [255, 255, 255, 1];
        };
        const found: string[] = [];
        for (const element of document.querySelectorAll("body *:not(script)")) {
          const own = [...element.childNodes].some(
            (node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim(),
          );
          if (!own) continue;
          const [one, other] = [
            luminance(read(getComputedStyle(element).color)),
            luminance(groundOf(element)),
          ];
          const ratio = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
          if (ratio < 4.5) found.push(`${ratio.toFixed(2)} ${element.outerHTML.slice(0, 100)}`);
        }
        return found;
      });
      expect(faint).toEqual([]);
    }
  },
);
