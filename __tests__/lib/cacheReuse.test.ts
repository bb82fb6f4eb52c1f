import { once } from "node:events";
import { request as call, type IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, it, jest, test } from "@jest/globals";
import fc from "fast-check";
import request from "supertest";
import { PUBLIC, saying, serveCached } from "@/__tests__/support/cached";
import { exchange, head, open } from "@/__tests__/support/socket";
import { until } from "@/__tests__/support/until";
import { ApiRequest, ApiResponse } from "@/lib/http/messages";

const LONG = "All of this is said again and again. ".repeat(100);

/** The bytes as they came, which supertest would decode. */
async function raw(url: string, headers: Record<string, string>) {
  const req = call(url, { headers, agent: false }).end();
  const [res]: IncomingMessage[] = await once(req, "response");
  if (!res) throw new Error("no answer");
  return { status: res.statusCode, headers: res.headers, body: await buffer(res) };
}

it("counts each hit where its answer was told to, by what was answered, and nothing else there", async () => {
  const { ask, server, origin, hits } = await serveCached(saying(() => LONG));
  const { headers } = await ask().expect(200);
  expect({ ...hits }).toEqual({ whole: 0, unchanged: 0, head: 0, headUnchanged: 0 });
  await ask().expect(200);
  await ask("/", { "Accept-Encoding": "gzip" }).expect(200);
  const known = { "If-None-Match": headers.etag ?? "" };
  await ask("/", known).expect(304);
  await request(server).head("/").expect(200);
  await request(server).head("/").set(known).expect(304);
  expect({ ...hits }).toEqual({ whole: 2, unchanged: 1, head: 1, headUnchanged: 1 });
  origin.news++;
  await ask().expect(200);
  await ask("/", { Cookie: "a=b" }).expect(200);
  expect({ ...hits }).toEqual({ whole: 2, unchanged: 1, head: 1, headUnchanged: 1 });
});

describe("after news", () => {
  it("the handler is asked whether what is kept is still so, and need not say it again", async () => {
    const { ask, seen, origin } = await serveCached(saying(() => "hello"));
    const { headers } = await ask().expect(200);
    origin.news++;
    const again = await ask().expect(200, "hello");
    expect(seen[1]?.headers["if-none-match"]).toBe(headers.etag);
    expect(again.headers["cache-status"]).toBe("Antiphon; fwd=stale; fwd-status=304");
    expect(again.headers["content-length"]).toBe("5");
    expect((await ask().expect(200, "hello")).headers["cache-status"]).toBe("Antiphon; hit");
    expect(seen).toHaveLength(2);
  });

  it("what changed is said, and kept in its place", async () => {
    let said = "old";
    const { ask, seen, origin } = await serveCached(saying(() => said));
    await ask().expect(200, "old");
    said = "new";
    await ask().expect(200, "old");
    origin.news++;
    await ask().expect(200, "new");
    await ask().expect(200, "new");
    expect(seen).toHaveLength(2);
  });

  it("the handler is not asked where the origin knows at once that it is still so", async () => {
    const { ask, seen, origin } = await serveCached(saying(() => "hello"));
    await ask("/a").expect(200);
    await ask("/b").expect(200);
    origin.current.add("/a");
    origin.news++;
    await ask("/a").expect(200, "hello");
    await ask("/b").expect(200, "hello");
    expect(seen.map(({ url }) => url)).toEqual(["/a", "/b", "/b"]);
  });

  it("an answer without ETag is made anew", async () => {
    let said = "old";
    const { ask, origin } = await serveCached((_req, res) => res.writeHead(200, PUBLIC).end(said));
    await ask().expect(200, "old");
    said = "new";
    origin.news++;
    await ask().expect(200, "new");
  });

  it.each([404, 500, 503])("a %i goes to whoever asked, and what was kept is not given", async (status) => {
    let failing = false;
    const handler = saying(() => "hello");
    const { ask, origin } = await serveCached((req, res) =>
      failing ? res.writeHead(status, PUBLIC).end("sorry") : handler(req, res),
    );
    await ask().expect(200);
    failing = true;
    origin.news++;
    await ask().expect(status, "sorry");
    await ask().expect(status, "sorry");
  });

  it("nothing is given while the news can't be told", async () => {
    let said = "old";
    const { ask, origin } = await serveCached(saying(() => said));
    await ask().expect(200, "old");
    said = "new";
    origin.failing = true;
    await ask().expect(200, "new");
  });

  it("what a handler allows to be kept unasked is, unless the reader wants it asked", async () => {
    const { ask, seen, origin } = await serveCached(
      saying(() => "picture", { ...PUBLIC, "Cache-Control": "public, max-age=31536000, immutable" }),
    );
    await ask().expect(200);
    origin.news++;
    await ask().expect(200, "picture");
    expect(seen).toHaveLength(1);
    await ask("/", { "Cache-Control": "no-cache" }).expect(200, "picture");
    expect(seen).toHaveLength(2);
  });

  it("what is given out unasked says its age, which grows (RFC 9111 §5.1); what is asked for has none", async () => {
    const fields = { ...PUBLIC, "Cache-Control": "public, max-age=31536000" };
    const { ask } = await serveCached(saying(() => "picture", fields));
    expect((await ask().expect(200)).headers).not.toHaveProperty("age");
    const began = performance.now();
    const first = (await ask().expect(200)).headers.age;
    expect(first).toMatch(/^\d$/);
    let later = Number(first);
    await until(async () => {
      later = Number((await ask()).headers.age);
      return later > Number(first);
    });
    expect(later - Number(first)).toBeLessThanOrEqual(Math.ceil((performance.now() - began) / 1000));
    const exact = await serveCached(saying(() => "thread"));
    await exact.ask().expect(200);
    const hit = await exact.ask().expect(200);
    expect(hit.headers).toHaveProperty("cache-status", "Antiphon; hit");
    expect(hit.headers).not.toHaveProperty("age");
  });
});

