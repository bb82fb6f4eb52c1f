import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { loadEnvConfig } from "@next/env";
import { StartError } from "@/db/errors";

/*
 * `npm run mail`: whether mail is set up. It runs as dist/mail.js, and needs neither the server nor the database.
 */

const USAGE = `Usage: npm run mail -- ADDRESS

Sends a test message to ADDRESS through the mail server of SMTP_URL, at once, and says what came of it.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { help: { type: "boolean", short: "h" } },
    allowPositionals: true,
  });
  const [to] = positionals;
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (to === undefined || positionals.length > 1) {
    console.error(USAGE);
    return 2;
  }
  Object.assign(process.env, { NODE_ENV: "production" });
  loadEnvConfig(resolve(__dirname, ".."));
  // Only now, because the settings are read as these load.
  const { sendTest } = await import("@/lib/mail/sendTest");
  console.log(await sendTest(to));
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const known = error instanceof StartError || (error instanceof TypeError && "code" in error);
    console.error(known ? error.message : error);
    process.exitCode = 1;
  },
);
