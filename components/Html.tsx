/** HTML that the server has rendered and sanitised (lib/markdown.ts), or that comes from docs/. Nothing else, ever. */
export function Html({ html, className }: { html: string; className: string }) {
  return <div className={className} dir="auto" dangerouslySetInnerHTML={{ __html: html }} />;
}
