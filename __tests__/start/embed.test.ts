import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { makePost } from "@/__tests__/support/api";
import { type Server, startServer } from "@/__tests__/support/server";
import { LANGUAGES } from "@/lib/languages";

const files = {
  "/embed.js": /^(?:text|application)\/javascript/,
  "/embed.css": /^text\/css/,
  "/languages/en.json": /^application\/json/,
};

let server: Server;
let post: number;

beforeAll(async () => {
  server = await startServer({ ALLOWED_ORIGINS: "https://blog.example" });
  post = await makePost(server);
});

const ask = (path: string, headers: Record<string, string> = {}) =>
  request(server.url).get(path).set(headers);

describe.each(Object.entries(files))("%s", (path, type) => {
  it("may be loaded by any site, the first time and again", async () => {
    for (const status of ["fwd=miss; stored", "hit"]) {
      const { headers } = await ask(path, { Origin: "https://any.example" }).expect(200);
      expect(headers).toMatchObject({
        "cache-status": `Antiphon; ${status}`,
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        "x-content-type-options": "nosniff",
        "cache-control": "public, max-age=300, must-revalidate",
        "content-type": expect.stringMatching(type),
      });
      expect(headers).not.toHaveProperty("set-cookie");
      expect(headers).not.toHaveProperty("access-control-allow-credentials");
    }
  });

  it("comes compressed, and is 304 to who has it, in each coding", async () => {
    const plain = await ask(path, { "Accept-Encoding": "identity" }).buffer(true).expect(200);
    for (const coding of ["gzip", "br"]) {
      const { headers } = await ask(path, { "Accept-Encoding": coding }).expect(200);
      expect([headers["content-encoding"], headers.vary]).toEqual([coding, "Accept-Encoding"]);
      expect(Number(headers["content-length"])).toBeLessThan(Buffer.byteLength(plain.text) / 2);
      const known = { "Accept-Encoding": coding, "If-None-Match": headers.etag ?? "" };
      const again = await ask(path, known).expect(304);
      expect(again.text).toBe("");
      expect(again.headers["cache-status"]).toBe("Antiphon; hit");
      expect(again.headers["cache-control"]).toBe(headers["cache-control"]);
    }
  });

  it("is not sent again when somebody has commented", async () => {
    const { headers } = await ask(path).expect(200);
    await request(server.url).post(`/api/comments/${post}`).send({ comment: "Nice" }).expect(201);
    const known = { "Cache-Control": "max-age=0", "If-None-Match": headers.etag ?? "" };
    const again = await ask(path, known).expect(304);
    expect(again.headers["cache-status"]).toBe("Antiphon; fwd=stale; fwd-status=304");
    expect(again.headers["access-control-allow-origin"]).toBe("*");
  });
});

describe("the element", () => {
  let script: string;

  beforeAll(async () => {
    script = (await ask("/embed.js").buffer(true).expect(200)).text;
  });

  it("is at most 10 KB, gzipped as it is served, and its style sheet 3,000 bytes", async () => {
    expect(script).toContain("attachShadow");
    expect(gzipSync(script, { level: 6 }).length).toBeLessThanOrEqual(10_000);
    const { text } = await ask("/embed.css").buffer(true).expect(200);
    expect(gzipSync(text, { level: 9 }).length).toBeLessThanOrEqual(3000);
  });

  it("knows the languages that there are", () => {
    const codes = LANGUAGES.map(({ code }) => code);
    expect(script).toContain(`(${[...codes].sort().join("|")})`);
  });

  it("needs nothing that a strict policy forbids, no cookie, and nobody else", () => {
    expect(script).not.toMatch(/\beval\s*\(|\bFunction\s*\(|setTimeout\(["'`]|javascript:/);
    expect(script).not.toMatch(/\bcookie\b|credentials\s*:\s*"include"/);
    const addresses = script.match(/(?:https?:)?\/\/[\w.-]+\.\w+[^"'`\s]*/g) ?? [];
    // Where a reader may go, and nothing goes by itself.
    expect(addresses.filter((one) => one !== "https://commonmark.org/help/")).toEqual([]);
  });

  it("says nothing of React, and no comment of anybody's licence", () => {
    expect(script).not.toMatch(/react|@license|\/\*!/i);
  });
});
