import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "@jest/globals";
import { Contract } from "@/__tests__/support/contract";
import { type NextStart, startNext } from "@/__tests__/support/nextStart";
import request from "@/__tests__/support/request";
import { Watcher } from "@/__tests__/support/watcher";

let folder: string;
let server: NextStart;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "antiphon-next-"));
  server = await startNext({ DATABASE_URL: `file:${join(folder, "antiphon.db")}` });
}, 30_000);

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

it("plain next start serves the contract: seed, token, comments, errors and headers", async () => {
  const { url } = server;
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
  const token = /antiphon_[\w-]{43}/.exec(server.logs())?.[0] ?? "";
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
  expect((await request(url).get("/posts/1").expect(200)).text).toContain("By next start");
});

it("plain next start tells those who watch, and ends although somebody does", async () => {
  const watcher = await Watcher.of(server, 1);
  const made = await request(server.url).post("/api/comments").send({ post: 1, comment: "Live" }).expect(201);
  expect((await watcher.hears("comment.created", made.body.id)).data.comment).toBe("Live");
  expect(watcher.headers).not.toHaveProperty("content-encoding");
});
