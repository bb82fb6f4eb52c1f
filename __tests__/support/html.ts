import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";

/** An element as a browser would make it of a page's source. */
export interface Element {
  name: string;
  attributes: Record<string, string>;
  parent: Element | null;
}

/** All elements that a browser makes of `html`, in their order. */
export function elements(html: string): Element[] {
  const found: Element[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node, parent: Element | null): void => {
    let here = parent;
    if ("attrs" in node) {
      const attributes = Object.fromEntries(node.attrs.map(({ name, value }) => [name, value]));
      here = { name: node.nodeName, attributes, parent };
      found.push(here);
    }
    const children =
      "content" in node ? node.content.childNodes : "childNodes" in node ? node.childNodes : [];
    for (const child of children) walk(child, here);
  };
  walk(parseFragment(html), null);
  return found;
}

/** The text that a reader sees. */
export function textOf(html: string): string {
  const walk = (node: DefaultTreeAdapterTypes.Node): string =>
    "value" in node ? node.value : "childNodes" in node ? node.childNodes.map(walk).join("") : "";
  return walk(parseFragment(html));
}
