import { beforeAll, describe, expect, it } from "@jest/globals";
import { parseExposition } from "@/__tests__/support/exposition";
import { settledLogs } from "@/__tests__/support/logs";
import { freeze } from "@/__tests__/support/overload";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";
import { exchange, head, open, type Wire } from "@/__tests__/support/socket";
import { until } from "@/__tests__/support/until";

const origin = "https://blog.example";
const get = (path: string, ...more: string[]) => head(`GET ${path} HTTP/1.1`, "Host: x", ...more);
const post = (length: number, ...more: string[]) =>
  head(
    "POST /api/comments HTTP/1.1",
    "Host: x",
    "Content-Type: application/json",
    `Content-Length: ${length}`,
    ...more,
  );

describe("a server whose event loop is late", () => {
  let server: Server;
  const statusOf = async (path: string) => (await fetch(`${server.url}${path}`)).status;
  let asked = 0;
  /** Of what nobody asked for before. */
  const statusOfNew = () => statusOf(`/api/comments?q=word${asked++}`);

  beforeAll(async () => {
    server = await startServer({ SEED: "on" });
  });

  it("answers all the same after one long task", async () => {
    await freeze(server, 3000);
    for (let n = 0; n < 20; n++) expect(await statusOfNew()).toBe(200);
  });

  it("again and again refuses with 503 until it is well, but tells its health, gives what it has ready, and finishes what it took", async () => {
    expect(await statusOf("/api/posts")).toBe(200);
    const body = JSON.stringify({ post: 1, comment: "Taken before it was too much" });
    const taken = await open(server.url, post(body.length, "Connection: close", "Expect: 100-continue"));
    await taken.waitFor("100 Continue");
    const ask = () => request(server.url).get(`/api/comments?q=word${asked++}`).set("Origin", origin);
    let refused = await ask().expect(200);
    await until(async () => {
      await freeze(server, 1700);
      refused = await ask();
      return refused.status === 503;
    });

    expect(refused.body).toMatchObject({ status: 503, code: "overloaded", error: expect.any(String) });
    expect(refused.headers["content-type"]).toMatch("application/problem+json");
    expect(refused.headers["cache-control"]).toBe("private, no-store");
    expect(refused.headers["x-request-id"]).toBe(refused.body.requestId);
    expect(refused.headers["access-control-allow-origin"]).toBe("*");
    expect(refused.headers["access-control-expose-headers"]).toMatch("Retry-After");
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(Number(refused.headers["retry-after"])).toBeLessThan(10);

    await freeze(server, 1700);
    expect(await statusOf("/api/health")).toBe(200);
    expect(await statusOf("/api/health?ready")).toBe(200);
    const metrics = await request(server.url)
      .get("/api/metrics")
      .set("Authorization", `Bearer ${server.adminToken}`);
    expect(metrics.status).toBe(200);
    expect(parseExposition(metrics.text).sum("antiphon_requests_shed_total")).toBeGreaterThan(0);
    expect(
      parseExposition(metrics.text).sum("antiphon_http_requests_total", { route: "none", status: "503" }),
    ).toBe(parseExposition(metrics.text).sum("antiphon_requests_shed_total"));
    const preflight = await fetch(`${server.url}/api/comments`, { method: "OPTIONS" });
    expect(preflight.status).toBe(204);
    expect(await statusOf("/api/posts")).toBe(200);
    expect(await statusOfNew()).toBe(503);

    taken.socket.write(body);
    expect(await taken.ended()).toMatch(/HTTP\/1\.1 20[12] /);
    await until(async () => (await statusOfNew()) === 200);
    expect(await settledLogs(server)).toContain("the server keeps up again");
  }, 60_000);
});

describe("bodies on their way", () => {
  it("are 2000 at most: further ones are refused or the slowest are cut, and who asks without one is answered", async () => {
    const server = await startServer({ SEED: "on", MODERATION: "open" });
    const crowd: Wire[] = [];
    while (crowd.length < 2010) {
      const some = Array.from({ length: 67 }, () => open(server.url, `${post(100, `Origin: ${origin}`)}{`));
      crowd.push(...(await Promise.all(some)));
    }
    const gone = () => crowd.filter(({ socket }) => socket.closed);
    await until(() => gone().length >= 10);
    expect(gone()).toHaveLength(10);
    for (const wire of gone()) {
      const answer = wire.received();
      if (answer.startsWith("HTTP/1.1 408 ")) continue;
      expect(answer).toMatch(/^HTTP\/1\.1 503 /);
      expect(answer).toContain('"overloaded"');
      expect(answer).toMatch(/\r\nretry-after: \d/i);
    }
    for (const wire of gone()) expect(wire.received()).toMatch(/\r\naccess-control-allow-origin: \*\r\n/i);
    const read = await exchange(server.url, get("/api/comments", "Connection: close"));
    expect(read).toMatch(/^HTTP\/1\.1 200 /);

    const body = JSON.stringify({ post: 1, comment: "After the crowd" });
    const other = post(body.length, "Connection: close") + body;
    await until(async () => (await exchange(server.url, other)).startsWith("HTTP/1.1 201 "));
    expect(crowd.some((wire) => wire.received().startsWith("HTTP/1.1 408 "))).toBe(true);
    for (const { socket } of crowd) socket.destroy();
  }, 60_000);
});

describe("MAX_CONNECTIONS", () => {
  it("is kept by hanging up on further ones where all are busy, and by closing idle ones where not", async () => {
    const server = await startServer({ SEED: "on", MAX_CONNECTIONS: "20" });
    const body = JSON.stringify({ post: 1, comment: "Held the place" });
    const busy = await Promise.all(
      Array.from({ length: 20 }, () => open(server.url, post(body.length, "Expect: 100-continue"))),
    );
    await Promise.all(busy.map((wire) => wire.waitFor("100 Continue")));
    expect(await exchange(server.url, get("/api/comments"))).toBe("");
    await until(() => server.logs().includes("too many connections"));

    for (const { socket } of busy) socket.write(body);
    await Promise.all(busy.map((wire) => wire.waitFor("createdAt")));
    await until(async () => (await exchange(server.url, get("/api/comments", "Connection: close"))) !== "");
    expect(busy.filter(({ socket }) => !socket.closed).length).toBeLessThan(20);
    expect(busy.every((wire) => / 20[12] /.test(wire.received()))).toBe(true);
  });
});
