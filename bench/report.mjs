import { writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { root } from "./servers.mjs";

/** Writes bench/results.md and returns its text; the first row is what the others are compared with. */
export function report(rows, { rounds, seconds }) {
  const [base] = rows;
  const table = [
    "| what | requests/s | of the bare Next route | CPU µs each |",
    "|---|--:|--:|--:|",
    ...rows.map(
      ({ name, rate, cpu }) =>
        `| ${name} | ${Math.round(rate).toLocaleString("en")} | ${(rate / base.rate).toFixed(2)} | ${Math.round(cpu)} |`,
    ),
  ].join("\n");
  const about = `Medians of ${rounds} interleaved rounds of ${seconds} s, 10 connections. Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? "CPU"}; client and server share them.`;
  writeFileSync(
    join(root, "bench/results.md"),
    `# What a request costs\n\n${about} Made by \`npm run bench\`.\n\n${table}\n`,
  );
  return `\n${table}\n\n${about}`;
}
