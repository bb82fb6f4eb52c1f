const sheets = new Map<string, Promise<CSSStyleSheet>>();

/**
 * The style sheet of a server's threads, fetched once. Not a link: a page's policy for styles need not know the server.
 * Where it can't be had, the thread is shown without.
 */
export function fetchStyles(server: string): Promise<CSSStyleSheet> {
  const known = sheets.get(server) ?? load(`${server}/embed.css`);
  sheets.set(server, known);
  return known;
}

async function load(address: string): Promise<CSSStyleSheet> {
  const sheet = new CSSStyleSheet();
  const answer = await fetch(address).catch(() => null);
  if (answer?.ok) sheet.replaceSync(await answer.text());
  return sheet;
}
