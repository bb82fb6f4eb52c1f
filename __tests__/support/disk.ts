import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";

const mounted: string[] = [];

afterAll(() => {
  for (const folder of mounted) {
    execFileSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true });
  }
});

/** A disk of its own with so many MiB, which is gone after the tests of a file; null where this user may not mount one. */
export function makeDisk(size: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), "antiphon-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}m`, "tmpfs", folder], { stdio: "ignore" });
  } catch {
    rmSync(folder, { recursive: true });
    return null;
  }
  mounted.push(folder);
  return folder;
}
