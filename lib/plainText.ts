/** Elements that stand within a line: their edges separate no words. */
const INLINE = /^<\/?(?:a|code|em|strong|s)[\s>]/;
const ENTITIES = new Map([
  ["&amp;", "&"],
  ["&lt;", "<"],
  ["&gt;", ">"],
  ["&quot;", '"'],
]);

/** What a reader sees of HTML that came from the sanitiser (or of its beginning), in one line. */
export function toPlainText(html: string): string {
  return html
    .replace(/<[^>]*>?/g, (tag) => (INLINE.test(tag) ? "" : " "))
    .replace(/&\w+;/g, (entity) => ENTITIES.get(entity) ?? entity)
    .replace(/\s+/gu, " ")
    .trim();
}
