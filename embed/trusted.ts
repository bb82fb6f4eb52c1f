interface Policy {
  createHTML(html: string): string;
}

declare global {
  interface Window {
    trustedTypes?: { createPolicy(name: string, rules: Policy): Policy };
  }
}

let policy: Policy | undefined;

/**
 * The elements of HTML that the server has rendered and sanitised, and nothing else, ever. A page that requires Trusted
 * Types allows the policy `antiphon`.
 */
export function toElements(html: string): DocumentFragment {
  const rules = { createHTML: (same: string) => same };
  policy ??= window.trustedTypes?.createPolicy("antiphon", rules) ?? rules;
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}
