import type { Page } from "playwright-core";

/** What has the focus, inside shadows, too: its id or name, and its text. */
export function focused(page: Page): Promise<{ name: string; text: string }> {
  return page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return { name: active?.getAttribute("name") ?? active?.id ?? "", text: active?.textContent ?? "" };
  });
}
