import { endProduced } from "./produced";

/** As much of Jest's settings as tells whether all tests ran. */
interface Run {
  testPathPatterns: { patterns: string[] };
  testNamePattern?: string;
  shard?: object;
  onlyChanged: boolean;
  onlyFailures: boolean;
  findRelatedTests: boolean;
  runTestsByPath: boolean;
  watch: boolean;
  watchAll: boolean;
}

/** Jest's global tear-down: once all tests ran, every answer that the OpenAPI document names must have been met. */
export default function tearDown(run: Run): void {
  const missing = endProduced();
  if (!isWhole(run) || missing.length === 0) return;
  throw new Error(
    `No test has met these answers of the OpenAPI document; produce them, or take from the document what can't happen:\n${missing.join("\n")}`,
  );
}

function isWhole(run: Run): boolean {
  const parts = [run.testNamePattern, run.shard, run.onlyChanged, run.onlyFailures, run.findRelatedTests];
  const some = [...parts, run.runTestsByPath, run.watch, run.watchAll].some(Boolean);
  return !some && run.testPathPatterns.patterns.length === 0;
}
