import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";

/** The production server, as its own process, on a port and a database that nobody else has. */
export interface Server {
  /** Without a slash at the end. */
  url: string;
  databaseFile: string;
  adminToken: string;
  /** All that the process was given. */
  env: Record<string, string>;
  pid: number;
  /** What it has printed so far. */
  logs(): string;
  /** SIGTERM. Resolves with the exit code, null where a signal ended it; its database is gone then. */
  stop(): Promise<number | null>;
  /** SIGKILL. The database stays for `restart`. */
  kill(): Promise<void>;
  /** Stops it if it runs, and starts it again on the same database, with `env` on top. */
  restart(env?: Record<string, string>): Promise<Server>;
}

const projectRoot = join(__dirname, "..", "..");
const cleanUps = new Set<() => Promise<unknown>>();

afterAll(async () => {
  await Promise.all([...cleanUps].map((cleanUp) => cleanUp()));
});

/**
 * Starts one with `env` on top of what tests want; none of the developer's own settings reach it. `root` is the folder
 * of the project, or of another one like it.
 */
export async function startServer(env: Record<string, string> = {}, root = projectRoot): Promise<Server> {
  const folder = await mkdtemp(join(tmpdir(), "antiphon-"));
  cleanUps.add(() => rm(folder, { recursive: true, force: true }));
  const databaseFile = join(folder, "antiphon.db");
  return launch(folder, databaseFile, { ...defaults(databaseFile), ...env }, root);
}

/** Starts one that is expected to give up, and resolves with what it said and its exit code. */
export async function failToStart(
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "antiphon-"));
  const { child, output } = run({ ...defaults(join(folder, "antiphon.db")), ...env }, projectRoot);
  // One that does start would run for ever; its code is null then.
  child.on("said", () => output().includes("Antiphon is at") && child.kill("SIGKILL"));
  const [code] = await once(child, "close");
  await rm(folder, { recursive: true, force: true });
  return { code, output: output() };
}

function defaults(databaseFile: string): Record<string, string> {
  const machine = ["PATH", "HOME", "TMPDIR", "SystemRoot"].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...Object.fromEntries(machine),
    // Next's own mark that .env files have been read: a developer's .env stays out.
    __NEXT_PROCESSED_ENV: "true",
    PORT: "0",
    HOST: "127.0.0.1",
    DATABASE_URL: `file:${databaseFile}`,
    ADMIN_TOKEN: randomBytes(24).toString("hex"),
    RATE_LIMIT: "off",
    SEED: "off",
    LOG_LEVEL: "info",
  };
}

function run(env: Record<string, string>, root: string): { child: ChildProcess; output: () => string } {
  let said = "";
  const child = spawn(process.execPath, [join(root, "dist", "server.js")], {
    cwd: root,
    env: { NODE_ENV: "production", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      child.emit("said");
    });
  }
  return { child, output: () => said };
}

async function launch(
  folder: string,
  databaseFile: string,
  env: Record<string, string>,
  root: string,
): Promise<Server> {
  const { child, output } = run(env, root);
  const exit = once(child, "exit").then(([code]: (number | null)[]) => code ?? null);
  const end = (signal: NodeJS.Signals) => {
    child.kill(signal);
    return exit;
  };
  cleanUps.add(() => end("SIGKILL"));

  const port = await new Promise<string>((resolve, reject) => {
    child.on("said", () => {
      const banner = /Antiphon is at http:\/\/\S+:(\d+)$/m.exec(output());
      if (banner?.[1]) resolve(banner[1]);
    });
    child.once("close", () => reject(new Error(`The server did not start:\n${output()}`)));
  });

  return {
    url: `http://127.0.0.1:${port}`,
    databaseFile,
    adminToken: env.ADMIN_TOKEN ?? "",
    env,
    pid: child.pid ?? 0,
    logs: output,
    stop: async () => {
      const code = await end("SIGTERM");
      await rm(folder, { recursive: true, force: true });
      return code;
    },
    kill: async () => {
      await end("SIGKILL");
    },
    restart: async (more = {}) => {
      await end("SIGTERM");
      return launch(folder, databaseFile, { ...env, ...more }, root);
    },
  };
}
