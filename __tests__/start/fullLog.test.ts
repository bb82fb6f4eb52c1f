import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, openSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { startServer } from "@/__tests__/support/server";
import { exchange, head } from "@/__tests__/support/socket";
import { isAlive, until } from "@/__tests__/support/until";

const root = join(__dirname, "..", "..");

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const address = holder.address();
  holder.close();
  return typeof address === "object" && address ? address.port : 0;
}

/** Every write into this file fails as on a full disk. */
const full = "/dev/full";

(existsSync(full) ? it : it.skip)(
  "a log that can't be written neither ends the server nor stops it",
  async () => {
    const { env, kill } = await startServer({ PORT: String(await freePort()) });
    await kill();
    const child = spawn(process.execPath, [join(root, "dist", "server.js")], {
      cwd: root,
      env: { NODE_ENV: "production", ...env },
      stdio: ["ignore", openSync(full, "w"), "ignore"],
    });
    const exit = once(child, "exit");
    const ask = () =>
      fetch(`http://127.0.0.1:${env.PORT}/api/comments`, { signal: AbortSignal.timeout(5000) }).then(
        ({ status }) => status,
      );
    await until(() =>
      ask()
        .catch(() => 0)
        .then((status) => status === 200),
    );
    try {
      const end = Date.now() + 500;
      while (Date.now() < end) expect(await ask()).toBe(200);
      child.kill("SIGTERM");
      await until(() => !isAlive(child.pid ?? 0));
      expect(await exit).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
  },
);

/** Asks so often on one connection, one behind the other. */
async function askOften(url: string, count: number): Promise<void> {
  const one = head("GET /api/hello HTTP/1.1", "Host: x");
  const last = head("GET /api/hello HTTP/1.1", "Host: x", "Connection: close");
  const answers = await exchange(url, one.repeat(count - 1) + last);
  expect(answers.split("HTTP/1.1 200 OK").length - 1).toBe(count);
}

it.each(["1", "2"])(
  "a log that nobody reads neither ends the server nor stops it, and comes whole later, with WORKERS=%s",
  async (WORKERS) => {
    const PORT = String(await freePort());
    const { env, kill } = await startServer({ PORT, WORKERS });
    await kill();
    const url = `http://127.0.0.1:${PORT}`;
    const child = spawn(process.execPath, [join(root, "dist", "server.js")], {
      cwd: root,
      env: { NODE_ENV: "production", ...env },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const exit = once(child, "exit");
    try {
      await until(() =>
        fetch(`${url}/api/hello`).then(
          ({ ok }) => ok,
          () => false,
        ),
      );
      const count = 3000;
      await askOften(url, count);
      let log = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        log += text;
      });
      const answered = () => log.split("\n").filter((line) => line.includes('"path":"/api/hello"'));
      await until(() => answered().length >= count);
      for (const line of answered()) expect(JSON.parse(line)).toMatchObject({ msg: "answered" });

      child.kill("SIGTERM");
      expect(await exit).toEqual([0, null]);
    } finally {
      child.kill("SIGKILL");
    }
  },
);
