import { fetchFile } from "@/embed/files";

/**
 * Gives a thread the style sheet of its server. Not by a link: a page's policy for styles need not know the server. Where
 * it can't be had, the thread is shown without.
 */
export async function adoptStyles(root: ShadowRoot, server: string): Promise<void> {
  const text = await fetchFile(`${server}/embed.css`).catch(() => "");
  root.adoptedStyleSheets = [await new CSSStyleSheet().replace(text)];
}
