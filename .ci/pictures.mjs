/**
 * `npm run pictures`: takes the pictures of README.md and docs/theming.md anew, into public/pictures, from the build as it
 * is. Needs Chromium (CHROMIUM, or /usr/bin/chromium).
 */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import sharp from "sharp";
import { serveDemo, serveSite } from "./pictures/servers.mjs";
import { magazine, themed } from "./pictures/sites.mjs";

const root = new URL("..", import.meta.url);
const folder = new URL("public/pictures/", root);
const WIDE = { width: 900, height: 760 };
const NARROW = { width: 390, height: 760 };

const site = await serveSite();
const demo = await serveDemo(fileURLToPath(root), site.url);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"],
});

try {
  await mkdir(folder, { recursive: true });
  await take("front-page", `${demo.url}/`, { ...WIDE, height: 580 });
  const thread = `${demo.url}/posts/a-year-of-swifts`;
  for (const colorScheme of ["light", "dark"]) {
    await take(`thread-${colorScheme}`, thread, WIDE, { colorScheme, from: "[id^=comments]" });
    await take(`thread-narrow-${colorScheme}`, thread, NARROW, { colorScheme, from: "[id^=comments]" });
  }
  site.show(magazine(demo.url));
  await take("elsewhere", site.url, WIDE);
  for (const [name, css] of await examples()) {
    site.show(themed(demo.url, css));
    await take(`theming-${name}`, site.url, { ...WIDE, height: 620 });
  }
} finally {
  await browser.close();
  site.stop();
  await demo.stop();
}

/** What can be seen of a page, from the top of `from` on. */
async function take(name, url, viewport, { colorScheme = "light", from = "body" } = {}) {
  const context = await browser.newContext({
    viewport,
    colorScheme,
    deviceScaleFactor: 1.5,
    reducedMotion: "reduce",
    timezoneId: "UTC",
    locale: "en-GB",
  });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator(".comment, article").first().waitFor();
  await page.waitForFunction(() => {
    const element = document.querySelector("antiphon-comments");
    return element === null || element.shadowRoot?.querySelector(".comment");
  });
  // In one go: the element replaces its heading when it has read the thread anew.
  await page.evaluate((selector) => {
    const shadow = document.querySelector("antiphon-comments")?.shadowRoot;
    const place = shadow?.querySelector(selector) ?? document.querySelector(selector);
    scrollTo(0, place.getBoundingClientRect().top + scrollY - 24);
  }, from);
  // Not for the network to be idle: a thread that is watched never is.
  await page.waitForFunction(() => {
    const shadow = document.querySelector("antiphon-comments")?.shadowRoot;
    const pictures = [...document.images, ...(shadow?.querySelectorAll("img") ?? [])];
    const seen = pictures.filter(
      (one) => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight,
    );
    return seen.every((one) => one.complete);
  });
  const png = await page.screenshot();
  await context.close();
  const picture = await sharp(png).webp({ quality: 80, effort: 6, smartSubsample: true }).toBuffer();
  await writeFile(new URL(`${name}.webp`, folder), picture);
  console.log(`public/pictures/${name}.webp: ${Math.round(picture.length / 1024)} KB`);
}

/** The examples of docs/theming.md: the name of each one's picture, and its style sheet. */
async function examples() {
  const text = await readFile(new URL("docs/theming.md", root), "utf8");
  return [...text.matchAll(/\/theming-([a-z]+)\.webp\)\n\n```css\n([^`]+)```/g)].map(([, name, css]) => [
    name,
    css,
  ]);
}
