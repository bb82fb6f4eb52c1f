import axe from "axe-core";
import type { Page } from "playwright-core";

/** WCAG 2.2, levels A and AA, with what it has from 2.0 and 2.1; and what axe holds to be good practice. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** It can't judge the contrast of single letters, nor of what has been scrolled away or is broken over lines. */
const WITHOUT_COLOURS = /^color-contrast: .*(too short to determine|overlaps other|obscured by another)/s;

/**
 * What axe finds in a tab as it is now, open shadow trees among it: the rule, where, and what is wrong. Contrasts that it
 * can't judge count, too. It comes through the debugger, so the page's own policy holds as it is.
 */
export async function findBarriers(page: Page): Promise<string[]> {
  await settle(page);
  if (!(await page.evaluate("typeof axe === 'object'"))) await page.evaluate(axe.source);
  const { violations, incomplete } = await page.evaluate<axe.AxeResults, string[]>(
    (tags) =>
      Reflect.get(globalThis, "axe").run(document, {
        runOnly: tags,
        resultTypes: ["violations", "incomplete"],
      }),
    TAGS,
  );
  const unclear = incomplete.filter(({ id }) => id === "color-contrast");
  return [...violations, ...unclear]
    .flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.flat().join(" >> ")}: ${failureSummary}`),
    )
    .filter((found) => !WITHOUT_COLOURS.test(found));
}

/** Waits for all that moves to stand still: colours between two others say nothing. */
async function settle(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined)));
  });
}
