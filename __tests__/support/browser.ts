import { afterAll, afterEach } from "@jest/globals";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const options =
  "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

let browser: Browser | undefined;
const opened = new Set<() => Promise<void>>();

afterEach(async () => {
  await Promise.all([...opened].map((close) => close()));
  opened.clear();
});

afterAll(async () => {
  await browser?.close();
});

/** A tab, and what a page must not do: errors on its console (a breach of its policy is one), requests to other hosts. */
export interface Tab {
  page: Page;
  errors: string[];
  strangers: string[];
}

/** Opens a tab of its own session in Chromium (CHROMIUM, or /usr/bin/chromium). It is closed after the test. */
export async function openTab(url: string, settings: BrowserContextOptions = {}): Promise<Tab> {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // Names that end so stand for sites of their own; they are this machine.
    args: [...options.split(" "), "--host-resolver-rules=MAP *.example 127.0.0.1"],
  });
  const context = await browser.newContext({ baseURL: url, ...settings });
  opened.add(() => context.close());
  const page = await context.newPage();
  const tab: Tab = { page, errors: [], strangers: [] };
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") tab.errors.push(message.text());
  });
  page.on("pageerror", (error) => tab.errors.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith(`${url}/`)) tab.strangers.push(request.url());
  });
  return tab;
}
