import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chart } from "./chart.mjs";
import { picture } from "./picture.mjs";
import { report } from "./report.mjs";
import { root } from "./servers.mjs";

const [BEGIN, END] = ["<!-- npm run bench writes this -->", "<!-- to here -->"];

/** Writes what a whole run found: bench/results.md, bench/results.svg, and the README's picture with its figures in words. */
export function publish(result) {
  const blocks = chart(result.groups);
  write("bench/results.md", () => `${report(result)}\n`);
  write("bench/results.svg", () => picture(blocks, caption(result.about)));
  write("README.md", (text) => {
    const [before, rest] = [text.split(BEGIN)[0], text.split(END)[1]];
    if (rest === undefined) throw new Error(`README.md has no place for the bench: ${BEGIN} … ${END}`);
    return `${before}${BEGIN}\n\n![${inWords(blocks)}](bench/results.svg)\n\n${END}${rest}`;
  });
}

function caption({ machine, pinned, node, date }) {
  return `${machine}${pinned ? ", the server on one of them" : ""}, Node ${node}, ${date}`;
}

function inWords(blocks) {
  const sentences = blocks.map(
    ({ title, bars }) => `${title}: ${bars.map((bar) => `${bar.label} ${words(bar)}`).join("; ")}.`,
  );
  return `Bar chart. ${sentences.join(" ")}`;
}

const words = ({ value, figure }) =>
  figure.endsWith("×") ? `${value.toFixed(2)} times` : `${figure}, ${Math.round(value * 100)} %`;

function write(name, toText) {
  const file = join(root, name);
  writeFileSync(file, toText(name === "README.md" ? readFileSync(file, "utf8") : ""));
}
