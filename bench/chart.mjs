/**
 * What the picture shows of a whole run: blocks of bars, each bar a ratio (`value`) with a `label` and what it comes
 * to (`figure`). What was not measured is left out.
 */
export function chart(groups) {
  const rows = groups.flatMap((group) => group.rows);
  const bars = groups.flatMap((group) => group.bars).filter(({ value }) => value !== null);
  const row = (name) => rows.find((one) => one.name === name);
  const block = (title, scale, wanted, figure) => ({
    title,
    scale,
    bars: bars
      .filter(({ what }) => what in wanted)
      .map((bar) => ({ label: wanted[bar.what], value: bar.value, figure: figure(bar) })),
  });
  const each = ({ of }) => `${Math.round(row(of).rate).toLocaleString("en")}/s`;
  return [
    block(
      "Requests each second, beside node:http that sends the same bytes ready",
      "node:http",
      {
        "hot thread of 50, identity": "a hot thread of 50 comments",
        "hot thread of 50, gzip": "the same, gzip",
        "304 on it": "the same, not modified (304)",
      },
      each,
    ),
    block(
      "Requests each second that no cache answers, beside a bare Next.js hello route",
      "bare route",
      {
        "cold thread of 50": "a thread of 50 comments",
        "durable POST with everything on": "a comment posted, on the disk",
      },
      each,
    ),
    block(
      "Time of a page of 50 among 1,000,000 comments (less is better)",
      "the same as among 1,000",
      {
        "GET a hot thread, 1,000 → 1,000,000 comments in the file": "a hot thread",
        "GET random threads, 1,000 → 1,000,000 comments in the file": "random threads",
        "page 1,000 of a thread of 100,000": "page 1,000, beside page 1",
      },
      ({ value }) => `${value.toFixed(2)} ×`,
    ),
  ].filter((one) => one.bars.length > 0);
}
