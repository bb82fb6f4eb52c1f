import { readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import request from "supertest";
import { Contract } from "../support/contract";
import { upload } from "../support/files";
import { settledLogs } from "../support/logs";
import { type Server, startServer } from "../support/server";

let server: Server;
let contract: Contract;

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
  contract = await Contract.of(server.url);
  await upload(server, "Kept", "kept.txt", "fuzz/kept.txt").expect(201);
});

/** The paths of the files in pages/api, in OpenAPI's spelling. */
function routesOnDisk(): string[] {
  const root = join(__dirname, "..", "..", "pages");
  const files = readdirSync(join(root, "api"), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files
    .map((file) => `/${relative(root, join(file.parentPath, file.name))}`)
    .filter((path) => !path.includes("[[...missing]]"))
    .map((path) => path.replace(/(\/index)?\.ts$/, "").replace(/\[(?:\.\.\.)?(\w+)\]/g, "{$1}"))
    .map((path) => path.replace("/avatars/{seed}", "/avatars/{seed}.svg"))
    .sort();
}

describe("the OpenAPI document", () => {
  test("is OpenAPI 3.1, cacheable, and readable from any site", async () => {
    const res = await request(server.url).get("/api/openapi.json").expect(200);
    expect(res.body.openapi).toBe("3.1.1");
    expect(res.headers["access-control-allow-origin"]).toBe("*");
    await request(server.url)
      .get("/api/openapi.json")
      .set("If-None-Match", res.headers.etag ?? "")
      .expect(304);
  });

  test("names every route on disk, and no other", () => {
    expect(Object.keys(contract.document.paths).sort()).toEqual(routesOnDisk());
  });

  test("names exactly the methods that each route takes", async () => {
    for (const [path, operations] of Object.entries(contract.document.paths)) {
      const concrete = path.replace("{seed}", "0123456789abcdef").replace(/\{\w+\}/g, "1");
      const { headers } = await request(server.url).options(concrete).expect(204);
      const allowed = headers.allow
        ?.split(", ")
        .filter((method: string) => method !== "HEAD" && method !== "OPTIONS");
      expect([path, allowed?.sort()]).toEqual([
        path,
        Object.keys(operations)
          .map((method) => method.toUpperCase())
          .sort(),
      ]);
    }
  });
});

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.constantFrom(
    "",
    " ",
    "1",
    "0",
    "-1",
    "1e9",
    "null",
    "[]",
    "{}",
    "__proto__",
    "constructor",
    "' OR 1=1 --",
    "%00",
    "\u202e",
    "a".repeat(2100),
  ),
);
const value = fc.oneof({ depthSize: "small" }, hostile, fc.jsonValue(), fc.integer(), fc.double());
const member = fc.constantFrom(
  ...[
    "post",
    "comment",
    "parent",
    "author",
    "email",
    "website",
    "status",
    "pinned",
    "value",
    "reason",
    "note",
    "title",
    "content",
    "slug",
    "category",
    "commentsOpen",
    "url",
    "into",
    "from",
    "to",
    "dryRun",
    "name",
    "profession",
    "role",
    "password",
    "currentPassword",
    "setup",
    "next",
    "scope",
    "expiresAt",
    "user",
    "id",
    "html",
    "ids",
    "action",
    "kind",
    "words",
    "pattern",
    "max",
    "expiresAt",
    "homepage",
    "stamp",
    "__proto__",
    "events",
    "format",
    "active",
    "rotate",
    "path",
    "file",
    "x",
  ],
);
const bodies = fc.oneof(fc.dictionary(member, value), fc.jsonValue());
const parameter = fc.constantFrom(
  "limit",
  "cursor",
  "post",
  "author",
  "q",
  "since",
  "until",
  "status",
  "sort",
  "view",
  "parent",
  "url",
  "ready",
  "user",
  "type",
  "subject",
  "post[]",
  "__proto__",
);
const segment = fc.oneof(
  fc.constantFrom(
    "1",
    "2",
    "3",
    "react-hooks",
    "0",
    "-1",
    "99999999999999999999",
    "by-url",
    "vote",
    "%00",
    "%2e%2e",
  ),
  hostile,
);
const paths = fc
  .constantFrom(
    ...[
      "comments",
      "comments/$",
      "comments/$/$",
      "comments/$/$/vote",
      "comments/$/$/report",
      "comments/$/$/history",
      "comments/$/$/permalink",
    ],
    ...[
      "comments/by-url",
      "counts",
      "preview",
      "avatars/$",
      "posts",
      "posts/$",
      "moderation",
      "rules",
      "audit",
      "audit/$/undo",
      "stamp",
      "posts/$/aliases",
      "posts/$/merge",
      "remap",
      "search",
      "health",
      "hello",
      "users",
      "users/$",
      "user",
      "user/data",
      "session",
      "sessions",
      "tokens",
      "tokens/$",
      "openapi.json",
      "webhooks",
      "webhooks/$",
      "webhooks/$/test",
      "webhooks/$/deliveries",
      "webhooks/$/deliveries/$/resend",
      "hooks/posts",
      "files",
      "files/$",
      "files/$/$",
      "files/fuzz/kept.txt",
      "$",
      "$/$",
    ],
  )
  .chain((shape) => fc.tuple(fc.constant(shape), fc.array(segment, { minLength: 2, maxLength: 2 })))
  .map(([shape, parts]) => {
    let next = 0;
    return `/api/${shape.replace(
      /\$/g,
      () =>
        encodeURIComponent(wellFormed(parts[next++] ?? ""))
          .replaceAll("%25", "%")
          .replace(/^\.+$/, "x") || "x",
    )}`;
  })
  .filter((path) => !/%(?![0-9a-f]{2})/i.test(path))
  // Clients resolve dot segments, escaped or not, before any server sees them (RFC 3986 §6.2.2.3).
  .map((path) => new URL(path, "http://localhost").pathname)
  .filter((path) => path.startsWith("/api/"));

