import { beforeAll, describe, expect, it } from "@jest/globals";
import { settledLogs } from "@/__tests__/support/logs";
import { type Server, startServer } from "@/__tests__/support/server";
import { exchange, head, open } from "@/__tests__/support/socket";

let server: Server;

beforeAll(async () => {
  server = await startServer({ SEED: "on" });
});

/** Asserts that `answer` is one problem document, and gives its status line's number and its code. */
function readProblem(answer: string): { status: number; code: string } {
  const [top = "", body = ""] = answer.split("\r\n\r\n");
  const status = Number(top.split(" ")[1]);
  expect(top).toMatch(/\r\ncontent-type: application\/problem\+json/i);
  expect(top).toMatch(/\r\nx-request-id: \S+/i);
  expect(top).not.toMatch(/\r\nlocation:/i);
  const document: { status: number; code: string; error: string } = JSON.parse(body);
  expect(document).toMatchObject({ status, error: expect.any(String), requestId: expect.any(String) });
  return { status, code: document.code };
}

describe("a request target that Next would answer wrongly", () => {
  const cases: [string, string, number, string][] = [
    ["in absolute form", "http://evil.example/latest", 400, "bad_request"],
    ["in absolute form for a path of ours", "http://evil.example/api/comments", 400, "bad_request"],
    ["with two slashes at the beginning", "//evil.example/x", 404, "not_found"],
    ["with two slashes inside", "/api//comments", 404, "not_found"],
    ["with a backslash", "/\\evil.example", 404, "not_found"],
    ["with a malformed escape", "/api/%ZZ", 400, "bad_request"],
    ["with a malformed escape outside the API", "/%ZZ", 400, "bad_request"],
    ["with an escape that is not UTF-8", "/api/%ff", 400, "bad_request"],
    ["longer than 8 KiB", `/api/comments?q=${"a".repeat(8200)}`, 400, "bad_request"],
  ];

  it.each(cases)(
    "%s is answered with a problem document and no redirect",
    async (_name, target, status, code) => {
      const answer = await exchange(
        server.url,
        head(`GET ${target} HTTP/1.1`, "Host: x", "Connection: close"),
      );
      expect(readProblem(answer)).toEqual({ status, code });
      expect(answer).not.toContain("evil.example");
    },
  );
});

describe("what is answered before any handler is asked", () => {
  const ask = (url: string, target: string, origin: string) =>
    exchange(url, head(`GET ${target} HTTP/1.1`, "Host: x", `Origin: ${origin}`, "Connection: close"));

  it("can be read by the script of any page, where any may call", async () => {
    const answer = await ask(server.url, "/api/%ZZ", "https://blog.example");
    expect(answer).toMatch(/\r\naccess-control-allow-origin: \*\r\n/i);
    expect(answer).toMatch(/\r\naccess-control-expose-headers: .*Retry-After.*X-Request-Id/i);
    const broken = await exchange(server.url, "nonsense\r\n\r\n");
    expect(broken).toMatch(/\r\naccess-control-allow-origin: \*\r\n/i);
  });

  it("can be read by those of the listed sites only, where there is a list", async () => {
    const strict = await startServer({ ALLOWED_ORIGINS: "https://blog.example" });
    const listed = await ask(strict.url, "/api//comments", "https://blog.example");
    expect(listed).toMatch(/\r\naccess-control-allow-origin: https:\/\/blog\.example\r\n/i);
    expect(listed).toMatch(/\r\nvary: origin\r\n/i);
    for (const other of [
      await ask(strict.url, "/api//comments", "https://evil.example"),
      await exchange(strict.url, "nonsense\r\n\r\n"),
    ]) {
      expect(other).not.toMatch(/access-control-allow-origin/i);
      expect(other).toMatch(/\r\nvary: origin\r\n/i);
    }
  });
});

