import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { isAmong, isPublic } from "@/lib/outbound/addresses";
import { send } from "@/lib/outbound/send";
import { addressesOf, NotAllowed } from "@/lib/outbound/target";

let server: Server;
let port = 0;
let asked: (string | undefined)[] = [];

beforeAll(async () => {
  server = createServer((req, res) => {
    asked.push(req.headers.host);
    if (req.url === "/endless") {
      res.writeHead(200);
      const more = () => {
        while (!res.destroyed && res.write("x".repeat(16_384)));
      };
      res.on("drain", more);
      more();
    } else if (req.url === "/upgrade")
      res.socket?.end("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
    else if (req.url === "/nothing") res.socket?.destroy();
    else res.writeHead(307, { Location: "/elsewhere", "Retry-After": "7" }).end("x");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  port = typeof address === "object" && address !== null ? address.port : 0;
});

afterAll(() => {
  server.close().closeAllConnections();
});

const call = (url: string) => ({ method: "POST", url: new URL(url), headers: {}, body: "{}" }) as const;

describe("an address", () => {
  it.each(["93.184.215.14", "1.1.1.1", "2606:4700::1111", "2a00:1450:4001::1"])("%s is public", (address) => {
    expect(isPublic(address)).toBe(true);
  });

  it.each(["::ffff:1.1.1.1", "::1.1.1.1", "64:ff9b::101:101", "2002:101:101::", "fec0::1", "nonsense", ""])(
    "%s is not",
    (address) => {
      expect(isPublic(address)).toBe(false);
    },
  );

  it("is among networks of its own kind, whichever way it is written", () => {
    expect(isAmong("::ffff:10.0.0.5", ["10.0.0.0/8"])).toBe(true);
    expect(isAmong("10.0.0.5", ["::1", "10.0.0.5"])).toBe(true);
    expect(isAmong("11.0.0.5", ["10.0.0.0/8", "fd00::/8"])).toBe(false);
    expect(isAmong("fd00::9", ["fd00::/8"])).toBe(true);
  });
});

describe("a name", () => {
  const https = new URL("https://hooks.example/");

  it("may lead to public addresses only: one private among them is one too many", async () => {
    expect(await addressesOf(https, [], async () => ["1.1.1.1", "2606:4700::1111"])).toHaveLength(2);
    for (const address of ["127.0.0.1", "::1", "10.0.0.1", "::ffff:127.0.0.1"])
      await expect(addressesOf(https, [], async () => ["1.1.1.1", address])).rejects.toThrow(NotAllowed);
  });

  it("may lead to what is allowed, and not to that and something else that is private", async () => {
    const http = new URL("http://bot.lan:8080/");
    expect(await addressesOf(http, ["10.0.0.0/8"], async () => ["10.0.0.5"])).toEqual(["10.0.0.5"]);
    await expect(addressesOf(http, ["10.0.0.0/8"], async () => ["10.0.0.5", "1.1.1.1"])).rejects.toThrow(
      NotAllowed,
    );
    await expect(addressesOf(http, ["10.0.0.0/8"], async () => [])).rejects.toThrow(NotAllowed);
  });

  it("that leads elsewhere at the next look is looked at again, and what was looked at is called", async () => {
    const answers = [["1.1.1.1"], ["127.0.0.1"]];
    const resolve = async () => answers.shift() ?? [];
    expect(await addressesOf(https, [], resolve)).toEqual(["1.1.1.1"]);
    asked = [];
    expect(await send(call("https://hooks.example/"), { allowed: [], resolve })).toEqual({
      error: "not_allowed",
    });
    expect(asked).toEqual([]);
  });

  it("is never looked up a second time: the call goes to the address that was looked at", async () => {
    let looks = 0;
    const resolve = async () => {
      looks++;
      return ["127.0.0.1"];
    };
    asked = [];
    // No such name is anywhere; so whoever looked it up again would reach nobody.
    const answered = await send(call(`http://rebound.invalid:${port}/`), { allowed: ["127.0.0.1"], resolve });
    expect(answered).toEqual({ status: 307, retryAfter: "7" });
    expect({ looks, asked }).toEqual({ looks: 1, asked: [`rebound.invalid:${port}`] });
  });
});

describe("a call", () => {
  const allowed = ["127.0.0.1"];
  const to = (path: string) => send(call(`http://127.0.0.1:${port}${path}`), { allowed });

  it("follows no redirect", async () => {
    asked = [];
    expect(await to("/")).toMatchObject({ status: 307 });
    expect(asked).toHaveLength(1);
  });

  it("reads so much of an answer and no more", async () => {
    expect(await to("/endless")).toEqual({ status: 200, retryAfter: null });
  });

  it.each(["/nothing", "/upgrade"])("ends where the answer is none: %s", async (path) => {
    const over = AbortSignal.timeout(2000);
    const answered = await send(call(`http://127.0.0.1:${port}${path}`), { allowed, signal: over });
    expect(answered).toEqual({ error: "unreachable" });
  });

  it("goes past any proxy that the environment names", async () => {
    const before = process.env.HTTP_PROXY;
    process.env.HTTP_PROXY = "http://127.0.0.1:1";
    try {
      expect(await to("/")).toMatchObject({ status: 307 });
    } finally {
      if (before === undefined) delete process.env.HTTP_PROXY;
      else process.env.HTTP_PROXY = before;
    }
  });

  it("is broken off as soon as whoever made it wants that", async () => {
    const over = new AbortController();
    const never = new Promise<string[]>(() => undefined);
    const answered = send(call("https://slow.example/"), {
      allowed: [],
      signal: over.signal,
      resolve: () => never,
    });
    over.abort();
    expect(await answered).toEqual({ error: "unreachable" });
  });
});
