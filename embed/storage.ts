/** What the browser keeps under a name for this site, as it was put; null where there is nothing, or it keeps nothing. */
function recall(name: string): unknown {
  try {
    return JSON.parse(localStorage.getItem(`antiphon:${name}`) ?? "null");
  } catch {
    return null;
  }
}

/** Keeps it; null forgets it. A browser that keeps nothing, or has no room, loses nothing but that. */
export function keep(name: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(`antiphon:${name}`);
    else localStorage.setItem(`antiphon:${name}`, JSON.stringify(value));
  } catch {
    // Private windows and full stores.
  }
}

/** The members of what `recall` gives that are of the wanted form. */
export function recallMap<T>(name: string, read: (value: unknown) => T | null): Map<string, T> {
  const all = recall(name);
  const map = new Map<string, T>();
  for (const [key, value] of Object.entries(typeof all === "object" && all !== null ? all : {})) {
    const one = read(value);
    if (one !== null) map.set(key, one);
  }
  return map;
}

/** The texts that were kept under a name, by theirs. */
export function recallFields(name: string): Record<string, string> {
  return Object.fromEntries(recallMap(name, (value) => (typeof value === "string" ? value : null)));
}