describe("conditional requests (RFC 9110 §13)", () => {
  const MODIFIED = "Sat, 21 Nov 2026 10:00:00 GMT";
  const tagged = () =>
    serveCached((req, res) => {
      const { "Content-Type": type, ...control } = PUBLIC;
      const fields = { ...control, ETag: '"v1"', Vary: "Accept" };
      if (req.headers["if-none-match"] === '"v1"') res.writeHead(304, fields).end();
      else res.writeHead(200, { ...fields, "Content-Type": type, "Last-Modified": MODIFIED }).end("hello");
    });

  it.each<[Record<string, string>, number]>([
    [{ "If-None-Match": '"v1"' }, 304],
    [{ "If-None-Match": 'W/"v1"' }, 304],
    [{ "If-None-Match": "*" }, 304],
    [{ "If-None-Match": '"v0", W/"v1" , "v2"' }, 304],
    [{ "If-None-Match": '"v1-gzip"' }, 304],
    [{ "If-None-Match": '"v0-br", "v1-br"' }, 304],
    [{ "If-None-Match": '"v2"' }, 200],
    [{ "If-None-Match": "v1" }, 200],
    [{ "If-None-Match": "" }, 200],
    [{ "If-None-Match": '"v1' }, 200],
    [{ "If-None-Match": `"${"v1".repeat(3000)}"` }, 200],
    [{ "If-Modified-Since": MODIFIED }, 304],
    [{ "If-Modified-Since": "Sat, 21 Nov 2026 09:59:59 GMT" }, 200],
    [{ "If-Modified-Since": "Sat, 21 Nov 2026 10:00:01 GMT" }, 304],
    [{ "If-Modified-Since": "yesterday" }, 200],
    [{ "If-Modified-Since": MODIFIED, "If-None-Match": '"v2"' }, 200],
  ])("%j: %i, whether it is kept or not", async (headers, status) => {
    const { ask, seen } = await tagged();
    for (const _ of ["not kept yet", "kept"]) {
      const res = await ask("/", headers).expect(status, status === 200 ? "hello" : "");
      expect(res.headers).toMatchObject({
        etag: '"v1"',
        vary: "Accept",
        "cache-control": PUBLIC["Cache-Control"],
      });
      if (status === 304) expect(res.headers).not.toHaveProperty("content-type");
    }
    // The handler's own 304 leaves nothing to be kept.
    expect(seen).toHaveLength(seen[0]?.headers["if-none-match"] === '"v1"' ? 2 : 1);
  });

  it("a 304 made from a first answer says nothing of that one's length, which is not that of each coding", async () => {
    const { ask } = await serveCached((_req, res) =>
      res.writeHead(200, { ...PUBLIC, ETag: '"v1"', "Content-Length": 5000 }).end("hello".repeat(1000)),
    );
    const { headers } = await ask("/", { "If-None-Match": '"v1"', "Accept-Encoding": "gzip" }).expect(304);
    expect(headers).toMatchObject({ etag: '"v1-gzip"' });
    expect(headers).not.toHaveProperty("content-length");
  });

  it("holds also for what is never kept", async () => {
    const { ask, seen } = await serveCached(
      saying(() => "x".repeat(2_000_000)),
      2 ** 24,
    );
    const { headers } = await ask().expect(200);
    for (const _ of [1, 2]) await ask("/", { "If-None-Match": headers.etag ?? "" }).expect(304, "");
    expect(seen).toHaveLength(3);
  });

  it("the ETag of a coded body names the same thing to a write", async () => {
    const { server, seen } = await tagged();
    await request(server).patch("/").set("If-Match", '"v1-gzip", "v2-br", "v3"').expect(200);
    expect(seen[0]?.headers["if-match"]).toBe('"v1", "v2", "v3"');
  });
});

