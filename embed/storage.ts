/** The texts that the browser keeps under a name for this site, by their own names; none where it keeps nothing. */
export function recall(name: string): Record<string, string> {
  try {
    const all: object = JSON.parse(localStorage.getItem(`antiphon:${name}`) ?? "{}");
    return Object.fromEntries(Object.entries(all).map(([key, text]) => [key, String(text)]));
  } catch {
    return {};
  }
}

/** Keeps them; null forgets them. A browser that keeps nothing, or has no room, loses nothing but that. */
export function keep(name: string, texts: Record<string, string> | null): void {
  try {
    if (texts) localStorage.setItem(`antiphon:${name}`, JSON.stringify(texts));
    else localStorage.removeItem(`antiphon:${name}`);
  } catch {
    // Private windows and full stores.
  }
}
