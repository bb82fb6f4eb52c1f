import { rmSync } from "node:fs";
import { beforeAll, describe, expect, test } from "@jest/globals";
import Database from "better-sqlite3";
import request, { type Response } from "supertest";
import { Contract } from "../support/contract";
import { bytesIn, download, folderOf, sha256, upload } from "../support/files";
import { settledLogs } from "../support/logs";
import { draw, PDF } from "../support/pictures";
import { type Server, startServer } from "../support/server";
import { exchange, head } from "../support/socket";
import { addPerson, type Person } from "../support/tokens";

const DIGITS = "0123456789";

let server: Server;
let contract: Contract;
let author: Person;
let tag: string;

beforeAll(async () => {
  server = await startServer();
  contract = await Contract.of(server.url);
  author = addPerson(server, "author");
  const { body } = await upload(server, DIGITS, "digits.txt", "docs/digits.txt").expect(201);
  tag = `"${body.sha256}"`;
  await upload(server, await draw().png().toBuffer(), "Cat.png", "pictures/cat.png").expect(201);
  await upload(server, PDF, "paper.pdf", "paper.pdf").expect(201);
});

const get = (path: string) => request(server.url).get(`/api/files/${path}`);
const kept = (path: string, res: Response) => contract.expectKept("GET", `/api/files/${path}`, res);

describe("a file", () => {
  test("comes with headers that let it do nothing", async () => {
    for (const [path, type, disposition] of [
      ["docs/digits.txt", "text/plain; charset=utf-8", 'attachment; filename="digits.txt"'],
      ["pictures/cat.png", "image/png", 'inline; filename="Cat.png"'],
      ["paper.pdf", "application/pdf", 'attachment; filename="paper.pdf"'],
    ] as const) {
      const res = await download(server, path).expect(200);
      expect(res.headers).toMatchObject({
        "content-type": type,
        "content-disposition": disposition,
        "content-length": String(res.body.length),
        "x-content-type-options": "nosniff",
        "content-security-policy": "sandbox; default-src 'none'",
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": "public, max-age=0, must-revalidate",
        "accept-ranges": "bytes",
        etag: `"${sha256(res.body)}"`,
        vary: expect.stringContaining("Accept"),
        "access-control-allow-origin": "*",
      });
      kept(path, res);
    }
  });

  test("that looks like a page, in part, is text that nobody takes for one", async () => {
    await upload(server, "Hello <script>alert(1)</script>", "page.html", "page.html").expect(201);
    const res = await download(server, "page.html").expect(200);
    expect(res.headers["content-type"]).toBe("text/plain; charset=utf-8");
    expect(res.headers["content-disposition"]).toBe('attachment; filename="page.html.txt"');
  });

  test("is saved under the name that it was sent under, in any script, with an ending that fits", async () => {
    for (const [sent, expected] of [
      ["Grüße.md", "attachment; filename=\"Gr__e.md\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.md"],
      ["a'b(c)*.txt", 'attachment; filename="a\'b(c)*.txt"'],
      ["100%.txt", "attachment; filename=\"100_.txt\"; filename*=UTF-8''100%25.txt"],
      ["setup.exe", 'attachment; filename="setup.exe.txt"'],
      ["README", 'attachment; filename="README.txt"'],
      ["photo.png", 'attachment; filename="photo.png.txt"'],
    ] as const) {
      const { headers } = await upload(server, `Called ${sent}`, sent).expect(201);
      const res = await request(server.url)
        .get(headers.location ?? "")
        .expect(200);
      expect(res.headers["content-disposition"]).toBe(expected);
    }
  });

  test("answers HEAD with the same headers and nothing else", async () => {
    const whole = await get("docs/digits.txt").expect(200);
    const res = await request(server.url).head("/api/files/docs/digits.txt").expect(200);
    const settled = ({ headers }: Response) => ({
      ...headers,
      date: "",
      "x-request-id": "",
      "cache-status": "",
    });
    expect(settled(res)).toEqual(settled(whole));
    expect(res.text).toBeUndefined();
    await request(server.url).head("/api/files/nothing").expect(404);
  });

  test("is 304 to who has it, and whole again once another one has its name", async () => {
    const first = await upload(server, "Version one", "a.txt", "replaced.txt").expect(201);
    const [etag] = [`"${first.body.sha256}"`];
    for (const has of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const res = await get("replaced.txt").set("If-None-Match", has).expect(304);
      expect(res.text).toBe("");
      expect(res.headers).toMatchObject({ etag, "cache-control": "public, max-age=0, must-revalidate" });
    }
    await request(server.url)
      .delete("/api/files/replaced.txt")
      .set("Authorization", `Bearer ${server.adminToken}`)
      .expect(200);
    await get("replaced.txt").set("If-None-Match", etag).expect(404);
    await upload(server, "Version two", "a.txt", "replaced.txt").expect(201);
    expect((await get("replaced.txt").set("If-None-Match", etag).expect(200)).text).toBe("Version two");
  });

  test("is described to who likes JSON, under an ETag of its own", async () => {
    for (const accept of ["application/json", "application/json, text/plain, */*"]) {
      const res = await get("docs/digits.txt").set("Accept", accept).expect(200);
      expect(res.body).toEqual({
        path: ["docs", "digits.txt"],
        fullPath: "docs/digits.txt",
        filename: "digits.txt",
        size: 10,
        type: "text/plain",
        sha256: sha256(DIGITS),
        url: `${server.url}/api/files/docs/digits.txt`,
      });
      expect(res.headers.vary).toContain("Accept");
      expect(res.headers["content-disposition"]).toBeUndefined();
      kept("docs/digits.txt", res);
      const { etag = "" } = res.headers;
      expect(etag).not.toBe(tag);
      await get("docs/digits.txt").set("Accept", accept).set("If-None-Match", etag).expect(304);
      await get("docs/digits.txt").set("Accept", accept).set("If-None-Match", tag).expect(200);
    }
    for (const accept of ["*/*", "text/html,*/*;q=0.8", "text/*", "image/avif,image/*,*/*;q=0.5"])
      expect((await get("docs/digits.txt").set("Accept", accept).expect(200)).text).toBe(DIGITS);
    const none = await get("docs/digits.txt").set("Accept", "video/mp4").expect(406);
    kept("docs/digits.txt", none);
  });

  test("takes no query, and no other method", async () => {
    await get("docs/digits.txt?download=1").expect(400);
    const res = await request(server.url).put("/api/files/docs/digits.txt").expect(405);
    expect(res.headers.allow).toBe("GET, HEAD, DELETE, OPTIONS");
    const list = await request(server.url).get("/api/files").expect(405);
    expect(list.headers.allow).toBe("POST, OPTIONS");
  });

  test("whose bytes are lost is 404, and the log says so", async () => {
    const { body } = await upload(server, "To be lost", "of-ada.txt", "lost.txt").expect(201);
    const [place = ""] = bytesIn(folderOf(server)).filter((name) => name.includes(body.sha256.slice(2)));
    rmSync(`${folderOf(server)}/${place}`);
    expect((await get("lost.txt").expect(404)).body.code).toBe("file_not_found");
    const logs = await settledLogs(server);
    expect(logs).toContain("the bytes of a file are lost");
    expect(logs).not.toContain("of-ada");
  });
});

