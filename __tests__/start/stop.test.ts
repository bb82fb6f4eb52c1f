import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "@jest/globals";
import { OWED, postHalfway } from "@/__tests__/support/halfway";
import { type Server, startServer } from "@/__tests__/support/server";
import { head, open } from "@/__tests__/support/socket";
import { isAlive, until } from "@/__tests__/support/until";

async function takesConnections(server: Server): Promise<boolean> {
  try {
    const { socket } = await open(server.url, "");
    socket.destroy();
    return true;
  } catch {
    return false;
  }
}

describe.each(["SIGTERM", "SIGINT"] as const)("%s", (signal) => {
  it("lets a running request finish, takes no new one, frees the port and exits 0", async () => {
    const server = await startServer({ SEED: "on" });
    const wire = await postHalfway(server);
    process.kill(server.pid, signal);
    await until(async () => !(await takesConnections(server)));
    wire.socket.write(OWED);
    const answer = await wire.ended();
    expect(answer).toMatch(/HTTP\/1\.1 20[12] /);
    expect(answer).toMatch(/\r\nconnection: close/i);
    await until(() => !isAlive(server.pid));
    expect(await server.stop()).toBe(0);

    const heir = createServer().listen(Number(new URL(server.url).port), "127.0.0.1");
    await once(heir, "listening");
    heir.close();
  });

  it("does not wait for connections on which nothing runs", async () => {
    const server = await startServer();
    const fresh = await open(server.url, "");
    const used = await open(server.url, head("GET /api/comments HTTP/1.1", "Host: x"));
    await used.waitFor("\r\n\r\n");
    const begin = performance.now();
    process.kill(server.pid, signal);
    await Promise.all([fresh.ended(), used.ended()]);
    await until(() => !isAlive(server.pid));
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(await server.stop()).toBe(0);
  });
});

it("a second signal exits at once", async () => {
  const server = await startServer({ SEED: "on" });
  await postHalfway(server);
  const begin = performance.now();
  await until(() => {
    if (isAlive(server.pid)) process.kill(server.pid, "SIGTERM");
    return !isAlive(server.pid);
  });
  expect(performance.now() - begin).toBeLessThan(5000);
  expect(await server.stop()).toBe(143);
});

it("a request that never ends is cut off after ten seconds, and the exit is still 0", async () => {
  const server = await startServer({ SEED: "on" });
  const wire = await postHalfway(server);
  process.kill(server.pid, "SIGTERM");
  await wire.ended();
  await until(() => !isAlive(server.pid));
  expect(await server.stop()).toBe(0);
});
