import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { describe, expect, it, test } from "@jest/globals";
import request from "supertest";
import { PUBLIC, saying, serveCached } from "@/__tests__/support/cached";

describe("what is kept (RFC 9111 §3)", () => {
  it("is a public answer: the second reader gets the same without asking", async () => {
    const { ask, seen } = await serveCached(saying(() => "hello", { ...PUBLIC, "X-Total-Count": "7" }));
    const first = await ask().expect(200, "hello");
    const second = await ask().expect(200, "hello");
    expect(seen).toHaveLength(1);
    expect(first.headers["cache-status"]).toBe("Antiphon; fwd=miss; stored");
    expect(second.headers["cache-status"]).toBe("Antiphon; hit");
    for (const name of ["etag", "cache-control", "content-type", "content-length", "x-total-count"])
      expect([name, second.headers[name]]).toEqual([name, first.headers[name]]);
    // Fields that are the same for all answers are not added to from one to the next.
    const third = await ask().expect(200, "hello");
    expect(third.headers["cache-status"]).toBe("Antiphon; hit");
    expect(third.headers["x-asked"]).toBe("/");
  });

  it("carries what belongs to each answer anew, and nothing of the answer that was kept", async () => {
    let n = 0;
    const own = () => ({ "X-Request-Id": `id ${++n}`, "Access-Control-Allow-Origin": "https://one.example" });
    const { ask } = await serveCached((_req, res) => res.writeHead(200, { ...PUBLIC, ...own() }).end("x"));
    expect((await ask().expect(200)).headers).toMatchObject({ "x-request-id": "id 1" });
    const { headers } = await ask().expect(200);
    expect(headers).toMatchObject({ "x-asked": "/", "cache-status": "Antiphon; hit" });
    expect(headers).not.toHaveProperty("x-request-id");
    expect(headers).not.toHaveProperty("access-control-allow-origin");
  });

  it.each<[string, number, Record<string, string>]>([
    ["without Cache-Control", 200, {}],
    ["that is private", 200, { "Cache-Control": "private, no-store" }],
    ["that is no-store", 200, { "Cache-Control": "public, no-store" }],
    ["that does not say public", 200, { "Cache-Control": "max-age=60" }],
    ["that says public in a value only", 200, { "Cache-Control": 'private="public"' }],
    ["with Set-Cookie", 200, { ...PUBLIC, "Set-Cookie": "a=b" }],
    ["that varies by everything", 200, { ...PUBLIC, Vary: "*" }],
    ["that counts what its caller may ask", 200, { ...PUBLIC, RateLimit: '"search";r=1;t=1' }],
    ["of a part", 206, { ...PUBLIC, "Content-Range": "bytes 0-0/2" }],
    ["that is 201", 201, PUBLIC],
    ["that is 301", 301, { ...PUBLIC, Location: "/there" }],
    ["that is 404", 404, PUBLIC],
    ["that is 500", 500, PUBLIC],
    ["that is 503", 503, PUBLIC],
  ])("is no answer %s", async (_what, status, headers) => {
    const { ask, seen } = await serveCached((_req, res) => res.writeHead(status, headers).end("x"));
    await ask().redirects(0).expect(status, "x");
    await ask().redirects(0).expect(status, "x");
    expect(seen).toHaveLength(2);
  });
});

describe("who is never answered from it, nor fills it", () => {
  it.each<[string, Record<string, string>]>([
    ["Authorization", { Authorization: "Bearer x" }],
    ["Cookie", { Cookie: "antiphon=x" }],
    ["a huge Cookie", { Cookie: `a=${"x".repeat(7000)}` }],
    ["Range", { Range: "bytes=0-0" }],
    ["an odd Range", { Range: "lines=,," }],
    ["If-Range", { "If-Range": '"x"' }],
    ["If-Match", { "If-Match": '"x"' }],
    ["If-Unmodified-Since", { "If-Unmodified-Since": "Sat, 21 Nov 2026 00:00:00 GMT" }],
    ["no-store", { "Cache-Control": "no-store" }],
    ["an Accept beyond reason", { Accept: `text/plain;${"x".repeat(300)}` }],
  ])("a request with %s", async (_what, headers) => {
    let said = "for one";
    const { ask, seen } = await serveCached((_req, res) => res.writeHead(200, PUBLIC).end(said));
    await ask("/", headers).expect(200, "for one");
    said = "for all";
    await ask().expect(200, "for all");
    said = "for one";
    await ask("/", headers).expect(200, "for one");
    await ask().expect(200, "for all");
    expect(seen).toHaveLength(3);
  });

  it.each(["post", "put", "patch", "delete", "options"] as const)("%s", async (verb) => {
    const { ask, server, seen } = await serveCached((req, res) =>
      res.writeHead(200, PUBLIC).end(String(req.method)),
    );
    await ask().expect(200, "GET");
    await request(server)[verb]("/").expect(200, verb.toUpperCase());
    await ask().expect(200, "GET");
    expect(seen.map(({ method }) => method)).toEqual(["GET", verb.toUpperCase()]);
  });

  it.each(["x-nextjs-data", "x-middleware-prefetch", "rsc", "x-now-route-matches", "x-matched-path"])(
    "one with %s may be answered, but fills nothing",
    async (name) => {
      const { ask, seen } = await serveCached((req, res) =>
        res.writeHead(200, PUBLIC).end(req.headers[name] ? "other" : "page"),
      );
      await ask("/", { [name]: "1" }).expect(200, "other");
      await ask().expect(200, "page");
      await ask().expect(200, "page");
      expect(seen).toHaveLength(2);
    },
  );

  it("a GET with a body", async () => {
    const { ask, server, seen } = await serveCached(saying(() => "x"));
    await request(server).get("/").send("body").expect(200);
    await ask().expect(200);
    await request(server).get("/").send("body").expect(200);
    expect(seen).toHaveLength(3);
  });
});

