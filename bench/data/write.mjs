import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

/** Writes rows as JSON lines, in pieces. Returns the file. */
export function write(folder, name, rows) {
  const file = join(folder, name);
  const to = openSync(file, "w");
  let lines = [];
  const flush = () => {
    if (lines.length > 0) writeSync(to, `${lines.join("\n")}\n`);
    lines = [];
  };
  for (const row of rows) if (lines.push(JSON.stringify(row)) === 5000) flush();
  flush();
  closeSync(to);
  return file;
}
