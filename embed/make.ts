/** An element with these properties, and with this in it. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K,
  properties: Partial<HTMLElementTagNameMap[K]> = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...inside);
  return element;
}

/** A button that does something beside the form's own. */
export function makeButton(label: string, act: () => void): HTMLButtonElement {
  return make("button", { type: "button", className: "plain", onclick: act }, label);
}

/** A link that does what clicks on such links do (`attachActs`). */
export function makeLink(label: string, act: string): HTMLAnchorElement {
  const link = make("a", { href: "#respond" }, label);
  link.dataset.act = act;
  return link;
}