describe("HEAD", () => {
  it("is answered from what GET left, with the same fields and no body", async () => {
    const { ask, server, seen } = await serveCached(saying(() => "hello"));
    const { headers } = await ask().expect(200);
    const head = await request(server).head("/").set("Accept-Encoding", "identity").expect(200);
    expect(seen).toHaveLength(1);
    for (const name of ["etag", "content-length", "content-type", "cache-control"])
      expect([name, head.headers[name]]).toEqual([name, headers[name]]);
    expect(head.text).toBeUndefined();
  });

  it("that comes first leaves what GET would have", async () => {
    const { ask, server, seen } = await serveCached(saying(() => "hello".repeat(1000)));
    const coded = { "Accept-Encoding": "gzip" };
    const head = await request(server).head("/").set(coded).expect(200);
    const { headers } = await ask("/", coded).expect(200, "hello".repeat(1000));
    expect(seen.map(({ method }) => method)).toEqual(["GET"]);
    for (const name of ["etag", "content-length", "content-encoding", "content-type", "vary"])
      expect([name, head.headers[name]]).toEqual([name, headers[name]]);
  });

  it("of what is not kept has no body either", async () => {
    const { server } = await serveCached((_req, res) =>
      res.writeHead(404, { "Content-Length": 5 }).end("sorry"),
    );
    const { headers, text } = await request(server).head("/").expect(404);
    expect(headers["content-length"]).toBe("5");
    expect(text).toBeUndefined();
  });
});

describe("what counts as the same request", () => {
  /** Says which target it was asked for. */
  const echo = () =>
    serveCached((req, res) => res.writeHead(200, PUBLIC).end(`${req.headers.host} ${req.url}`));

  it("the order of a query's names does not matter", async () => {
    const { ask, seen } = await echo();
    await ask("/t?limit=5&view=flat&cursor=a").expect(200);
    await ask("/t?cursor=a&limit=5&view=flat").expect(200, /limit=5&view=flat&cursor=a$/);
    expect(seen).toHaveLength(1);
  });

  it.each([
    ["the order of one name's values", "/t?post=1&post=2&x=1", "/t?post=2&post=1&x=1"],
    ["a value", "/t?a=1&b=2", "/t?a=2&b=1"],
    ["the order of one name's values, be it written in two ways", "/t?p=1&%70=2", "/t?%70=2&p=1"],
    ["an escape that was not decoded", "/t?a=1%262", "/t?a=1&2"],
    ["a plus sign", "/t?a=1+2", "/t?a=1%2B2"],
    ["the case of the path", "/T", "/t"],
    ["a path with & in it", "/a&b", "/b&a"],
    ["an empty value", "/t?a=&b", "/t?a&b"],
    ["a name without a value", "/t?a", "/t"],
  ])("%s does", async (_what, one, other) => {
    const { ask, seen } = await echo();
    for (const path of [one, other, one, other]) {
      const { text } = await ask(path).expect(200);
      expect(text.split(" ")[1]).toBe(path);
    }
    expect(seen).toHaveLength(2);
  });

  it("the order of the parts of a query that a fragment ends does", async () => {
    const { url } = await echo();
    // supertest, like any client, would take the fragment off.
    for (const path of ["/t?b=1#&a=2", "/t?a=2&b=1#"]) {
      const { port } = new URL(url);
      const [answer]: IncomingMessage[] = await once(get({ port, path, headers: { Host: "h" } }), "response");
      expect(answer && (await text(answer))).toBe(`h ${path}`);
    }
  });

  it("the host does", async () => {
    const { ask, seen } = await echo();
    for (const host of ["a.example", "b.example", "a.example"])
      await ask("/", { Host: host }).expect(200, `${host} /`);
    expect(seen).toHaveLength(2);
  });

  it.each([
    ["a target beyond reason", `/${"x".repeat(2100)}`, {}],
    ["very many parts", `/t?${"a&".repeat(300)}`, {}],
    ["a host beyond reason", "/", { Host: "x".repeat(300) }],
  ])("%s is not kept", async (_what, path, headers) => {
    const { ask, seen } = await echo();
    await ask(path, headers).expect(200);
    await ask(path, headers).expect(200);
    expect(seen).toHaveLength(2);
  });
});

