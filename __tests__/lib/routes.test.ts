import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import type { NextApiHandler } from "next";
import { apiResolver } from "next/dist/server/api-utils/node/api-resolver";
import request from "supertest";
import { ApiRequest, ApiResponse } from "@/lib/http/messages";
import { log } from "@/lib/log";
import { routes } from "@/lib/server/routes";

const folders: string[] = [];

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const ECHO = "(req, res) => res.status(200).json({ page, query: req.query, cookies: req.cookies })";

/** A folder with a build of these files. */
async function build(files: Record<string, string>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "antiphon-routes-"));
  folders.push(root);
  for (const [name, text] of Object.entries(files)) {
    const file = join(root, ".next", "server", name);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return root;
}

/** A server of the build in `root`. What goes on to Next is answered 418. */
async function before(root: string) {
  return request(
    createServer(
      { IncomingMessage: ApiRequest, ServerResponse: ApiResponse },
      await routes(
        root,
        (_req, res) => void res.writeHead(418).end(),
        () => undefined,
      ),
    ),
  );
}

/** The same, of a build of these handlers. */
async function serve(handlers: Record<string, string>) {
  const manifest: Record<string, string> = { "/": "pages/index.js", "/404": "pages/404.html" };
  const files: Record<string, string> = {};
  for (const [page, handler] of Object.entries(handlers)) {
    const file = `pages${page}.js`;
    manifest[page] = file;
    files[file] = `const page = ${JSON.stringify(page)};
      const config = { api: { bodyParser: false } };
      module.exports = Promise.resolve({ default: ${handler}, config });`;
  }
  return before(await build({ ...files, "pages-manifest.json": JSON.stringify(manifest) }));
}

const tree = {
  "/api/static": ECHO,
  "/api/x/[id]": ECHO,
  "/api/x/known": ECHO,
  "/api/c/[...path]": ECHO,
  "/api/[[...missing]]": ECHO,
};

// What plain `next start` gave handlers for these targets, Next 16.4.6.
test.each([
  ["/api/static?a=1&a=2&b=", "/api/static", { a: ["1", "2"], b: "" }],
  ["/api/static?a=%ZZ&b=+c&%zz", "/api/static", { a: "%ZZ", b: " c", "%zz": "" }],
  ["/api/static?&&=&=x", "/api/static", { "": ["", "x"] }],
  ["/api/static?a[]=1&a;b=1", "/api/static", { "a[]": "1", "a;b": "1" }],
  ["/api/static/", "/api/static", {}],
  ["/api/%73tatic", "/api/[[...missing]]", { missing: ["static"] }],
  ["/api/x/1?id=2&id=3", "/api/x/[id]", { id: "1" }],
  ["/api/x/a%2Fb/", "/api/x/[id]", { id: "a/b" }],
  ["/api/x/%2541", "/api/x/[id]", { id: "%41" }],
  ["/api/x/__proto__", "/api/x/[id]", { id: "__proto__" }],
  ["/api/x/%5Bid%5D", "/api/x/[id]", { id: "[id]" }],
  ["/api/x/kno%77n", "/api/x/[id]", { id: "known" }],
  ["/api/x/known", "/api/x/known", {}],
  ["/api/x/a/%2e%2e/b", "/api/x/[id]", { id: "b" }],
  ["/api/x/1??a=1", "/api/x/[id]", { id: "1", "?a": "1" }],
  ["/api/x/", "/api/[[...missing]]", { missing: ["x"] }],
  ["/api/c/a%2fb/c/", "/api/c/[...path]", { path: ["a/b", "c"] }],
  ["/api/c/__proto__/x?path=y", "/api/c/[...path]", { path: ["__proto__", "x"] }],
  ["/api/c", "/api/[[...missing]]", { missing: ["c"] }],
  ["/api", "/api/[[...missing]]", {}],
  ["/api/?x=1", "/api/[[...missing]]", { x: "1" }],
])("%s reaches its handler with the query that Next gives", async (target, page, query) => {
  const res = await (await serve(tree)).get(target).set("Cookie", "a=b").expect(200);
  expect(res.body).toEqual({ page, query, cookies: { a: "b" } });
});

test("a name that means something to JavaScript is one like any other; Next would lose it", async () => {
  const { text } = await (await serve(tree)).get("/api/static?__proto__=1&constructor=2").expect(200);
  expect(text).toContain('"query":{"__proto__":"1","constructor":"2"}');
});

