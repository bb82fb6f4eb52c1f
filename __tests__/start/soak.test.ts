import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { folderOf, openIn, upload } from "@/__tests__/support/files";
import { heldBy, TELLS_HEAP } from "@/__tests__/support/heap";
import { type Server, startServer } from "@/__tests__/support/server";
import { exchange, head, open, type Wire } from "@/__tests__/support/socket";
import { until } from "@/__tests__/support/until";

const MIB = 1024 * 1024;
const get = (path: string, ...more: string[]) => head(`GET ${path} HTTP/1.1`, "Host: x", ...more);

describe("a reader who takes nothing", () => {
  it("of a large answer is cut off after a while, and one who reads slowly gets all of it", async () => {
    const server = await startServer();
    await upload(server, Buffer.alloc(10 * MIB, "a"), "big.txt", "big.txt").expect(201);
    const [stuck, slow] = await Promise.all([
      open(server.url, get("/api/files/big.txt", "Connection: close")),
      open(server.url, get("/api/files/big.txt", "Connection: close")),
    ]);
    await Promise.all([once(stuck.socket, "data"), once(slow.socket, "data")]);
    stuck.socket.pause();
    slow.socket.on("data", () => {
      slow.socket.pause();
      setTimeout(() => slow.socket.resume(), 120);
    });
    // Until the server is done with both.
    while (openIn(folderOf(server), server.pid).length > 0) await pause(100);
    stuck.socket.resume();
    expect((await stuck.ended()).length).toBeLessThan(10 * MIB);
    if (!slow.socket.closed) await once(slow.socket, "close");
    expect(slow.received().length).toBeGreaterThan(10 * MIB);
  }, 120_000);
});

describe("memory", () => {
  const halfPost = head(
    "POST /api/comments HTTP/1.1",
    "Host: x",
    "Content-Type: application/json",
    "Content-Length: 500",
  );

  /** Thousands of requests of all kinds, and clients that behave badly in every way. */
  async function stir(server: Server, thread: string): Promise<void> {
    const wires: Wire[] = [];
    const kinds = [
      async () => void (await (await fetch(`${server.url}${thread}`)).text()),
      async () => void (await (await fetch(`${server.url}/api/comments?limit=20`)).text()),
      async () => void (await (await fetch(`${server.url}/`)).text()),
      async () => void (await fetch(`${server.url}${thread}`, { headers: { "If-None-Match": "*" } })),
      async () => void (await (await fetch(`${server.url}/api/nothing/${Math.random()}`)).text()),
      async () => void (await (await fetch(`${server.url}/api/comments?q=${Math.random()}`)).text()),
      async () => void (await fetch(`${server.url}/api/comments`, { method: "POST", body: "{" })).status,
      async () => void (await exchange(server.url, "nonsense\r\n\r\n")),
      async () => void (await exchange(server.url, get("/api/%ZZ", "Connection: close"))),
      async () => (await open(server.url, `${halfPost}{"post":1,`)).socket.resetAndDestroy(),
      async () => {
        const { socket } = await open(server.url, get(thread));
        await once(socket, "data");
        socket.resetAndDestroy();
      },
      async () => void (await open(server.url, get(thread))).socket.resetAndDestroy(),
      async () => void wires.push(await open(server.url, "")),
      async () => {
        const wire = await open(server.url, get("/api/comments?limit=100").repeat(5));
        wire.socket.pause();
        wires.push(wire);
      },
    ];
    for (let n = 0; n < 60; n++) await Promise.all(kinds.map((kind) => kind()));
    for (const { socket } of wires) socket.destroy();
  }

  it("stays flat over thousands of requests, cut ones, slow readers and idle connections", async () => {
    const server = await startServer({ SEED: "on", ...TELLS_HEAP });
    const thread = "/api/comments/1";
    await stir(server, thread);
    await stir(server, thread);
    const warm = await heldBy(server);
    for (let n = 0; n < 4; n++) await stir(server, thread);
    // What was cut a moment ago may still be on its way out.
    await until(async () => (await heldBy(server)) < warm + 3 * MIB);
    expect((await fetch(`${server.url}/api/comments`)).status).toBe(200);
  }, 120_000);
});