describe("Vary (RFC 9111 §4.1)", () => {
  const byAccept = () =>
    serveCached((req, res) =>
      res.writeHead(200, { ...PUBLIC, Vary: "Accept, Cookie, Origin" }).end(`as ${req.headers.accept}`),
    );

  it("keeps the answers to different requests apart", async () => {
    const { ask, seen } = await byAccept();
    for (const Accept of ["text/plain", "text/html", "text/plain", "text/html"])
      await ask("/", { Accept }).expect(200, `as ${Accept}`);
    expect(seen).toHaveLength(2);
  });

  it("a thousand variants of one resource leave the newest few, and nobody gets another's", async () => {
    const { ask, seen } = await byAccept();
    for (let n = 0; n < 1000; n++) await ask("/", { Accept: `text/x${n}` }).expect(200, `as text/x${n}`);
    await ask("/", { Accept: "text/x999" }).expect(200, "as text/x999");
    expect(seen).toHaveLength(1000);
    await ask("/", { Accept: "text/x0" }).expect(200, "as text/x0");
    expect(seen).toHaveLength(1001);
  });

  it("Origin makes no variant, since what it decides is said anew on each answer", async () => {
    const { ask, seen } = await byAccept();
    for (const Origin of ["https://a.example", "https://b.example"]) await ask("/", { Origin }).expect(200);
    expect(seen).toHaveLength(1);
  });

  it("a handler that begins to vary is believed", async () => {
    let vary: Record<string, string> = {};
    const { ask, origin } = await serveCached((req, res) =>
      res.writeHead(200, { ...PUBLIC, ...vary }).end(`in ${req.headers["accept-language"]}`),
    );
    await ask("/", { "Accept-Language": "en" }).expect(200, "in en");
    vary = { Vary: "Accept-Language" };
    origin.news++;
    await ask("/", { "Accept-Language": "de" }).expect(200, "in de");
    await ask("/", { "Accept-Language": "en" }).expect(200, "in en");
    await ask("/", { "Accept-Language": "de" }).expect(200, "in de");
  });
});

describe("how much is kept", () => {
  test("no more than its bytes, the least used going first", async () => {
    const page = "x".repeat(20_000);
    const { ask, seen } = await serveCached(
      saying(() => page),
      200_000,
    );
    await ask("/0").expect(200);
    for (let n = 1; n < 30; n++) {
      await ask(`/${n}`).expect(200);
      await ask("/0").expect(200);
    }
    expect(seen).toHaveLength(30);
    await ask("/1").expect(200);
    expect(seen).toHaveLength(31);
  });

  test("an answer that is too large goes through whole, and pushes nothing out", async () => {
    const { ask, seen } = await serveCached((req, res) => {
      res.writeHead(200, PUBLIC);
      if (req.url === "/small") return res.end("small");
      for (let n = 0; n < 100; n++) res.write("x".repeat(10_000));
      res.end("end");
    }, 800_000);
    await ask("/small").expect(200);
    for (const _ of [1, 2]) {
      const { text } = await ask("/large").expect(200);
      expect(text).toBe(`${"x".repeat(1_000_000)}end`);
    }
    await ask("/small").expect(200, "small");
    expect(seen.map(({ url }) => url)).toEqual(["/small", "/large", "/large"]);
  });

  test("nothing where its size is 0", async () => {
    const { ask, seen } = await serveCached(
      saying(() => "x"),
      0,
    );
    await ask().expect(200);
    await ask().expect(200);
    expect(seen).toHaveLength(2);
  });
});

test.each(["identity", "gzip", "br"])(
  "a handler that has answered is told so, and answers once: %s",
  async (coding) => {
    const said: unknown[] = [];
    const { ask } = await serveCached((_req, res) => {
      res.writeHead(200, PUBLIC).end("first ".repeat(1000));
      const look = () => {
        said.push(res.headersSent, res.writableEnded);
        // As a framework does that takes it for unanswered.
        if (!res.headersSent) res.writeHead(200, PUBLIC).end("second");
        else res.end("third");
      };
      look();
      queueMicrotask(look);
      process.nextTick(look);
      setImmediate(look);
    });
    for (const _again of "12")
      await ask("/", { "Accept-Encoding": coding }).expect(200, "first ".repeat(1000));
    expect(said).toEqual(Array.from({ length: said.length }, () => true));
    expect(said).toHaveLength(8);
  },
);