describe("the head of an answer that is kept", () => {
  const connections = ["keep-alive", "close"];
  const own = ["connection", "keep-alive", "date"];
  const without = (headers: IncomingMessage["headers"]) =>
    Object.fromEntries(Object.entries(headers).filter(([name]) => !own.includes(name)));

  it("is taken as text by the Node that runs this, unless something is set or sent, or may be the last", () => {
    const make = () => {
      const req = new ApiRequest(new Socket());
      Object.assign(req, { httpVersionMajor: 1, httpVersionMinor: 1 });
      const res = new ApiResponse(req);
      return { res, written: jest.spyOn(res, "writeHead") };
    };
    const [plain, last, named] = [make(), make(), make()];
    last.res.shouldKeepAlive = false;
    named.res.setHeader("Connection", "close");
    for (const { res } of [plain, last, named]) {
      res.writeReady(200, "X-Name: a: b\r\n");
      expect([res.statusCode, res.headersSent]).toEqual([200, true]);
    }
    expect(plain.written).not.toHaveBeenCalled();
    expect(last.written).toHaveBeenCalledWith(200, ["X-Name", "a: b"]);
    expect(named.written).toHaveBeenCalledWith(200, ["X-Name", "a: b"]);
    expect(() => plain.res.writeReady(304, "")).toThrow(/headers/);
  });

  it("is the same on a connection that goes on as on its last answer, and says which of them it is", async () => {
    const { ask, url } = await serveCached(saying(() => LONG, { ...PUBLIC, "X-Name": "caf\u00e9" }));
    const { headers: made } = await ask().expect(200);
    const kinds: Record<string, string>[] = [
      {},
      { "Accept-Encoding": "gzip" },
      { "If-None-Match": made.etag ?? "" },
    ];
    for (const more of kinds) {
      await raw(url, more);
      const [on, last] = await Promise.all(
        connections.map((Connection) => raw(url, { ...more, Connection })),
      );
      expect(on?.headers).toMatchObject({ connection: "keep-alive", "keep-alive": "timeout=65" });
      expect(last?.headers.connection).toBe("close");
      expect(on?.headers["cache-status"]).toBe("Antiphon; hit");
      if (on?.status === 200) expect(on.headers).toMatchObject({ "x-name": "caf\u00e9", "x-asked": "/" });
      expect(without(on?.headers ?? {})).toEqual(without(last?.headers ?? {}));
      expect([on?.status, on?.body]).toEqual([last?.status, last?.body]);
    }
  });

  it("ends the connection of HTTP/1.0 where the answer's end could not be told otherwise", async () => {
    const { ask, url } = await serveCached(saying(() => "hello"));
    const { headers } = await ask().expect(200);
    const known = `If-None-Match: ${headers.etag}`;
    for (const more of [["Host: a"], ["Host: a", known, "Connection: keep-alive"]]) {
      const text = await exchange(url, head("GET / HTTP/1.0", ...more));
      expect(text).toContain("\r\nConnection: close\r\n");
      expect(text).not.toContain("Keep-Alive");
    }
    const on = await open(url, head("GET / HTTP/1.0", "Host: a", "Connection: keep-alive"));
    expect(await on.waitFor("hello")).toContain("\r\nConnection: keep-alive\r\n");
    on.socket.destroy();
  });

  it("says when it was sent, not when it was made", async () => {
    const { ask, url } = await serveCached(saying(() => "hello"));
    await ask().expect(200);
    const sent = async () => (await raw(url, { Connection: "keep-alive" })).headers.date ?? "";
    const before = Math.floor(Date.now() / 1000) * 1000;
    const first = await sent();
    expect(Date.parse(first)).toBeGreaterThanOrEqual(before);
    expect(Date.parse(first)).toBeLessThanOrEqual(Date.now());
    await until(async () => (await sent()) !== first);
    expect(Date.parse(await sent())).toBeGreaterThan(before);
  });

  it("comes for each of many on one connection, in their order, without a body to HEAD and 304", async () => {
    const { ask, url } = await serveCached(saying(() => "hello"));
    const { headers } = await ask().expect(200);
    const target = (method: string, ...more: string[]) => head(`${method} / HTTP/1.1`, "Host: a", ...more);
    await exchange(url, target("GET", "Connection: close"));
    const text = await exchange(
      url,
      target("GET") +
        target("HEAD") +
        target("GET", `If-None-Match: ${headers.etag}`) +
        target("GET", "Connection: close"),
    );
    const answers = text.split(/(?=HTTP\/1\.1 )/);
    expect(answers.map((one) => one.slice(9, one.indexOf("\r\n")))).toEqual([
      "200 OK",
      "200 OK",
      "304 Not Modified",
      "200 OK",
    ]);
    expect(answers.map((one) => one.slice(one.indexOf("\r\n\r\n") + 4))).toEqual(["hello", "", "", "hello"]);
    for (const one of answers.slice(1)) expect(one).toContain("Cache-Status: Antiphon; hit\r\n");
  });
});

