/**
 * `npm run dev`: installs what is stale, then becomes Next's development server on HOST (127.0.0.1) and PORT (3000), and
 * builds the element whenever it changes. One process, as in start.mjs.
 */
import { fileURLToPath } from "node:url";
import { watchElement } from "./element.mjs";
import { setUp } from "./setup.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

setUp("install").then(async () => {
  const { default: env } = await import("@next/env");
  env.loadEnvConfig(root, true);
  await watchElement();
  const { HOST = "127.0.0.1", PORT = "3000" } = process.env;
  process.argv.splice(2, Number.POSITIVE_INFINITY, "dev", root, "--webpack", "-H", HOST, "-p", PORT);
  await import(new URL("../node_modules/next/dist/bin/next", import.meta.url).href);
});
