/**
 * The path on this server that `text` names, or null: it comes from whoever made a link, so it must not lead elsewhere,
 * nor back to the sign-in itself.
 */
export function readNext(text: string | undefined): string | null {
  if (text === undefined || text.length > 2000 || !/^\/(?![/\\])/.test(text)) return null;
  const here = "http://here.invalid";
  if (!URL.canParse(text, here)) return null;
  const { origin, pathname, search, hash } = new URL(text, here);
  // "/.//evil.example" is a path to a parser, and another host to the browser that is sent there.
  if (origin !== here || pathname.startsWith("//") || /^\/login\/?$/.test(pathname)) return null;
  return pathname + search + hash;
}
