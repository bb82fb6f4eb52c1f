/** A query with a `?` before it, or ""; absent members are left out, a list comes once for each of its values. */
export function toQuery(query: object): string {
  const pairs = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .flatMap(([name, value]) => [value].flat().map((one) => [name, String(one)]));
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`;
}

/** An address of the API: its parts between slashes, each escaped. */
export function at(...parts: (number | string)[]): string {
  return ["/api", ...parts.map(encodeURIComponent)].join("/");
}
