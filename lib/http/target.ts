/** A path that is what it says, and a query that ends with the target. */
const PLAIN = /^(\/(?!\/)[\w/-]*)(\?[^#\u0080-\uffff]*)?$/;
const BASE = "http://localhost";

/**
 * The path and the query of a request target, as URLs are read (WHATWG): without `..`, `.` and fragment. Most targets
 * are plain, and to read a URL takes several times as long as to split one of those. What is no URL has no query.
 */
export function readTarget(target: string): { path: string; params: URLSearchParams } {
  const [, path, search] = PLAIN.exec(target) ?? [];
  if (path !== undefined) return { path, params: new URLSearchParams(search) };
  if (!URL.canParse(target, BASE)) return { path: target, params: new URLSearchParams() };
  const { pathname, searchParams } = new URL(target, BASE);
  return { path: pathname, params: searchParams };
}

/** A value for each name, or all of those of a name that comes several times. */
export function toQuery(params: URLSearchParams): Record<string, string | string[]> {
  const query = new Map<string, string | string[]>();
  for (const [name, value] of params) {
    const before = query.get(name);
    // There may be thousands of one name.
    if (Array.isArray(before)) before.push(value);
    else query.set(name, before === undefined ? value : [before, value]);
  }
  // Names are members of their own, whatever they are called.
  return Object.fromEntries(query);
}
