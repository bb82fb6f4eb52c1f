/**
 * The lower bound of the Wilson interval (95 %) of the share of up-votes: what `sort=top` orders by.
 * 0 without votes. https://www.evanmiller.org/how-not-to-sort-by-average-rating.html
 */
export function score(up: number, down: number): number {
  const n = up + down;
  if (n === 0) return 0;
  const z2 = 1.96 ** 2;
  const p = up / n;
  const margin = 1.96 * Math.sqrt((p * (1 - p) + z2 / (4 * n)) / n);
  return (p + z2 / (2 * n) - margin) / (1 + z2 / n);
}
