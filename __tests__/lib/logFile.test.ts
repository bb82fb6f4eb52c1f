import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { until } from "@/__tests__/support/until";
import { LogFile } from "@/lib/logFile";

const folder = mkdtempSync(join(tmpdir(), "antiphon-log-"));
const opened: number[] = [];

afterAll(() => {
  for (const fd of opened) closeSync(fd);
  rmSync(folder, { recursive: true });
});

/** A log in a file of its own, in pieces of so many bytes, and what stands in it now. */
function open(piece: number) {
  const path = join(folder, String(opened.length));
  const fd = openSync(path, "w");
  opened.push(fd);
  return { log: new LogFile(fd, piece), read: () => readFileSync(path, "utf8") };
}

/** Of every length around that of a piece, of one byte for each character and of up to three. */
const lines = Array.from(
  { length: 600 },
  (_, n) => `${n} ${["x", "é", "語"][n % 3]?.repeat((n * 37) % 300)}\n`,
);

test.each([64, 500, 4096])("in pieces of %d bytes every line comes, whole and in order", async (piece) => {
  const { log, read } = open(piece);
  for (const line of lines) log.write(line);
  await until(() => read().length >= lines.join("").length);
  expect(read()).toBe(lines.join(""));
});

test("what is gathered is written after a moment by itself", async () => {
  const { log, read } = open(4096);
  log.write("one\n");
  expect(read()).toBe("");
  await until(() => read() === "one\n");
  log.write("two\n");
  await until(() => read() === "one\ntwo\n");
});

test("of more than is kept for a reader who does not keep up whole lines are lost", () => {
  const { log, read } = open(4096);
  const line = `${"x".repeat(999)}\n`;
  for (let n = 0; n < 5000; n++) log.write(line);
  log.flushSync();
  const kept = read();
  expect(kept).toBe(line.repeat(kept.length / line.length));
  expect(kept.length).toBeLessThan(2 ** 20 + 4096);
});