describe("a range", () => {
  const ranges: [range: string, bytes: string, from: string][] = [
    ["bytes=0-0", "0", "0-0"],
    ["bytes=2-4", "234", "2-4"],
    ["bytes=7-", "789", "7-9"],
    ["bytes=-3", "789", "7-9"],
    ["bytes=0-9", DIGITS, "0-9"],
    ["bytes=5-1000000", "56789", "5-9"],
    ["bytes=-1000000", DIGITS, "0-9"],
    ["BYTES=1-2", "12", "1-2"],
  ];

  test.each(ranges)("%s is answered 206", async (range, bytes, from) => {
    const res = await get("docs/digits.txt").set("Range", range).expect(206);
    expect(res.text).toBe(bytes);
    expect(res.headers).toMatchObject({
      "content-range": `bytes ${from}/10`,
      "content-length": String(bytes.length),
      etag: tag,
    });
    kept("docs/digits.txt", res);
  });

  const ignored = [
    "bytes=0-1,3-4",
    `bytes=${Array(1000).fill("0-0").join()}`,
    "bytes=4-2",
    "bytes=-",
    "bytes=a-b",
    "bytes 0-1",
    "lines=0-1",
    "bytes=0x0-0x1",
    "bytes=--1",
    "bytes=1e1-2",
    `bytes=0-${"9".repeat(50)}`,
  ];

  test.each(ignored)("%.40j is ignored, and the whole comes", async (range) => {
    const res = await get("docs/digits.txt").set("Range", range).expect(200);
    expect(res.text).toBe(DIGITS);
    expect(res.headers["content-range"]).toBeUndefined();
  });

  test.each(["bytes=10-", "bytes=10-20", "bytes=999999999999-", "bytes=-0"])(
    "%s is beyond the end: 416 says how long it is",
    async (range) => {
      const res = await get("docs/digits.txt").set("Range", range).expect(416);
      expect(res.headers["content-range"]).toBe("bytes */10");
      expect(res.body.code).toBe("range_not_satisfiable");
      kept("docs/digits.txt", res);
    },
  );

  test("holds with If-Range only as long as the file is the same", async () => {
    const ranged = (tied: string) => get("docs/digits.txt").set("Range", "bytes=0-1").set("If-Range", tied);
    await ranged(tag).expect(206);
    for (const tied of ['"other"', `W/${tag}`, new Date().toUTCString(), "", "*"])
      await ranged(tied).expect(200);
  });

  test("comes after If-None-Match, and HEAD knows none", async () => {
    await get("docs/digits.txt").set("Range", "bytes=0-1").set("If-None-Match", tag).expect(304);
    const res = await request(server.url)
      .head("/api/files/docs/digits.txt")
      .set("Range", "bytes=0-1")
      .expect(200);
    expect(res.headers["content-length"]).toBe("10");
  });
});

