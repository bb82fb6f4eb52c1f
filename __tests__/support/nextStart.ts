import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { join } from "node:path";
import { until } from "@/__tests__/support/until";

const root = join(__dirname, "..", "..");

/** Plain `next start` as its own process, on a port that nobody else has. */
export interface NextStart {
  /** Without a slash at the end. */
  url: string;
  /** What it has printed so far. */
  logs(): string;
  stop(): Promise<void>;
}

/** Starts the build without our own server before it; `env` is all it is given beside what any program needs. */
export async function startNext(env: Record<string, string>): Promise<NextStart> {
  const port = await freePort();
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const child = spawn(process.execPath, [next, "start", "-H", "127.0.0.1", "-p", String(port)], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      __NEXT_PROCESSED_ENV: "true",
      ...env,
    },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  await until(() => output.includes("Ready in"));
  return {
    url: `http://127.0.0.1:${port}`,
    logs: () => output,
    stop: async () => {
      child.kill();
      await once(child, "exit");
    },
  };
}

/** A port that was free a moment ago: `next start` does not say which one it was given for 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
