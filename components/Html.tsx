/** HTML that the server has rendered and sanitised (lib/markdown.ts), or that comes from docs/. Nothing else, ever. */
export function Html({ html, className }: { html: string; className: string }) {
  // A wide table scrolls by itself, with the keyboard, too. What an author wrote has no such tag: its < is escaped.
  const reachable = html.replaceAll("<table>", '<table tabindex="0">');
  return <div className={className} dir="auto" dangerouslySetInnerHTML={{ __html: reachable }} />;
}
