import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/*
 * Which of the documented answers the tests have met: each process that runs tests writes down what it met, in one folder
 * for the whole run, and when the run is over nothing that is documented may be missing.
 */

/** What the processes of a run inherit: the path of its folder. */
const FOLDER = "ANTIPHON_PRODUCED";
const DOCUMENTED = "documented";

const met = new Set<string>();

/** An answer of an operation, such as `post /api/comments 201`. */
export function nameAnswer(method: string, path: string, status: number | string): string {
  return `${method.toLowerCase()} ${path} ${status}`;
}

/** Writes down that an answer was met. Outside of a run of Jest nothing is. */
export function noteProduced(answer: string): void {
  const folder = process.env[FOLDER];
  if (folder === undefined || met.has(answer)) return;
  met.add(answer);
  appendFileSync(join(folder, String(process.pid)), `${answer}\n`);
}

/** Writes down what there is to be met. */
export function noteDocumented(answers: string[]): void {
  const folder = process.env[FOLDER];
  if (folder !== undefined && !existsSync(join(folder, DOCUMENTED)))
    writeFileSync(join(folder, DOCUMENTED), answers.join("\n"));
}

/** Before a run. */
export function beginProduced(): void {
  process.env[FOLDER] = mkdtempSync(join(tmpdir(), "antiphon-produced-"));
}

/** After it: what is documented and was not met. */
export function endProduced(): string[] {
  const folder = process.env[FOLDER];
  if (folder === undefined) return [];
  const read = (name: string) => readFileSync(join(folder, name), "utf8").split("\n").filter(Boolean);
  const names = readdirSync(folder);
  const documented = names.includes(DOCUMENTED) ? read(DOCUMENTED) : [];
  const produced = new Set(names.filter((name) => name !== DOCUMENTED).flatMap(read));
  rmSync(folder, { recursive: true });
  return documented.filter((answer) => !produced.has(answer)).sort();
}
