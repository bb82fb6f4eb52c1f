import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { beginProduced } from "./produced";

/** Jest's global set-up: the tests meet the production server, so its build has to be that of these sources. */
export default function setUp(): void {
  beginProduced();
  const script = join(__dirname, "..", "..", "cli", "setup.mjs");
  execFileSync(process.execPath, [script, "build"], { stdio: ["ignore", "inherit", "inherit"] });
}
