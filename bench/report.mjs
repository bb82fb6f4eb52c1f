const columns = {
  rate: ["requests/s", (value) => count(value)],
  cpu: ["CPU µs each", (value) => count(value)],
  p99: ["p99 ms", (value) => value.toFixed(1)],
  memory: ["MB", (value) => count(value)],
  last: ["ms to the last", (value) => value.toFixed(1)],
  startTime: ["ms", (value) => count(value)],
};

/** What was measured, as Markdown. */
export function report({ about, groups }) {
  const bars = groups.flatMap((group) => group.bars);
  return [
    "# What a request costs",
    describe(about),
    "## Bars",
    "CPU: the time for each request, in times of that of what it is compared with; steadier than the rate on a busy machine.",
    table(
      ["what", "bar", "", "measured", "CPU"],
      bars.map((bar) => [bar.what, wanted(bar), verdict(bar), measured(bar), times(bar.cpuRatio)]),
      3,
    ),
    ...groups.flatMap((group) => [`## ${group.title}`, group.note, rowsOf(group)]).filter(Boolean),
  ].join("\n\n");
}

/** How and where, in a few sentences. */
function describe({ command, date, machine, node, load, pinned, rounds, seconds, connections }) {
  const cores = pinned
    ? "the server and the load are kept to a core each"
    : "neither the server nor the load is kept to a core";
  return `Made by \`${command}\` on ${date}. Medians of ${rounds} interleaved round${rounds === 1 ? "" : "s"} of ${seconds} s, ${connections} connections kept alive. ${machine}, Node ${node}. Load from ${load} in another process; ${cores}.`;
}

function rowsOf({ rows }) {
  if (rows.length === 0) return "Not measured here.";
  const shown = Object.entries(columns).filter(([key]) => rows.some((row) => key in row));
  return table(
    ["what", ...shown.map(([, [title]]) => title)],
    rows.map((row) => [
      row.name,
      ...shown.map(([key, [, format]]) => (row[key] == null ? "–" : format(row[key]))),
    ]),
  );
}

function wanted({ by, atLeast, atMost, than }) {
  const limit = atLeast === undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
  const subject = by === "time" ? "the time of " : "";
  return than === undefined ? `${limit} MB` : `${limit} × ${subject}${than}`;
}

function measured({ value, than }) {
  if (value === null) return "–";
  return than === undefined ? `${count(value)} MB` : times(value);
}

const verdict = ({ reached }) => (reached === null ? "not measured" : reached ? "reached" : "**missed**");
const times = (ratio) => (ratio === null ? "–" : `${ratio.toFixed(2)} ×`);
const count = (value) => Math.round(value).toLocaleString("en");

/** The first columns, so many as are `text`, are flush left. */
function table(head, rows, text = 1) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map((_, n) => (n < text ? "---" : "--:"))), ...rows.map(line)].join("\n");
}
