import { fetchFile } from "@/embed/files";
import { languageOf, serverOf, targetOf, watchPage } from "@/embed/page";
import { createSender } from "@/lib/client/call";
import { readersCalls } from "@/lib/client/readers";
import { createTranslator } from "@/lib/translator";
import type { AntiphonCountElement } from "@/public/embed";

/** How many posts one call asks for. The server takes twice as many, but what stands before it bounds addresses. */
const PART = 50;

const LANGUAGES = /^(ar|de|en|es|fa|fr|he|it|ja|ko|nl|pl|pt|ru|sv|tr|uk|zh)\b/;

/**
 * `<antiphon-count post="…">`: how many comments a post has, in the page's language; the bare number is its attribute
 * `data-count`. `post`: an id, a slug or an address, which may be relative; without it, the page that is shown.
 * `server`: where the comments are, if not where this script came from. What it holds stays until the count is known, and
 * where it can't be had.
 */
export class AntiphonCount extends HTMLElement implements AntiphonCountElement {
  static observedAttributes = ["post", "url", "server"];

  connectedCallback(): void {
    ask(this);
  }

  attributeChangedCallback(): void {
    if (this.isConnected) ask(this);
  }
}

const waiting = new Set<AntiphonCount>();

watchPage(() => {
  for (const element of document.querySelectorAll<AntiphonCount>("antiphon-count:not([post], [url])"))
    ask(element);
});

/** Those that come in one turn, and all that a page is loaded with, are asked for together. */
function ask(element: AntiphonCount): void {
  waiting.add(element);
  if (waiting.size > 1) return;
  if (document.readyState === "loading")
    document.addEventListener("DOMContentLoaded", askAll, { once: true });
  else setTimeout(askAll);
}

function askAll(): void {
  const servers = new Map<string, Map<AntiphonCount, string>>();
  for (const element of waiting) {
    try {
      const server = serverOf(element);
      servers.set(server, (servers.get(server) ?? new Map()).set(element, targetOf(element)));
    } catch {
      // An address that is none.
    }
  }
  waiting.clear();
  for (const [server, posts] of servers) {
    const names = [...new Set(posts.values())];
    for (let n = 0; n < names.length; n += PART)
      fetchCounts(server, names.slice(n, n + PART), posts).catch(() => undefined);
  }
}

async function fetchCounts(
  server: string,
  names: string[],
  posts: Map<AntiphonCount, string>,
): Promise<void> {
  const counts = await readersCalls(createSender({ base: server })).counts(names);
  for (const [element, post] of posts) {
    const count = counts[post];
    // Meanwhile it may stand for another post.
    if (count === undefined || targetOf(element) !== post || serverOf(element) !== server) continue;
    element.dataset.count = String(count);
    element.textContent = await say(server, languageOf(element), count);
  }
}

async function say(server: string, asked: string, count: number): Promise<string> {
  const [language = "en"] = LANGUAGES.exec(asked.toLowerCase()) ?? [];
  const texts = await fetchFile(`${server}/languages/${language}.json`);
  return createTranslator(language, JSON.parse(texts))("comments", { count });
}