describe("codings (RFC 9110 §8.4)", () => {
  it.each<[string | undefined, string | undefined]>([
    ["gzip", "gzip"],
    ["br", "br"],
    ["gzip, deflate, br, zstd", "br"],
    ["gzip;q=1, br;q=0.5", "gzip"],
    ["gzip;q=0.5, br;q=0.5, identity;q=1", undefined],
    ["br;q=0, gzip", "gzip"],
    ["GZIP", "gzip"],
    ["*", "br"],
    ["*;q=0", undefined],
    ["identity", undefined],
    ["deflate", undefined],
    ["", undefined],
    ["gzip;q=banana", undefined],
    [`${"x,".repeat(2000)}gzip`, undefined],
    [undefined, undefined],
  ])("%s: %s", async (accepted, coding) => {
    const { url } = await serveCached(saying(() => LONG));
    const headers: Record<string, string> = accepted === undefined ? {} : { "Accept-Encoding": accepted };
    const plain = await raw(url, {});
    for (const _ of ["made", "kept"]) {
      const { headers: fields, body } = await raw(url, headers);
      expect(fields["content-encoding"]).toBe(coding);
      expect(fields.vary).toBe("Accept-Encoding");
      expect(fields["content-length"]).toBe(String(body.length));
      expect(fields.etag).toBe(
        coding ? plain.headers.etag?.replace(/"$/, `-${coding}"`) : plain.headers.etag,
      );
      const decode =
        { gzip: gunzipSync, br: brotliDecompressSync }[coding ?? ""] ?? ((whole: Buffer) => whole);
      expect(decode(body).toString()).toBe(LONG);
    }
  });

  it.each<[string, string, Record<string, string>]>([
    ["a short body", "short", PUBLIC],
    ["a picture", LONG, { ...PUBLIC, "Content-Type": "image/png" }],
    ["what is coded already", LONG, { ...PUBLIC, "Content-Encoding": "deflate" }],
  ])("%s is left as it is", async (_what, body, headers) => {
    const { url } = await serveCached(saying(() => body, headers));
    const { headers: fields, body: bytes } = await raw(url, { "Accept-Encoding": "gzip, br" });
    expect(fields["content-encoding"]).toBe(headers["Content-Encoding"]);
    expect(bytes.toString()).toBe(body);
  });
});

describe("many at once", () => {
  /** A handler that answers when it is told to. */
  function gate(answer = saying(() => "hello")) {
    const waiting: (() => void)[] = [];
    const handler: typeof answer = (req, res) => waiting.push(() => answer(req, res));
    const open = () => {
      for (const go of waiting.splice(0)) go();
    };
    return { handler, waiting, open };
  }

  it("a thousand readers of what has yet to be made cost one making of it", async () => {
    const { handler, waiting, open } = gate();
    const { ask, seen } = await serveCached(handler);
    const all = Array.from({ length: 1000 }, () => ask().expect(200, "hello").then());
    await until(() => waiting.length > 0);
    const late = ask().expect(200, "hello").then();
    open();
    const statuses = (await Promise.all([...all, late])).map(({ headers }) => headers["cache-status"]);
    expect(seen).toHaveLength(1);
    expect(statuses.filter((status) => status === "Antiphon; fwd=miss; stored")).toHaveLength(1);
  });

  it("whoever comes after news does not wait for what was begun before them", async () => {
    let said = "old";
    const waiting: (() => void)[] = [];
    const { ask, seen, origin } = await serveCached((req, res) => {
      // What it says is read when it is asked, as a handler does.
      const text = said;
      waiting.push(() => saying(() => text)(req, res));
    });
    const early = ask().then();
    await until(() => waiting.length === 1);
    said = "new";
    origin.news++;
    const later = ask().then();
    await until(() => waiting.length === 2);
    for (const go of waiting.splice(0).reverse()) go();
    expect((await later).text).toBe("new");
    await early;
    expect((await ask().then()).text).toBe("new");
    expect(seen).toHaveLength(2);
  });

  it("where the first one's answer is not for all, each gets their own", async () => {
    let n = 0;
    const { handler, waiting, open } = gate((_req, res) =>
      res.writeHead(200, { "Cache-Control": "private" }).end(String(++n)),
    );
    const { ask, seen } = await serveCached(handler);
    const all = Array.from({ length: 5 }, () => ask().then());
    await until(() => waiting.length === 1);
    open();
    await until(() => waiting.length === 4);
    open();
    expect((await Promise.all(all)).map(({ text }) => text).sort()).toEqual(["1", "2", "3", "4", "5"]);
    expect(seen).toHaveLength(5);
  });

  it("the first one may hang up: the others are answered", async () => {
    const { handler, waiting, open } = gate();
    const { ask, url } = await serveCached(handler);
    const first = call(url, { agent: false }).end();
    first.on("error", () => undefined);
    await until(() => waiting.length === 1);
    const second = ask().then();
    first.destroy();
    await until(() => {
      open();
      return waiting.length === 0;
    });
    expect((await second).text).toBe("hello");
  });
});

describe("a handler's ways of answering", () => {
  it("pieces, encodings, callbacks and lists of fields come out as without a cache", async () => {
    const { ask } = await serveCached((_req, res) => {
      res.setHeader("X-Early", "1");
      res.writeHead(200, "Fine", ["Cache-Control", "public", "X-Early", "2", "X-Twice", "a", "X-Twice", "b"]);
      res.flushHeaders();
      res.write("68c3a9", "hex");
      res.write(Buffer.from(" l"));
      res.write("lo", () => res.end("!", () => res.emit("told")));
    });
    for (const _ of ["made", "kept"]) {
      const res = await ask().expect(200, "hé llo!");
      expect(res.headers).toMatchObject({ "x-early": "2", "x-twice": "a, b" });
    }
  });

  it("one that fails in the middle is told that it is too late, and nothing of it is kept", async () => {
    let failing = true;
    const { ask, url } = await serveCached((_req, res) => {
      res.writeHead(200, PUBLIC);
      res.write("half of it");
      if (failing && res.headersSent) res.destroy();
      else res.end(", and the rest");
    });
    await expect(raw(url, {})).rejects.toThrow(/hang up|ECONNRESET/);
    failing = false;
    await ask().expect(200, "half of it, and the rest");
  });
});

test("whoever asks whatever, in whatever order: always what the handler would say now, to that request", async () => {
  const path = fc.constantFrom("/a", "/b", "/a?x=1&y=2", "/a?y=2&x=1", "/a?x=2&x=1", "/a?x=1&x=2");
  const headers = fc.record(
    {
      Accept: fc.constantFrom("text/plain", "text/html", "*/*"),
      "Accept-Encoding": fc.constantFrom("gzip", "br", "identity", "gzip;q=0.1, br;q=0.2", "*"),
      "If-None-Match": fc.constantFrom('"0"', '"1"', '"1-gzip"', 'W/"2-br"', "*", "junk"),
      Authorization: fc.constant("Bearer one"),
      Cookie: fc.constant("who=two"),
      Range: fc.constant("bytes=0-3"),
      "Cache-Control": fc.constantFrom("no-cache", "no-store", "max-age=0"),
      Host: fc.constantFrom("a.example", "b.example"),
      Connection: fc.constantFrom("keep-alive", "close"),
    },
    { requiredKeys: [] },
  );
  const step = fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    { weight: 6, arbitrary: fc.record({ path, headers }) },
  );
  let version = 0;
  const body = ({
    url = "",
    headers: { host, accept, authorization, cookie },
  }: Pick<IncomingMessage, "url" | "headers">) => {
    const query = new URLSearchParams(url.split("?")[1]);
    query.sort();
    const said = [url.split("?")[0], query, host, accept, authorization, cookie, version].join(" ");
    return `${said}\n`.repeat(40);
  };
  const { url, origin } = await serveCached((req, res) => {
    const who = req.headers.authorization ?? req.headers.cookie;
    const control = who ? "private, no-store" : PUBLIC["Cache-Control"];
    const fields = {
      "Content-Type": "text/plain",
      "Cache-Control": control,
      Vary: "Accept, Cookie, Authorization",
    };
    const tag = `"${version}"`;
    if (req.headers["if-none-match"] === tag) res.writeHead(304, { ...fields, ETag: tag }).end();
    else res.writeHead(200, { ...fields, ETag: tag }).end(body(req));
  }, 20_000);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      for (const one of steps) {
        if (one === null) {
          version++;
          origin.news++;
          continue;
        }
        const res = await raw(url + one.path, one.headers);
        const decode = { gzip: gunzipSync, br: brotliDecompressSync }[res.headers["content-encoding"] ?? ""];
        const text = (decode ? decode(res.body) : res.body).toString();
        expect(res.headers.etag).toMatch(new RegExp(`^"${version}(-gzip|-br)?"$`));
        if (res.status === 304) expect(text).toBe("");
        else {
          const host = one.headers.Host ?? new URL(url).host;
          const { Accept: accept, Authorization: authorization, Cookie: cookie } = one.headers;
          const said = body({ url: one.path, headers: { host, accept, authorization, cookie } });
          expect(text).toBe(said);
        }
      }
    }),
    { numRuns: 60 },
  );
});
