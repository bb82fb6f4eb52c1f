import { HOME } from "@/embed/server";

/** The address of the page that is shown, as it calls itself (RFC 6596); without a fragment. */
function pageUrl(): string {
  const link = document.querySelector<HTMLLinkElement>("link[rel=canonical]");
  return (link?.href || location.href).replace(/#.*/s, "");
}

/** What the server knows the post of an element by: an id, a slug, or a whole address. Throws where an address is none. */
export function targetOf(element: Element): string {
  const post = element.getAttribute("post");
  if (post && !post.includes("/")) return post;
  return new URL(post || element.getAttribute("url") || pageUrl(), document.baseURI).href;
}

/** The origin of an element's server. Throws where it is none. */
export function serverOf(element: Element): string {
  return new URL(element.getAttribute("server") ?? HOME, document.baseURI).origin;
}

/** The language that is spoken around an element, or else by the browser. */
export function languageOf(element: Element): string {
  return element.closest<HTMLElement>("[lang]")?.lang || navigator.language;
}

/**
 * Calls `changed` when the page is another one without having been loaded anew. It looks: routers change the address,
 * then title and canonical link, some the whole head, and no event tells of all of it everywhere.
 */
export function watchPage(changed: () => void, signal?: AbortSignal): void {
  let before = pageUrl();
  const watching = setInterval(() => {
    const now = pageUrl();
    if (now === before) return;
    before = now;
    changed();
  }, 250);
  signal?.addEventListener("abort", () => clearInterval(watching));
}
