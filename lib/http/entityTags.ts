/**
 * Whether a field of entity tags, such as `If-None-Match`, names `tag` (RFC 9110 §8.8.3.2); `*` names every one. The
 * weak comparison is that of reads, the strong one that of `If-Match`.
 */
export function namesTag(
  field: string | undefined,
  tag: string,
  comparison: "strong" | "weak" = "weak",
): boolean {
  if (field === undefined) return false;
  if (field === tag || field.trim() === "*") return true;
  const tags = field.match(/(?:W\/)?"[^"]*"/g) ?? [];
  return tags.some((one) => one === tag || (comparison === "weak" && toOpaque(one) === toOpaque(tag)));
}

function toOpaque(tag: string): string {
  return tag.startsWith("W/") ? tag.slice(2) : tag;
}