describe("no spelling of a path leads out of the folder", () => {
  const targets = ["etc/passwd", "antiphon.db", "owner", "docs/digits.txt"];
  const ups = [
    ...[
      "..",
      "%2e%2e",
      "%2E.",
      ".%2e",
      "..%2f..",
      "%2e%2e%2f%2e%2e",
      "..%5c..",
      "%5c..",
      "..%00",
      "%252e%252e",
    ],
    ...[
      "..%252f..",
      "%c0%ae%c0%ae",
      "%c0%af",
      "%e0%80%af",
      "%uff0e%uff0e",
      "..;",
      "%2e%2e;",
      "....",
      "....//",
    ],
    ...[
      "%ef%bc%8e%ef%bc%8e",
      "%e2%80%a5",
      "..%c1%9c..",
      "%2f",
      "%2f%2f",
      "%5c%5c",
      "\\..",
      "/",
      "//",
      ".",
      "%2e",
    ],
    ...["file:", "file%3a%2f%2f", "C%3a", "%00", "%0d%0a", "~", "-", "*", "%"],
  ];

  test.each(ups)("%s", async (up) => {
    for (const target of targets)
      for (const path of [
        `${up}/${target}`,
        `${up}%2f${target}`,
        `docs/${up}/${up}/${target}`,
        `docs/${up}`,
      ]) {
        const answer = await exchange(
          server.url,
          head(`GET /api/files/${path} HTTP/1.1`, "Host: x", "Connection: close"),
        );
        // Dot segments are resolved as in any URL, and may lead to the file's own address.
        if (new URL(`/api/files/${path}`, "http://x").pathname === "/api/files/docs/digits.txt") continue;
        expect(answer).toMatch(/^HTTP\/1\.1 (400|404|405) /);
        expect(answer).not.toMatch(/root:|SQLite format|0123456789/);
      }
  });

  test("nor does a place in the folder, or the folder itself", async () => {
    for (const place of [...bytesIn(folderOf(server)), "owner", "incoming", "0a"])
      for (const path of [place, encodeURIComponent(place)]) expect((await get(path)).status).toBe(404);
  });

  test("what is no file is 404 in the contract's form", async () => {
    for (const path of [
      "nothing",
      "docs",
      "docs/",
      "docs/digits.txt/more",
      "Docs/digits.txt",
      "x".repeat(3000),
    ]) {
      const res = await get(path).expect(404);
      expect(res.body).toMatchObject({ code: "file_not_found", error: "File not found" });
      kept(path, res);
    }
  });
});

