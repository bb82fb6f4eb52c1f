import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { Contract } from "@/__tests__/support/contract";
import request from "@/__tests__/support/request";
import { until } from "@/__tests__/support/until";

const root = join(__dirname, "..", "..");
let folder: string;
let url: string;
let output = "";
let stop: () => Promise<unknown>;

/** A port that was free a moment ago: `next start` does not say which one it was given for 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "antiphon-next-"));
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const next = join(root, "node_modules", "next", "dist", "bin", "next");
  const child = spawn(process.execPath, [next, "start", "-H", "127.0.0.1", "-p", String(port)], {
    cwd: root,
    env: {
      PATH: process.env.PATH,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      DATABASE_URL: `file:${join(folder, "antiphon.db")}`,
      __NEXT_PROCESSED_ENV: "true",
    },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  stop = async () => {
    child.kill();
    await once(child, "exit");
  };
  await until(() => output.includes("Ready in"));
}, 30_000);

afterAll(async () => {
  await stop();
  await rm(folder, { recursive: true, force: true });
});

it("plain next start serves the contract: seed, token, comments, errors and headers", async () => {
  const contract = await Contract.of(url);
  const list = await request(url).get("/api/comments").expect(200);
  contract.expectKept("GET", "/api/comments", list);
  expect(list.body.slice(0, 2)).toMatchObject([{ comment: "First" }, { comment: "Nice post" }]);

  const made = await request(url)
    .post("/api/comments")
    .send({ post: 1, comment: "By next start" })
    .expect(201);
  contract.expectKept("POST", "/api/comments", made);
  const thread = await request(url).get("/api/comments/1").expect(200);
  contract.expectKept("GET", "/api/comments/1", thread);
  expect(thread.body.total).toBe(6);
  await request(url)
    .get("/api/comments/1")
    .set("If-None-Match", thread.headers.etag ?? "")
    .expect(304);

  const path = `/api/comments/1/${made.body.id}`;
  const token = /antiphon_[\w-]{43}/.exec(output)?.[0] ?? "";
  const pinned = await request(url)
    .patch(path)
    .set("Authorization", `Bearer ${token}`)
    .send({ pinned: true });
  contract.expectKept("PATCH", path, pinned);
  expect(pinned.body.pinned).toBe(true);

  for (const [method, where, status] of [
    ["get", "/api/nowhere", 404],
    ["put", "/api/comments", 405],
    ["get", "/api/comments/404", 404],
  ] as const) {
    const res = await request(url)[method](where).expect(status);
    contract.expectKept(method, where, res);
  }
  await request(url).options("/api/comments").set("Origin", "https://blog.example").expect(204);
  expect((await request(url).get("/").expect(200)).text).toContain("By next start");
});
