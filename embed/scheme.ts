/**
 * Has the thread stand on a light or a dark ground as its page does, whatever makes the page so: dark is where its text
 * is light, whose colour the style sheet gives to the host, too. Colours that are no sRGB leave it to the page's `color-scheme`.
 */
export function followScheme(host: Element, section: HTMLElement): void {
  const [, ...parts] = /^rgba?\((\d+), (\d+), (\d+)/.exec(getComputedStyle(host).color) ?? [];
  const [red = 0, green = 0, blue = 0] = parts.map(Number);
  const scheme = 2 * red + 5 * green + blue > 1020 ? "dark" : "light";
  section.style.colorScheme = parts.length ? scheme : "";
}
