import { once } from "node:events";
import { connect } from "node:net";
import { afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { client } from "../support/client";
import { Contract } from "../support/contract";
import { settledLogs } from "../support/logs";
import { type Server, startServer } from "../support/server";

let server: Server;
let contract: Contract;
let total: string | undefined;
const { get, post, comment } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
  contract = await Contract.of(server.url);
  total = (await get("/api/comments")).headers["x-total-count"];
});

// Whatever a test here sends is refused: nothing of it may be stored, and the server lives.
afterEach(async () => {
  expect((await get("/api/comments").expect(200)).headers["x-total-count"]).toBe(total);
});

/** Sends these very bytes to this very target: supertest would mend some of them. */
async function raw(method: string, target: string, body?: string | Buffer, type = "application/json") {
  const res = await fetch(server.url + target, {
    method,
    body: typeof body === "string" ? body : body && new Uint8Array(body),
    headers: body === undefined ? {} : { "Content-Type": type },
  });
  const text = await res.text();
  return { status: res.status, headers: Object.fromEntries(res.headers), text, body: JSON.parse(text) };
}

function send(body: string | Buffer, type?: string) {
  return raw("POST", "/api/comments", body, type);
}

async function expectRefused(call: ReturnType<typeof send>, status: number, code: string) {
  const res = await call;
  contract.expectKept("POST", "/api/comments", res);
  expect([res.status, res.body.code]).toEqual([status, code]);
  return res.body;
}