describe("a deletion", () => {
  const remove = (path: string, header: [string, string]) =>
    request(server.url)
      .delete(`/api/files/${path}`)
      .set(...header);
  const admin = (): [string, string] => ["Authorization", `Bearer ${server.adminToken}`];

  test("of one's own file answers it as it was, and takes its bytes away", async () => {
    const { body } = await upload(server, "Mine", "mine.txt", "mine.txt", author.header).expect(201);
    const res = await remove("mine.txt", author.header).expect(200);
    expect(res.body).toEqual({ message: "File deleted", deleted: body });
    contract.expectKept("DELETE", "/api/files/mine.txt", res);
    expect(bytesIn(folderOf(server)).join()).not.toContain(sha256("Mine").slice(2));
    await get("mine.txt").expect(404);
    expect((await remove("mine.txt", author.header).expect(404)).body.code).toBe("file_not_found");
  });

  test("leaves the bytes to another file that has them", async () => {
    await upload(server, "Twice", "a.txt", "twice/a.txt", author.header).expect(201);
    await upload(server, "Twice", "a.txt", "twice/b.txt", author.header).expect(201);
    await remove("twice/a.txt", author.header).expect(200);
    expect((await get("twice/b.txt").expect(200)).text).toBe("Twice");
    await remove("twice/b.txt", author.header).expect(200);
    expect(bytesIn(folderOf(server)).join()).not.toContain(sha256("Twice").slice(2));
  });

  test("of anybody's file is a moderator's right, which the audit log remembers", async () => {
    const moderator = addPerson(server, "moderator");
    await upload(server, "Theirs", "a.txt", "theirs.txt", author.header).expect(201);
    const database = new Database(server.databaseFile, { readonly: true });
    const entries = () =>
      database
        .prepare("SELECT user_id, action, before FROM audit WHERE type = 'file' ORDER BY id DESC")
        .all();
    const before = entries().length;
    await remove("theirs.txt", moderator.header).set("Prefer", "return=minimal").expect(204, "");
    expect(entries()).toHaveLength(before + 1);
    expect(entries()[0]).toEqual({
      user_id: moderator.id,
      action: "file.delete",
      before: expect.stringContaining('"path":"theirs.txt"'),
    });
    database.close();
  });

  test("is 401 to nobody, 403 to whose file it is not, and nothing happens", async () => {
    await upload(server, "Stays", "a.txt", "stays.txt", author.header).expect(201);
    expect((await remove("stays.txt", ["X-Nothing", "1"]).expect(401)).body.error).toBe("Unauthorized");
    for (const role of ["author", "member"] as const) {
      const res = await remove("stays.txt", addPerson(server, role).header).expect(403);
      contract.expectKept("DELETE", "/api/files/stays.txt", res);
    }
    // Who may delete nothing learns nothing of what is there.
    await remove("absent.txt", ["X-Nothing", "1"]).expect(401);
    expect((await get("stays.txt").expect(200)).text).toBe("Stays");
    await upload(server, "The admin's", "a.txt", "admins.txt").expect(201);
    await remove("admins.txt", author.header).expect(403);
  });

  test("holds If-Match: 412 once another file has the name", async () => {
    await upload(server, "Old", "a.txt", "matched.txt").expect(201);
    const old = (await get("matched.txt")).headers.etag ?? "";
    await remove("matched.txt", admin()).expect(200);
    await upload(server, "New", "a.txt", "matched.txt").expect(201);
    const res = await remove("matched.txt", admin()).set("If-Match", old).expect(412);
    expect(res.body.code).toBe("precondition_failed");
    await remove("matched.txt", admin()).set("If-None-Match", "*").expect(412);
    const { etag = "" } = (await get("matched.txt").set("Accept", "application/json")).headers;
    await remove("matched.txt", admin()).set("If-Match", etag).expect(200);
  });

  test("from a form is a POST with _method", async () => {
    await upload(server, "By form", "a.txt", "by-form.txt").expect(201);
    await request(server.url)
      .post("/api/files/by-form.txt")
      .set(...admin())
      .type("form")
      .send({ _method: "DELETE" })
      .expect(200);
    await get("by-form.txt").expect(404);
  });

  test("while the same bytes come again never takes them from the new file", async () => {
    const text = "Here and gone";
    for (let round = 0; round < 20; round++) {
      await upload(server, text, "a.txt", `gone/${round}`).expect(201);
      const [, again] = await Promise.all([
        remove(`gone/${round}`, admin()).expect(200),
        upload(server, text, "a.txt", `here/${round}`).expect(201),
      ]);
      expect(
        (
          await request(server.url)
            .get(again.headers.location ?? "")
            .expect(200)
        ).text,
      ).toBe(text);
      await remove(`here/${round}`, admin()).expect(200);
    }
    expect(bytesIn(folderOf(server)).join()).not.toContain(sha256(text).slice(2));
  });
});