describe("a body that is too large", () => {
  const post = ["POST /api/comments HTTP/1.1", "Host: x", "Content-Type: application/json"];

  it("is refused before it is sent, where the client asks first", async () => {
    const answer = await exchange(server.url, head(...post, "Content-Length: 65537", "Expect: 100-continue"));
    expect(readProblem(answer)).toEqual({ status: 413, code: "payload_too_large" });
    expect(answer).not.toContain("100 Continue");
    expect(answer).toMatch(/\r\nconnection: close/i);
  });

  it("of a message to a hook is one beyond 1 MiB, and of a path that only looks like it beyond 64 KiB", async () => {
    const asked = (path: string, length: number) =>
      head(`POST ${path} HTTP/1.1`, ...post.slice(1), `Content-Length: ${length}`, "Expect: 100-continue");
    for (const [path, length] of [
      ["/api/hooks/posts", 1_048_577],
      ["/api/hooks/postscript", 65_537],
    ] as const) {
      const answer = await exchange(server.url, asked(path, length));
      expect(readProblem(answer)).toEqual({ status: 413, code: "payload_too_large" });
      expect(answer).not.toContain("100 Continue");
    }
    const wire = await open(server.url, asked("/api/hooks/posts", 1_048_576));
    await wire.waitFor("HTTP/1.1 100 Continue\r\n\r\n");
    wire.socket.destroy();
  });

  it("is refused by its declared length, before any of it has come", async () => {
    const answer = await exchange(server.url, head(...post, "Content-Length: 10485760"));
    expect(readProblem(answer)).toEqual({ status: 413, code: "payload_too_large" });
  });
});

it("a client that asks first and whose body fits is told to go on", async () => {
  const body = JSON.stringify({ post: 1, comment: "Asked first" });
  const wire = await open(
    server.url,
    head(
      "POST /api/comments HTTP/1.1",
      "Host: x",
      "Connection: close",
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "Expect: 100-continue",
    ),
  );
  await wire.waitFor("HTTP/1.1 100 Continue\r\n\r\n");
  wire.socket.write(body);
  expect(await wire.ended()).toMatch(/HTTP\/1\.1 20[12] /);
});

describe("what never becomes a request", () => {
  it("bytes that are not HTTP are answered 400", async () => {
    expect(readProblem(await exchange(server.url, "hello there\r\n\r\n"))).toEqual({
      status: 400,
      code: "bad_request",
    });
  });

  it("headers beyond 16 KiB are answered 431", async () => {
    const answer = await exchange(
      server.url,
      head("GET / HTTP/1.1", "Host: x", `X-Long: ${"a".repeat(20_000)}`),
    );
    expect(readProblem(answer).status).toBe(431);
  });

  it("headers that do not come within ten seconds are answered 408", async () => {
    const answer = await exchange(server.url, "GET / HTTP/1.1\r\nHost: x\r\n");
    expect(readProblem(answer).status).toBe(408);
  });

  it("a broken request behind a good one on the same connection is answered 400 after it", async () => {
    const good = head("GET /api/comments HTTP/1.1", "Host: x");
    const wire = await open(server.url, good);
    await wire.waitFor("Nice post");
    wire.socket.write("nonsense\r\n\r\n");
    expect(await wire.ended()).toContain("HTTP/1.1 400 Bad Request");
  });
});

it("a client that offers HTTP/2 by an upgrade is answered in HTTP/1.1, the second time too", async () => {
  const request = head(
    "GET /api/comments HTTP/1.1",
    "Host: x",
    "Connection: Upgrade, HTTP2-Settings, close",
    "Upgrade: h2c",
    "HTTP2-Settings: AAMAAABkAAQAAP__",
  );
  for (const _time of [1, 2]) expect(await exchange(server.url, request)).toMatch(/^HTTP\/1\.1 200 /);
});

it("clients that hang up in the middle do not end the server", async () => {
  const request = head(
    "POST /api/comments HTTP/1.1",
    "Host: x",
    "Content-Type: application/json",
    "Content-Length: 500",
  );
  for (let time = 0; time < 50; time += 1) {
    const wire = await open(server.url, `${request}{"post":1,`);
    wire.socket.resetAndDestroy();
    const page = await open(server.url, head("GET / HTTP/1.1", "Host: x"));
    page.socket.resetAndDestroy();
  }
  expect((await fetch(`${server.url}/api/comments`)).status).toBe(200);
  expect(await settledLogs(server)).not.toContain("stopped by a fault");
});
