import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "@jest/globals";

/** A describe block that runs where the environment variable CORPORA names the folder of the corpora, else is skipped out loud. */
export function describeCorpus(name: string, block: () => void): void {
  if (process.env.CORPORA) describe(name, block);
  else {
    // Jest keeps to itself what a file without a test that ran says on the console.
    process.stderr.write(`SKIPPED: ${name}: CORPORA does not name the folder of the corpora\n`);
    test.skip(`${name}: skipped, because CORPORA does not name the folder of the corpora`, () => undefined);
  }
}

/** A corpus as it is in its file; empty where the tests on it are skipped. */
export function readCorpus(name: string): string {
  return process.env.CORPORA ? readFileSync(join(process.env.CORPORA, name), "utf8") : "[]";
}
