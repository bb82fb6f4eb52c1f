/** The two servers that the pictures are taken of. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { demo } from "./demo.mjs";

/** Antiphon, from the build in `root`, with the demo in it; `site` may embed it. */
export async function serveDemo(root, site) {
  const folder = await mkdtemp(join(tmpdir(), "antiphon-pictures-"));
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: "production",
    // Next's own mark that .env files have been read: a developer's .env stays out.
    __NEXT_PROCESSED_ENV: "true",
    DATABASE_URL: `file:${join(folder, "antiphon.db")}`,
    ADMIN_TOKEN: "x".repeat(32),
    ALLOWED_ORIGINS: site,
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "silent",
  };
  const lines = join(folder, "demo.ndjson");
  await writeFile(lines, demo());
  const start = (...args) =>
    spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  const [code] = await once(start("dist/restore.js", lines), "exit");
  if (code !== 0) throw new Error("The demo could not be restored");
  const server = start("dist/server.js");
  const stop = async () => {
    if (server.exitCode === null && server.kill()) await once(server, "exit");
    await rm(folder, { recursive: true, force: true });
  };
  let said = "";
  const url = await new Promise((resolve, reject) => {
    server.stdout.on("data", (chunk) => {
      said += chunk;
      const [, found] = /Antiphon is at (http:\/\/\S+:\d+)$/m.exec(said) ?? [];
      if (found) resolve(found.replace("localhost", "127.0.0.1"));
    });
    server.once("exit", () => reject(new Error(`The server did not start:\n${said}`)));
  });
  return { url, stop };
}

/** A site of another origin, which shows the HTML that it was told last. */
export async function serveSite() {
  let html = "";
  const server = createServer((_req, res) => {
    res.writeHead(200, { "Content-Type": "text/html; charset=utf-8" }).end(html);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    show: (page) => {
      html = page;
    },
    stop: () => server.close(),
  };
}