test.each(["/", "/apix", "/API/static", "/api%2fstatic", "/_next/x", "/x/../y"])(
  "%s goes on to Next",
  async (target) => {
    await (await serve(tree)).get(target).expect(418);
  },
);

test("where no page of the API fits, Next answers", async () => {
  await (await serve({ "/api/static": ECHO })).get("/api/other").expect(418);
});

test("a handler that throws or rejects is answered 500, without a word of the inside", async () => {
  log.level = "silent";
  const server = await serve({
    "/api/throws": "() => { throw new Error('secret detail') }",
    "/api/rejects": "async () => { throw new Error('secret detail') }",
  });
  for (const path of ["/api/throws", "/api/rejects"]) {
    const { body, text } = await server.get(path).expect(500);
    expect(body).toMatchObject({ status: 500, code: "internal_error" });
    expect(text).not.toContain("secret");
  }
});

test("one that fails after the first byte breaks off", async () => {
  log.level = "silent";
  const server = await serve({ "/api/breaks": "(req, res) => { res.write('half'); throw new Error(); }" });
  await expect(server.get("/api/breaks")).rejects.toThrow("hang up");
});

test("one that fails once it has answered has answered", async () => {
  log.level = "silent";
  const server = await serve({
    "/api/late": "(req, res) => { res.end('x'.repeat(5e6)); throw new Error(); }",
  });
  expect((await server.get("/api/late").expect(200)).text).toHaveLength(5e6);
});

test("of an answer that fails nothing is left of what its handler had said of it", async () => {
  log.level = "silent";
  const fields = "res.setHeader('Content-Encoding', 'gzip'); res.setHeader('Set-Cookie', 'a=secret');";
  const server = await serve({ "/api/coded": `(req, res) => { ${fields} throw new Error(); }` });
  const { headers, body } = await server.get("/api/coded").expect(500);
  expect(body.code).toBe("internal_error");
  expect(headers).not.toHaveProperty("content-encoding");
  expect(headers).not.toHaveProperty("set-cookie");
});

const preview = { dev: false, previewModeId: "", previewModeEncryptionKey: "", previewModeSigningKey: "" };

test.each<[string, NextApiHandler]>([
  ["status and json", (_req, res) => void res.status(201).json({ a: 1 })],
  ["status and send", (_req, res) => void res.status(418).send("tea")],
  ["send of bytes", (_req, res) => void res.send(Buffer.from("bytes"))],
  ["send of nothing", (_req, res) => void res.send(null)],
  ["redirect", (_req, res) => void res.redirect("/elsewhere")],
  ["redirect with a status", (_req, res) => void res.redirect(308, "/elsewhere")],
  ["clearPreviewData", (_req, res) => void res.clearPreviewData().end("x")],
  ["json of cookies", (req, res) => void res.json(req.cookies)],
])("what handlers find on an answer does what it does under Next: %s", async (_what, handler) => {
  const module = { default: handler, config: { api: { bodyParser: false } } };
  const next = createServer((req, res) => void apiResolver(req, res, {}, module, preview, false));
  const answers = [await serve({ "/api/one": handler.toString() }), request(next)].map((server) =>
    server.get("/api/one").redirects(0).set("Cookie", "a=b; c=d"),
  );
  const [ours, plain] = (await Promise.all(answers)).map(({ status, headers: { date, ...fields }, text }) => {
    expect(date).toBeDefined();
    return { status, fields, text };
  });
  expect(ours).toEqual(plain);
});

test.each<Record<string, string>>([
  {},
  { "pages-manifest.json": "" },
  { "pages-manifest.json": "[]" },
  { "pages-manifest.json": '{"/api/a":1}' },
  { "pages-manifest.json": '{"/api/a":"pages/api/a.js"}' },
  { "pages-manifest.json": '{"/api/a":"pages/api/a.js"}', "pages/api/a.js": "module.exports = {};" },
  { "pages-manifest.json": '{"/api/a":"pages/api/a.js"}', "pages/api/a.js": "throw new Error();" },
  // Next would read its body.
  { "pages-manifest.json": '{"/api/a":"pages/api/a.js"}', "pages/api/a.js": "exports.default = () => {};" },
])("where the build is not as expected (%j), Next answers", async (files) => {
  log.level = "silent";
  await (await before(await build(files))).get("/api/a").expect(418);
});
