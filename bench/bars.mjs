const measures = {
  rate: ({ rate }) => rate,
  time: ({ rate }) => 1 / rate,
  cpu: ({ cpu }) => cpu,
  memory: ({ memory }) => memory,
  last: ({ last }) => last,
  startTime: ({ startTime }) => startTime,
};

/**
 * What became of a group's bars: each with its `value`, a ratio where there is something to compare with and else the
 * measure itself; with `cpuRatio`, its CPU time for each request in times of the other's; and whether it is `reached`.
 * What was not measured here is null.
 */
export function judge(bars, rows) {
  return bars.map((bar) => {
    const of = rows.find(({ name }) => name === bar.of);
    const than = rows.find(({ name }) => name === bar.than);
    const value = compare(of, bar.than === undefined ? null : than, measures[bar.by]);
    const reached = value === null ? null : value >= (bar.atLeast ?? 0) && value <= (bar.atMost ?? Infinity);
    return { ...bar, value, cpuRatio: compare(of, than, measures.cpu), reached };
  });
}

/** `than`: null where there is nothing to compare with. */
function compare(of, than, measure) {
  if (of === undefined || than === undefined) return null;
  const [value, base] = [measure(of) ?? null, than === null ? 1 : (measure(than) ?? null)];
  return value === null || base === null ? null : value / base;
}
