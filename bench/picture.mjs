const WIDTH = 760;
const LABELS = 236;
const RIGHT = 136;
const TRACK = WIDTH - LABELS - RIGHT;
const LINE = 30;

/** The chart as an SVG that needs nothing else, for light and dark. */
export function picture(blocks, caption) {
  let y = 8;
  const parts = blocks.map((block) => {
    const drawn = draw(block, y);
    y += heightOf(block);
    return drawn;
  });
  const height = y + 24;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>What a request costs</title>
<style>
  text { font: 14px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .quiet { font-size: 12px; fill: #59636e; }
  .end { text-anchor: end; }
  .track { fill: #e6eaef; }
  .bar { fill: #0a66c2; }
  .mark { stroke: #1f2328; stroke-dasharray: 3 3; }
  @media (prefers-color-scheme: dark) {
    text { fill: #f0f6fc; }
    .quiet { fill: #9198a1; }
    .track { fill: #2a313c; }
    .bar { fill: #4c9df3; }
    .mark { stroke: #f0f6fc; }
  }
</style>
${parts.join("\n")}
<text class="quiet" x="0" y="${y + 8}">${toXml(caption)}</text>
</svg>
`;
}

const heightOf = ({ bars }) => 28 + bars.length * LINE + 26;

/** A title, the bars, and a dashed line through them where the ratio is 1. */
function draw({ title, scale, bars }, top) {
  const most = Math.max(1, ...bars.map(({ value }) => value));
  const wide = (ratio) => Math.round((ratio / most) * TRACK);
  const first = top + 28;
  const one = LABELS + wide(1);
  const end = first + bars.length * LINE;
  const lines = bars.map(({ label, value, figure }, n) => {
    const y = first + n * LINE;
    const percent = `${Math.round(value * 100)} %`;
    return `<text x="0" y="${y + 18}">${toXml(label)}</text>
<rect class="track" x="${LABELS}" y="${y + 4}" width="${wide(1)}" height="20" rx="3"/>
<rect class="bar" x="${LABELS}" y="${y + 4}" width="${wide(value)}" height="20" rx="3"/>
<text x="${LABELS + TRACK + 12}" y="${y + 18}">${figure.endsWith("×") ? "" : `${percent} · `}${toXml(figure)}</text>`;
  });
  return `<text class="title" x="0" y="${top + 16}">${toXml(title)}</text>
${lines.join("\n")}
<line class="mark" x1="${one}" x2="${one}" y1="${first}" y2="${end}"/>
<text class="quiet ${one > LABELS + 60 ? "end" : ""}" x="${one}" y="${end + 12}">${toXml(scale)}</text>`;
}

const toXml = (text) => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
