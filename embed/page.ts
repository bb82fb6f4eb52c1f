/** The address of the page that is shown, as it calls itself (RFC 6596); without a fragment. */
export function pageUrl(): string {
  const link = document.querySelector("link[rel=canonical]");
  const [url = ""] = (link instanceof HTMLLinkElement ? link.href : location.href).split("#", 1);
  return url;
}

/** Calls `changed` when the page is another one without having been loaded anew. */
export function watchPage(changed: () => void, signal: AbortSignal): void {
  let before = pageUrl();
  const look = () => {
    const now = pageUrl();
    if (now !== before) changed();
    before = now;
  };
  // Routers change the address, then title and canonical link; no event tells of all of it everywhere.
  const observer = new MutationObserver(look);
  observer.observe(document.head, { subtree: true, childList: true, characterData: true, attributes: true });
  signal.addEventListener("abort", () => observer.disconnect());
  addEventListener("popstate", look, { signal });
}