describe("whatever comes in", () => {
  test("the answer is in the contract's form, and the server lives", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
        paths,
        fc.array(fc.tuple(parameter, hostile), { maxLength: 3 }),
        bodies,
        fc.constantFrom(
          "application/json",
          "application/x-www-form-urlencoded",
          "text/plain",
          "multipart/form-data; boundary=x",
          "multipart/form-data; boundary=--",
          "application/json; charset=utf-16",
        ),
        fc.boolean(),
        async (method, path, query, body, type, admin) => {
          const search = new URLSearchParams(
            query.map(([name, text]): [string, string] => [name, wellFormed(text)]),
          ).toString();
          const call = request(server.url)
            [method === "HEAD" ? "head" : toVerb(method)](path + (search && `?${search}`))
            .redirects(0);
          if (admin) call.set("Authorization", `Bearer ${server.adminToken}`);
          if (method !== "GET" && method !== "HEAD" && method !== "OPTIONS") {
            call
              .set("Content-Type", type)
              .serialize((sent: unknown) => (typeof sent === "string" ? sent : JSON.stringify(sent)));
            call.send(JSON.stringify(body) ?? "null");
          }
          const res = await call.ok(() => true);
          expect(res.status).toBeLessThan(500);
          if (method !== "HEAD") contract.expectKept(method, path, res);
        },
      ),
      { numRuns: 1500, interruptAfterTimeLimit: 60_000 },
    );
    await request(server.url).get("/api/health?ready").expect(200, { status: "ok" });
    expect(await settledLogs(server)).not.toContain("a request failed");
  }, 120_000);
});

function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, "");
}

function toVerb(method: string) {
  const verbs = {
    GET: "get",
    POST: "post",
    PUT: "put",
    PATCH: "patch",
    DELETE: "delete",
    OPTIONS: "options",
  } as const;
  for (const [name, verb] of Object.entries(verbs)) if (name === method) return verb;
  throw new Error(`no verb for ${method}`);
}