describe("JSON that is refused", () => {
  const deep = (levels: number) => `${"[".repeat(levels)}${"]".repeat(levels)}`;

  test.each([
    ["nothing", ""],
    ["half an object", '{"post":1,'],
    ["a trailing comma", '{"post":1,"comment":"x",}'],
    ["two values", "{} {}"],
    ["NaN", '{"post":NaN}'],
    ["a member twice", '{"post":1,"comment":"a","comment":"b"}'],
    ["a member twice, once escaped", '{"post":1,"comment":"a","c\\u006fmment":"b"}'],
    ["100 levels", `{"post":1,"comment":${deep(100)}}`],
    ["30,000 levels", deep(30_000)],
  ])("%s: malformed_json", async (_name, body) => {
    await expectRefused(send(body), 400, "malformed_json");
  });

  test.each([
    ["null", null],
    ["an array", []],
    ["text", "x"],
    ["no post", { comment: "x" }],
    ["no comment", { post: 1 }],
    ["a comment of the wrong type", { post: 1, comment: 1 }],
    ["an array for text", { post: 1, comment: ["x"] }],
    ["an object for text", { post: 1, comment: { $ne: "" } }],
    ["a blank comment", { post: 1, comment: " \n\t\u2003 " }],
    ["a comment too long", { post: 1, comment: "x".repeat(10_001) }],
    ["too many emoji", { post: 1, comment: "😀".repeat(10_001) }],
    ["a NUL", { post: 1, comment: "a\0b" }],
    ["post 0", { post: 0, comment: "x" }],
    ["a negative post", { post: -1, comment: "x" }],
    ["half a post", { post: 1.5, comment: "x" }],
    ["post true", { post: true, comment: "x" }],
    ["parent as text", { post: 1, comment: "x", parent: "1" }],
    ["an unknown member", { post: 1, comment: "x", status: "approved" }],
    ["a member that only moderators set", { post: 1, comment: "x", pinned: true }],
    ["constructor", { post: 1, comment: "x", constructor: {} }],
    ["a name of two lines with a control character", { post: 1, comment: "x", author: "a\u0007b" }],
    ["a name that turns the text around", { post: 1, comment: "x", author: "a\u202eb" }],
    ["a long name", { post: 1, comment: "x", author: "a".repeat(81) }],
    ["no e-mail address", { post: 1, comment: "x", email: "a@b@c" }],
    [
      "an e-mail address with a line break",
      { post: 1, comment: "x", email: "a@example.com\r\nBcc: b@example.com" },
    ],
    ["a website that runs", { post: 1, comment: "x", website: "javascript:alert(1)" }],
    ["a website of data", { post: 1, comment: "x", website: "data:text/html,x" }],
    ["a website with a password", { post: 1, comment: "x", website: "https://a:b@example.com" }],
    ["quotes 21 deep", { post: 1, comment: `${"> ".repeat(21)}x` }],
    [
      "a table of a million cells",
      { post: 1, comment: `${"|a".repeat(1000)}\n${"|-".repeat(1000)}\n${"|\n".repeat(900)}` },
    ],
  ])("%s: invalid_input", async (_name, body) => {
    const { issues } = await expectRefused(send(JSON.stringify(body)), 400, "invalid_input");
    expect(issues.length).toBeGreaterThan(0);
  });

  test.each([
    ["half a surrogate pair", '{"post":1,"comment":"\\ud800"}'],
    ["__proto__", '{"post":1,"comment":"x","__proto__":{"status":"approved"}}'],
    ["a number beyond all numbers", '{"post":1e400,"comment":"x"}'],
    ["a number that would be rounded", '{"post":1,"comment":"x","parent":12345678901234567890}'],
    ["minus nothing", '{"post":-0,"comment":"x"}'],
    [
      "10,000 unknown members",
      `{"post":1,"comment":"x",${Array.from({ length: 5000 }, (_, n) => `"m${n}":0`).join()}}`,
    ],
  ])("%s: invalid_input", async (_name, body) => {
    await expectRefused(send(body), 400, "invalid_input");
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("bytes that are not UTF-8", async () => {
    await expectRefused(
      send(
        Buffer.concat([Buffer.from('{"post":1,"comment":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}')]),
      ),
      400,
      "malformed_json",
    );
  });
});

describe("forms that are refused", () => {
  const form = "application/x-www-form-urlencoded";
  const parts = (...lines: string[]) => lines.join("\r\n");

  test.each([
    ["a field twice", "post=1&comment=a&comment=b", 400, "invalid_input"],
    ["an array by name", "post[]=1&comment=a", 400, "invalid_input"],
    ["an operator by name", "post[$ne]=1&comment=a", 400, "invalid_input"],
    ["__proto__", "post=1&comment=a&__proto__=x", 400, "invalid_input"],
    ["a broken escape", "post=1&comment=%zz", 400, "malformed_body"],
    ["an escape that is not UTF-8", "post=1&comment=%ff", 400, "malformed_body"],
    ["a number that JSON does not know", "post=1&comment=x&parent=01", 400, "invalid_input"],
    ["a thousand fields", Array.from({ length: 1000 }, (_, n) => `f${n}=1`).join("&"), 400, "malformed_body"],
  ])("%s", async (_name, body, status, code) => {
    await expectRefused(send(body, form), status, code);
  });

  test.each([
    [
      "cut off",
      parts(
        "--x",
        'Content-Disposition: form-data; name="post"',
        "",
        "1",
        "--x",
        'Content-Disposition: form-data; name="comment"',
        "",
        "cut",
      ),
      "multipart/form-data; boundary=x",
    ],
    [
      "that ends in the middle of a file",
      '--x\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\nabc',
      "multipart/form-data; boundary=x",
    ],
    ["without a boundary", "--x--", "multipart/form-data"],
    ["of noise", "noise", "multipart/form-data; boundary=x"],
    [
      "with a part without a name",
      parts("--x", "Content-Type: text/plain", "", "1"),
      "multipart/form-data; boundary=x",
    ],
  ])("multipart %s", async (_name, body, type) => {
    await expectRefused(send(body, type), 400, "malformed_body");
  });
});

test("a file without a name is refused in the contract's form", async () => {
  const part = '--x\r\nContent-Disposition: form-data; name=""; filename="a"\r\n\r\nabc\r\n--x--\r\n';
  const body = await expectRefused(send(part, "multipart/form-data; boundary=x"), 400, "invalid_input");
  expect(body.issues).toEqual([
    { path: [""], code: "unrecognized_keys", message: "Files have no place here" },
  ]);
});

describe("bodies of the wrong kind or size", () => {
  test.each([
    "text/plain",
    "application/xml",
    "application/ld+json",
    "application/json; charset=utf-16",
    "json",
    "application/merge-patch+json",
  ])("%s is 415", async (type) => {
    await expectRefused(send('{"post":1,"comment":"x"}', type), 415, "unsupported_media_type");
  });

  test("a compressed body is 415, and says what is taken", async () => {
    const res = await post("/api/comments")
      .set("Content-Encoding", "gzip")
      .send({ post: 1, comment: "x" })
      .expect(415);
    expect(res.headers["accept-encoding"]).toBe("identity");
  });

  test("a body of 1 MB is 413, as JSON and as a form", async () => {
    await post("/api/comments")
      .send({ post: 1, comment: "x".repeat(1_000_000) })
      .expect(413)
      .expect("Connection", "close");
    await post("/api/comments")
      .type("form")
      .send({ post: 1, comment: "x".repeat(70_000) })
      .expect(413);
  });

  test("a body declared too large is refused before it comes, and the connection closed", async () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write(
      "POST /api/comments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 10485760\r\n\r\n",
    );
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk));
    await once(socket, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain('"code":"payload_too_large"');
  });

  test("a chunked body without an end is 413 once it is too large", async () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write(
      "POST /api/comments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    let answer = "";
    socket.on("data", (data) => (answer += data));
    for (let n = 0; n < 6; n++) socket.write(chunk);
    await once(socket, "close");
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  test("a body that ends early stores nothing", async () => {
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write(
      'POST /api/comments HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{"post":1,"comment":"half',
    );
    socket.end();
    await once(socket.resume(), "close");
  });
});

describe("queries and paths that are refused", () => {
  test.each([
    "post[]=1",
    "slug[$ne]=",
    "constructor=x",
    "limit=1&limit=2",
    "sort=score",
    "sort[]=top",
    "view=tree",
    "q=",
    "author=a&author=b",
  ])("?%s", async (query) => {
    const res = await raw("GET", `/api/comments?${query}`);
    contract.expectKept("GET", "/api/comments", res);
    expect([res.status, res.body.code]).toEqual([400, "invalid_input"]);
  });

  test("__proto__ in a query is a parameter that nobody knows", async () => {
    const res = await raw("GET", "/api/comments?limit=1&__proto__=x");
    expect([res.status, res.body.code]).toEqual([400, "invalid_input"]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test("a query beside a body", async () => {
    expect((await post("/api/comments?foo=1", { post: 1, comment: "x" }).expect(400)).body.code).toBe(
      "invalid_input",
    );
    await post("/api/preview?comment=x", { comment: "x" }).expect(400);
  });

  test("SQL in every place is only text", async () => {
    const words = encodeURIComponent("' OR 1=1; DROP TABLE comments; --");
    for (const path of [
      `comments?author=${words}`,
      `comments?q=${words}`,
      `comments?post=${words}`,
      `counts?post=${words}`,
      `posts?category=${words}`,
    ])
      await get(`/api/${path}`).expect(200);
    for (const path of [
      `comments/${words}`,
      `comments/1/${words}`,
      `posts/${words}`,
      "comments/1%00",
      "comments/%2e%2e%2fetc",
      "comments/..%5c",
    ]) {
      expect([path, (await get(`/api/${path}`)).status]).toEqual([path, 404]);
    }
  });

  test("header values are never taken into the answer's headers", async () => {
    const { headers } = await get("/api/comments?limit=1&author=%0d%0aSet-Cookie:%20a=b");
    expect(headers).not.toHaveProperty("set-cookie");
    await comment("x").set("Idempotency-Key", "short").expect(400);
  });
});

test("nothing of all that was an error of ours", async () => {
  expect(await settledLogs(server)).not.toMatch(/"level":(50|60)/);
});
