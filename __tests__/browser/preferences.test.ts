import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Locator } from "playwright-core";
import { until } from "@/__tests__/support/until";
import { openView, VIEWS, type View } from "@/__tests__/support/views";
import { type Site, startSite } from "@/__tests__/support/wholeSite";

let site: Site;

beforeAll(async () => {
  site = await startSite();
}, 180_000);

function viewOf(name: string): View {
  const found = VIEWS.find((view) => view.name === name);
  if (!found) throw new Error(`There is no view ${name}`);
  return found;
}

/** One of each kind of page. */
const KINDS = VIEWS.filter(({ file }, index) => VIEWS.findIndex((view) => view.file === file) === index);

it.each([...KINDS, viewOf("a post, taken over: as it comes")])(
  "$name: nothing moves for whoever wants less motion",
  async (view) => {
    const { page } = await openView(site, view, { reducedMotion: "reduce" });
    const moving = await page.evaluate(() => {
      const found: string[] = [];
      const look = (root: Document | ShadowRoot) => {
        for (const element of root.querySelectorAll("*")) {
          if (element.shadowRoot) look(element.shadowRoot);
          const { transitionDuration, animationName, scrollBehavior } = getComputedStyle(element);
          if (/[1-9]/.test(transitionDuration) || animationName !== "none" || scrollBehavior !== "auto")
            found.push(element.outerHTML.slice(0, 80));
        }
      };
      look(document);
      return found;
    });
    expect(moving).toEqual([]);
  },
);

describe("in colours that the reader's system forces", () => {
  const settings = { forcedColors: "active" } as const;

  /** Whether it looks different before and behind that. */
  async function changes(place: Locator, act: () => Promise<unknown>): Promise<boolean> {
    const before = await place.screenshot({ animations: "disabled", caret: "hide" });
    await act();
    const behind = await place.screenshot({ animations: "disabled", caret: "hide" });
    return !before.equals(behind);
  }

  it.each(KINDS)("$name: every button has a border", async (view) => {
    const { page } = await openView(site, view, settings);
    const bare = await page.evaluate(() => {
      const found: string[] = [];
      const look = (root: Document | ShadowRoot) => {
        for (const element of root.querySelectorAll("*")) {
          if (element.shadowRoot) look(element.shadowRoot);
          if (!element.matches("button, summary, input:not([type=hidden]), select, textarea")) continue;
          const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } =
            getComputedStyle(element);
          const native = element.matches("[type=checkbox], [type=radio]");
          const seen =
            borderTopStyle !== "none" && borderTopWidth !== "0px" && borderTopColor !== backgroundColor;
          if (!seen && !native) found.push(element.outerHTML.slice(0, 80));
        }
      };
      look(document);
      return found;
    });
    expect(bare).toEqual([]);
  });

  it("a vote that was given, the order, the focus and a comment that is shown can be told from others", async () => {
    const { page } = await openView(site, viewOf("a post, taken over: as it comes"), settings);
    const up = page.locator(".votes .up").nth(1);
    // As the element marks it, which it does anew when the thread is read again.
    const press = () =>
      up.evaluate((one) => one.setAttribute("aria-pressed", String(one.ariaPressed !== "true")));
    await until(() => changes(up, press));
    const [newest, oldest] = [page.locator('a[data-sort="newest"]'), page.locator('a[data-sort="oldest"]')];
    const lines = await Promise.all(
      [newest, oldest].map((link) => link.evaluate((one) => getComputedStyle(one).textDecorationLine)),
    );
    expect(lines).toEqual(["none", "underline"]);
    const send = page.locator(".respond .buttons");
    expect(await changes(send, () => page.getByRole("button", { name: "Preview" }).focus())).toBe(true);
    const first = page.locator(".antiphon > .comments > li").nth(1);
    const marked = await first.locator(".comment").first().getAttribute("id");
    expect(
      await changes(first, async () => {
        await page.evaluate((id) => {
          location.hash = `#${id}`;
        }, marked);
        await page.locator(".comment.marked").waitFor();
      }),
    ).toBe(true);
  });
});
