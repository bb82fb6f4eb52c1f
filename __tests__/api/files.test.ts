import { deflateSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import sharp from "sharp";
import request from "supertest";
import { Contract } from "../support/contract";
import { bytesIn, download, filePart, folderOf, multipart, sha256, upload } from "../support/files";
import { settledLogs } from "../support/logs";
import { animate, draw, PDF } from "../support/pictures";
import { type Server, startServer } from "../support/server";
import { exchange, head } from "../support/socket";
import { addPerson, type Person } from "../support/tokens";

let server: Server;
let contract: Contract;
let author: Person;

beforeAll(async () => {
  server = await startServer();
  contract = await Contract.of(server.url);
  author = addPerson(server, "author");
});

const stored = () => bytesIn(folderOf(server));

describe("an upload", () => {
  test("is answered 201 with exactly what the file is, and where", async () => {
    const text = "# Read me\n\nPlease.\n";
    const res = await upload(server, text, "readme.md", "docs/readme.md", author.header).expect(201);
    expect(res.body).toEqual({
      path: ["docs", "readme.md"],
      fullPath: "docs/readme.md",
      filename: "readme.md",
      size: text.length,
      type: "text/plain",
      sha256: sha256(text),
      url: `${server.url}/api/files/docs/readme.md`,
    });
    expect(res.headers.location).toBe("/api/files/docs/readme.md");
    expect(res.headers["cache-control"]).toBe("private, no-store");
    contract.expectKept("POST", "/api/files", res);
    expect((await download(server, "docs/readme.md").expect(200)).body.toString()).toBe(text);
  });

  test("keeps the bytes under their hash, and no name of anybody's in the folder", async () => {
    const text = "Where am I kept?";
    await upload(server, text, "secret-name.txt", "secret-folder/secret-name.txt").expect(201);
    const hash = sha256(text);
    const place = new RegExp(`^${hash.slice(0, 2)}/${hash.slice(2)}-[0-9a-f]{8}$`);
    expect(stored().filter((name) => place.test(name))).toHaveLength(1);
    expect(stored().join()).not.toMatch(/secret|incoming/);
  });

  test("may have its path before the file or after it", async () => {
    const field = ['Content-Disposition: form-data; name="path"'];
    for (const [n, order] of [[0, 1] as const, [1, 0] as const].entries()) {
      const parts: [string[], string][] = [
        [field, `order/${n}.txt`],
        [filePart(), `order ${n}`],
      ];
      const res = await request(server.url)
        .post("/api/files")
        .set(...author.header)
        .set("Content-Type", "multipart/form-data; boundary=b")
        .send(
          multipart(
            "b",
            order.map((at) => parts[at] ?? [[], ""]),
          ),
        )
        .expect(201);
      expect(res.body.fullPath).toBe(`order/${n}.txt`);
    }
  });

  const documents: [string, string, () => Promise<Buffer> | Buffer][] = [
    ["image/png", "a.png", () => draw().png().toBuffer()],
    ["image/jpeg", "a.jpg", () => draw().jpeg().toBuffer()],
    ["image/gif", "a.gif", () => draw().gif().toBuffer()],
    ["image/webp", "a.webp", () => draw().webp().toBuffer()],
    ["image/avif", "a.avif", () => draw().avif().toBuffer()],
    ["application/pdf", "a.pdf", () => Buffer.from(PDF)],
    ["text/plain", "a.txt", () => Buffer.from("Grüße aus Köln\t✓\r\n")],
  ];

  test.each(documents)(
    "of %s is kept as what its bytes are, whatever its name says",
    async (type, name, make) => {
      const bytes = await make();
      const own = await upload(server, bytes, name, `types/${name}`).expect(201);
      const lie = await upload(server, bytes, "lie.exe", `lies/${name}.exe`).expect(201);
      for (const { body } of [own, lie]) expect(body.type).toBe(type);
      const res = await download(server, `lies/${name}.exe`).expect(200);
      expect(res.headers["content-type"]).toBe(type === "text/plain" ? "text/plain; charset=utf-8" : type);
      expect(sha256(res.body)).toBe(own.body.sha256);
      expect(res.body).toHaveLength(own.body.size);
      if (!type.startsWith("image/")) expect(res.body).toEqual(bytes);
      else {
        const { width, height, space } = await sharp(res.body).metadata();
        expect({ width, height, space }).toEqual({ width: 40, height: 20, space: "srgb" });
      }
    },
  );

  test("goes on to the file where a browser's own form sends it", async () => {
    const res = await upload(server, "From a form", "form.txt", "form.txt")
      .set("Accept", "text/html,*/*;q=0.8")
      .expect(303);
    expect(res.headers.location).toBe("/api/files/form.txt");
  });
});

describe("a picture", () => {
  test("is upright, and has lost where and with what it was taken", async () => {
    const exif = {
      IFD0: { Copyright: "Somebody", Make: "SECRETCAM" },
      IFD3: { GPSLatitudeRef: "N", GPSLatitude: "51/1 30/1 0/1" },
    };
    const jpeg = await draw()
      .withExif(exif)
      .withMetadata({ orientation: 6 })
      .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/">SECRETXMP</x:xmpmeta>')
      .jpeg()
      .toBuffer();
    expect(jpeg.includes("SECRETXMP")).toBe(true);
    expect((await sharp(jpeg).metadata()).orientation).toBe(6);
    await upload(server, jpeg, "exif.jpg", "exif.jpg").expect(201);
    const { body } = await download(server, "exif.jpg").expect(200);
    const { width, height, exif: left, xmp, icc, orientation } = await sharp(body).metadata();
    expect({ width, height, left, xmp, icc, orientation }).toEqual({ width: 20, height: 40 });
    for (const secret of ["Exif", "SECRETCAM", "SECRETXMP", "Somebody"])
      expect(body.includes(secret)).toBe(false);
    // Turned by a quarter, the left half is on top.
    const { data } = await sharp(body).raw().toBuffer({ resolveWithObject: true });
    expect([data[0], data[data.length - 1]]).toEqual([expect.closeTo(254, -1), expect.closeTo(254, -1)]);
  });

  test("of wide colours is brought to sRGB", async () => {
    const wide = await draw().withIccProfile("p3").png().toBuffer();
    expect((await sharp(wide).metadata()).icc).toBeDefined();
    await upload(server, wide, "wide.png", "wide.png").expect(201);
    const { body } = await download(server, "wide.png").expect(200);
    expect((await sharp(body).metadata()).icc).toBeUndefined();
  });

  test.each(["gif", "webp"] as const)("that moves still does, as a %s", async (format) => {
    await upload(server, await animate(format), `moves.${format}`, `moves.${format}`).expect(201);
    const { body } = await download(server, `moves.${format}`).expect(200);
    const { pages, delay, loop } = await sharp(body, { animated: true }).metadata();
    expect({ pages, delay, loop }).toEqual({ pages: 3, delay: [100, 200, 300], loop: 2 });
  });

  test("loses what is hidden behind it", async () => {
    for (const [name, bytes] of [
      ["tail.png", await draw().png().toBuffer()],
      ["tail.jpg", await draw().jpeg().toBuffer()],
      ["tail.gif", await draw().gif().toBuffer()],
    ] as const) {
      const hiding = Buffer.concat([bytes, Buffer.from("<script>alert(1)</script><?php system('id'); ?>")]);
      const res = await upload(server, hiding, name, name);
      // Refused or redrawn, as the decoder likes; never kept.
      expect([201, 400]).toContain(res.status);
      if (res.status === 400) continue;
      const { body } = await download(server, name).expect(200);
      for (const secret of ["<script", "<?php"]) expect(body.includes(secret)).toBe(false);
    }
  });
});

/** A PNG of one bit a pixel, all black: a bomb of some 48 kB. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const body = Buffer.concat([Buffer.from(type), data]);
    const check = Buffer.alloc(4);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const rows = deflateSync(Buffer.alloc(height * (1 + Math.ceil(width / 8))), { level: 9 });
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", rows),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ -1) >>> 0;
}

describe("a file that is refused leaves nothing behind", () => {
  const SVG = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>';
  const wrongTypes: [string, Buffer | string][] = [
    ["an SVG", SVG],
    ["an SVG with a declaration", `<?xml version="1.0"?>\n${SVG}`],
    ["an SVG behind a byte order mark and comments", `\ufeff \n<!-- a --><!-- b -->\n${SVG}`],
    ["an SVG behind a comment without an end", `<!-- ${SVG}`],
    ["HTML", "<!DOCTYPE html><title>x</title><script>alert(1)</script>"],
    ["HTML without a doctype", "  <HTML><body>x"],
    ["a script element", "<script>alert(1)</script>"],
    ["a program for Linux", Buffer.from("\x7fELF\x02\x01\x01\0\0\0\0\0", "latin1")],
    ["a program for Windows", Buffer.from("MZ\x90\0\x03\0\0\0", "latin1")],
    ["an archive", Buffer.from("PK\x03\x04\x14\0\0\0\x08\0", "latin1")],
    ["text with a NUL", "Hello\0there"],
    ["text with an escape", "\x1b[31mred"],
    ["text with a C1 control", "a\u0085b"],
    ["text that is not UTF-8", Buffer.from("Gr\xfc\xdfe", "latin1")],
    ["text that ends in half a character", Buffer.from([0x61, 0xe2, 0x82])],
    ["UTF-16", Buffer.from("\ufeffHello", "utf16le")],
    ["a PDF that was cut off", PDF.slice(0, 100)],
    ["a TIFF", Buffer.from("II*\0\x08\0\0\0", "latin1")],
    ["a BMP", Buffer.from("BM\x3a\0\0\0\0\0\0\0", "latin1")],
    ["HEIC", Buffer.from("\0\0\0\x18ftypheic\0\0\0\0mif1heic", "latin1")],
  ];

  test.each(wrongTypes)("415: %s", async (_what, bytes) => {
    const before = stored();
    const res = await upload(server, bytes, "innocent.png", "innocent.png").expect(415);
    expect(res.body).toMatchObject({
      code: "file_type_not_allowed",
      error: expect.stringMatching(/PNG.*PDF.*text/),
    });
    contract.expectKept("POST", "/api/files", res);
    expect(stored()).toEqual(before);
    await download(server, "innocent.png").expect(404);
  });

  const damaged: [string, () => Promise<Buffer> | Buffer, RegExp][] = [
    ["a polyglot of GIF and script", () => Buffer.from("GIF89a/*<script>alert(1)</script>*/=1;"), /damaged/],
    ["the beginning of a PNG", async () => (await draw().png().toBuffer()).subarray(0, 60), /damaged/],
    [
      "a JPEG cut in half",
      async () => {
        const bytes = await draw(400, 400).jpeg().toBuffer();
        return bytes.subarray(0, bytes.length / 2);
      },
      /damaged/,
    ],
    ["the beginning of a WebP", async () => (await draw().webp().toBuffer()).subarray(0, 40), /damaged/],
    ["the beginning of an AVIF", async () => (await draw().avif().toBuffer()).subarray(0, 100), /damaged/],
    [
      "a JPEG that says it is a PNG",
      () => Buffer.from("\x89PNG\r\n\x1a\n\xff\xd8\xff\xe0JFIF", "latin1"),
      /damaged/,
    ],
    ["a decompression bomb", () => bomb(20_000, 20_000), /more than 40,000,000 pixels/],
    [
      "an animation with too many pixels in all",
      async () => {
        // Frames that are the same would be one.
        const frames = Array.from({ length: 11 }, (_, n) =>
          sharp({ create: { width: 2000, height: 2000, channels: 3, background: { r: 20 * n, g: 0, b: 0 } } })
            .png()
            .toBuffer(),
        );
        return sharp(await Promise.all(frames), { join: { animated: true } })
          .gif()
          .toBuffer();
      },
      /more than 40,000,000 pixels/,
    ],
    ["an empty file", () => Buffer.alloc(0), /empty/],
  ];

  test.each(damaged)("400: %s", async (_what, make, sentence) => {
    const before = stored();
    const res = await upload(server, await make(), "innocent.png", "innocent.png").expect(400);
    expect(res.body).toMatchObject({ code: "file_damaged", error: expect.stringMatching(sentence) });
    expect(res.text).not.toMatch(/vips|sharp|incoming|\/tmp|spng/i);
    contract.expectKept("POST", "/api/files", res);
    expect(stored()).toEqual(before);
  });

  test("a bomb costs no time", async () => {
    const bytes = bomb(20_000, 20_000);
    expect(bytes.length).toBeLessThan(60_000);
    const began = performance.now();
    await upload(server, bytes, "bomb.png").expect(400);
    expect(performance.now() - began).toBeLessThan(1000);
  });

  test("413: one byte more than 10 MiB; 10 MiB are taken", async () => {
    const most = Buffer.alloc(10 * 1024 * 1024, "a");
    const before = stored();
    const res = await upload(server, Buffer.concat([most, Buffer.from("b")]), "big.txt", "big.txt").expect(
      413,
    );
    expect(res.body).toMatchObject({ code: "payload_too_large", error: "A file may have at most 10 MiB" });
    expect(stored()).toEqual(before);
    expect((await upload(server, most, "big.txt", "big.txt").expect(201)).body.size).toBe(most.length);
  });

  test("413 at once, and the connection is closed, where the declared length is too much", async () => {
    const request = (length: string, ...more: string[]) =>
      head(
        "POST /api/files HTTP/1.1",
        "Host: x",
        `Authorization: Bearer ${author.token}`,
        "Content-Type: multipart/form-data; boundary=b",
        length,
        ...more,
      );
    for (const more of [[], ["Expect: 100-continue"]]) {
      const began = performance.now();
      const answer = await exchange(server.url, request("Content-Length: 20971520", ...more));
      expect(answer).toMatch(/^HTTP\/1\.1 413 /);
      expect(answer).toMatch(/\r\nConnection: close\r\n/i);
      expect(performance.now() - began).toBeLessThan(1000);
    }
  });

  test("a body of 1 MiB is asked for with 100 Continue here, and refused elsewhere", async () => {
    const expecting = (path: string) =>
      head(
        `POST ${path} HTTP/1.1`,
        "Host: x",
        "Connection: close",
        "Content-Type: multipart/form-data; boundary=b",
        "Content-Length: 1048576",
        "Expect: 100-continue",
      );
    expect(await exchange(server.url, expecting("/api/files"))).toMatch(/^HTTP\/1\.1 100 .*HTTP\/1\.1 401 /s);
    expect(await exchange(server.url, expecting("/api/comments"))).toMatch(/^HTTP\/1\.1 413 /);
    expect(await exchange(server.url, expecting("/api/files/x"))).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe("the form", () => {
  const send = (body: string, type = "multipart/form-data; boundary=b") =>
    request(server.url)
      .post("/api/files")
      .set(...author.header)
      .set("Content-Type", type)
      .send(body);
  const path: [string[], string] = [['Content-Disposition: form-data; name="path"'], "form/a.txt"];

  const refused: [string, string, string, object][] = [
    ["without a file", multipart("b", [path]), "invalid_input", { issues: [{ path: ["file"] }] }],
    [
      "with a file of another name",
      multipart("b", [[filePart("photo"), "x"]]),
      "invalid_input",
      { issues: [{ path: ["photo"] }] },
    ],
    [
      "with two files",
      multipart("b", [
        [filePart(), "one"],
        [filePart(), "two"],
      ]),
      "invalid_input",
      { issues: [{ path: ["file"], message: "Came twice" }] },
    ],
    [
      "with the file as a field",
      multipart("b", [[['Content-Disposition: form-data; name="file"'], "x"]]),
      "invalid_input",
      { issues: [{ path: ["file"], message: "Must be a file" }] },
    ],
    [
      "with an unknown field",
      multipart("b", [
        [['Content-Disposition: form-data; name="owner"'], "1"],
        [filePart(), "x"],
      ]),
      "invalid_input",
      { issues: [{ code: "unrecognized_keys" }] },
    ],
    [
      "with __proto__",
      multipart("b", [
        [['Content-Disposition: form-data; name="__proto__"'], "1"],
        [filePart(), "x"],
      ]),
      "invalid_input",
      { issues: [{ code: "unrecognized_keys" }] },
    ],
    [
      "with _method, which means nothing here",
      multipart("b", [
        [['Content-Disposition: form-data; name="_method"'], "DELETE"],
        [filePart(), "x"],
      ]),
      "invalid_input",
      { issues: [{ code: "unrecognized_keys" }] },
    ],
    [
      "with two paths",
      multipart("b", [path, path, [filePart(), "x"]]),
      "invalid_input",
      { issues: [{ path: ["path"] }] },
    ],
    [
      "with a path of 5 kB",
      multipart("b", [
        [path[0], "a".repeat(5000)],
        [filePart(), "x"],
      ]),
      "invalid_input",
      { issues: [{ path: ["path"] }] },
    ],
    [
      "with a thousand fields",
      multipart("b", [
        ...Array.from({ length: 1000 }, (_, n): [string[], string] => [
          [`Content-Disposition: form-data; name="f${n}"`],
          "",
        ]),
        [filePart(), "x"],
      ]),
      "invalid_input",
      {},
    ],
    [
      "with a name nested a thousand deep",
      multipart("b", [
        [[`Content-Disposition: form-data; name="a${"[b]".repeat(1000)}"`], "1"],
        [filePart(), "x"],
      ]),
      "invalid_input",
      {},
    ],
    [
      "that ends in the middle of the file",
      multipart("b", [[filePart(), "x"]]).slice(0, -12),
      "malformed_body",
      {},
    ],
    [
      "that ends in the middle of a file that has no place here",
      multipart("b", [[filePart("photo"), "x"]]).slice(0, -12),
      "malformed_body",
      {},
    ],
    ["that never begins", "nothing of the kind", "malformed_body", {}],
    ["that is empty", "", "malformed_body", {}],
    ["of another boundary", multipart("other", [[filePart(), "x"]]), "malformed_body", {}],
    [
      "whose part has a header of 20 kB",
      multipart("b", [[[...filePart(), `X-Long: ${"a".repeat(20_000)}`], "x"]]),
      "malformed_body",
      {},
    ],
  ];

  test.each(refused)("%s is refused, and leaves nothing behind", async (_what, body, code, more) => {
    const before = stored();
    const res = await send(body).expect(400);
    expect(res.body).toMatchObject({ code, ...more });
    contract.expectKept("POST", "/api/files", res);
    expect(stored()).toEqual(before);
    await download(server, "form/a.txt").expect(404);
  });

  test("must be multipart, in the open, with a boundary, and without a query beside it", async () => {
    for (const type of ["application/json", "application/x-www-form-urlencoded", "text/plain", "image/png"])
      expect((await send("{}", type).expect(415)).body.code).toBe("unsupported_media_type");
    expect((await send("x", "multipart/form-data").expect(400)).body.code).toBe("malformed_body");
    const body = multipart("b", [[filePart(), "x"]]);
    await send(body).set("Content-Encoding", "gzip").expect(415).expect("Accept-Encoding", "identity");
    await send(body).query({ path: "x" }).expect(400);
  });

  test("may have more headers in a part than anybody needs, which say nothing", async () => {
    const headers = Array.from({ length: 500 }, (_, n) => `X-${n}: ${n}`);
    const res = await send(multipart("b", [[[...filePart("file", "headers.txt"), ...headers], "headers"]]));
    expect([201, 400]).toContain(res.status);
    contract.expectKept("POST", "/api/files", res);
  });
});

describe("a path", () => {
  const bad = [
    ...[
      "/a",
      "a/",
      "a//b",
      ".",
      "..",
      "../a",
      "a/../b",
      "a/./b",
      "a/..",
      "...",
      ".htaccess",
      "a/.env",
      "a.",
      "a..b",
    ],
    ...[
      "a b",
      " a",
      "a\\b",
      "a%2fb",
      "%2e%2e",
      "a:b",
      "a?b",
      "a#b",
      "a*b",
      "a|b",
      'a"b',
      "a'b",
      "a<b>",
      "a;b",
      "a&b",
    ],
    ...[
      "a\nb",
      "a\tb",
      "a\u0000b",
      "a\u202eb",
      "a\u200bb",
      "a\u00adb",
      "\u0301a",
      "a\ufe0f",
      "\u3164",
      "😀",
      "-rf",
      "~",
      "$HOME",
    ],
    ...[
      "C:",
      "con:",
      "\\\\server\\share",
      "file:///etc/passwd",
      "a".repeat(65),
      Array(11).fill("a").join("/"),
      "ａ／ｂ",
    ],
  ];

  test.each(bad)("%j is refused rather than mended", async (path) => {
    const before = stored();
    const res = await upload(server, "Some text", "a.txt", path).expect(400);
    expect(res.body).toMatchObject({ code: "invalid_input", issues: [{ path: ["path"] }] });
    expect(stored()).toEqual(before);
  });

  const good = [
    "a",
    "A-b_c.d.e",
    "con",
    "nul.txt",
    "a.tar.gz",
    "_x",
    "x_",
    "0",
    "Straße/Zürich.txt",
    "報告/二〇二六.txt",
    "ملف.txt",
    "a".repeat(64),
    Array(10).fill("deep").join("/"),
  ];

  test.each(good)("%j is taken, and found again", async (path) => {
    const { body, headers } = await upload(server, `At ${path}`, "a.txt", path).expect(201);
    expect(body.fullPath).toBe(path.normalize("NFC"));
    expect(body.path.join("/")).toBe(body.fullPath);
    expect(headers.location).toMatch(/^[\x21-\x7e]+$/);
    expect(
      (
        await request(server.url)
          .get(headers.location ?? "")
          .expect(200)
      ).text,
    ).toBe(`At ${path}`);
  });

  test("is the same however its letters are put together", async () => {
    await upload(server, "Composed", "a.txt", "Ze\u0301.txt").expect(201);
    const res = await upload(server, "Another", "a.txt", "Z\u00e9.txt").expect(409);
    expect(res.body.code).toBe("file_path_taken");
    for (const path of ["Ze\u0301.txt", "Z\u00e9.txt"])
      await download(server, encodeURIComponent(path)).expect(200);
  });

  test("that is taken is 409, unless the same bytes have it: then the answer is that file, with 200", async () => {
    const first = await upload(server, "The first", "a.txt", "taken.txt", author.header).expect(201);
    const again = await upload(server, "The first", "b.txt", "taken.txt").expect(200);
    expect(again.body).toEqual(first.body);
    const before = stored();
    const other = await upload(server, "The second", "a.txt", "taken.txt").expect(409);
    expect(other.body.code).toBe("file_path_taken");
    contract.expectKept("POST", "/api/files", other);
    expect(stored()).toEqual(before);
    expect((await download(server, "taken.txt")).body.toString()).toBe("The first");
  });

  test("that many want at once goes to one of them, and the others hear so", async () => {
    const all = await Promise.all(
      Array.from({ length: 8 }, (_, n) => upload(server, `Race ${n}`, "a.txt", "race.txt")),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(409)]);
    const won = all.find(({ status }) => status === 201);
    expect(sha256((await download(server, "race.txt")).body)).toBe(won?.body.sha256);
  });
});

describe("without a path, a file is called by its own name", () => {
  const names: [sent: string, filename: string, path: string][] = [
    ["report.pdf", "report.pdf", "report.pdf"],
    ["My report (final) 2.txt", "My report (final) 2.txt", "My-report-final-2.txt"],
    ["../../etc/passwd", "passwd", "passwd"],
    ["C:\\\\Users\\\\me\\\\notes.txt", "notes.txt", "notes.txt"],
    [".htaccess", ".htaccess", "htaccess"],
    ["..", "file", "file"],
    ["trailing...", "trailing...", "trailing"],
    ["a\u202egnp.txt", "agnp.txt", "agnp.txt"],
    ["zero\u200bwidth.txt", "zerowidth.txt", "zerowidth.txt"],
    ["evil.php.jpg", "evil.php.jpg", "evil.php.jpg"],
    ["-rf.txt", "-rf.txt", "rf.txt"],
    ["Übersicht.txt", "Übersicht.txt", "Übersicht.txt"],
    ["報告.txt", "報告.txt", "報告.txt"],
    ["😀.txt", "😀.txt", "txt"],
    ["%2e%2e%2fx.txt", "%2e%2e%2fx.txt", "2e-2e-2fx.txt"],
  ];

  test.each(names)("%j", async (sent, filename, path) => {
    const res = await request(server.url)
      .post("/api/files")
      .set(...author.header)
      .set("Content-Type", "multipart/form-data; boundary=b")
      .send(multipart("b", [[filePart("file", sent), `Sent as ${sent}`]]))
      .expect(201);
    expect(res.body).toMatchObject({ filename, fullPath: path, path: [path] });
    expect(
      (
        await request(server.url)
          .get(res.headers.location ?? "")
          .expect(200)
      ).text,
    ).toBe(`Sent as ${sent}`);
  });

  test("cut to 255 bytes, and to 64 characters of a path, with its ending", async () => {
    const { body } = await upload(server, "Long", `${"ä".repeat(300)}.txt`).expect(201);
    expect(Buffer.byteLength(body.filename)).toBeLessThanOrEqual(255);
    expect(body.filename).toMatch(/^ä+\.txt$/);
    expect(body.fullPath).toBe(`${"ä".repeat(60)}.txt`);
  });

  test("and a mark of its own where another has that name; the same again is the same", async () => {
    const first = await upload(server, "One note", "note.txt").expect(201);
    const second = await upload(server, "Another note", "note.txt").expect(201);
    expect(first.body.fullPath).toBe("note.txt");
    expect(second.body.fullPath).toBe(`note-${sha256("Another note").slice(0, 8)}.txt`);
    expect((await upload(server, "Another note", "note.txt").expect(200)).body).toEqual(second.body);
    expect((await upload(server, "One note", "note.txt").expect(200)).body).toEqual(first.body);
  });

  test("or file, where it has none", async () => {
    const headers = ['Content-Disposition: form-data; name="file"', "Content-Type: application/octet-stream"];
    const res = await request(server.url)
      .post("/api/files")
      .set(...author.header)
      .set("Content-Type", "multipart/form-data; boundary=b")
      .send(multipart("b", [[headers, "No name"]]))
      .expect(201);
    expect(res.body.filename).toBe("file");
    expect(res.body.fullPath).toMatch(/^file/);
  });
});

describe("who may upload", () => {
  test("is an author, a moderator, an admin; nobody is 401 and a member 403, before the body is read", async () => {
    for (const role of ["author", "moderator", "admin"] as const)
      await upload(server, `By the ${role}`, "a.txt", `by/${role}`, addPerson(server, role).header).expect(
        201,
      );
    const member = addPerson(server, "member");
    const before = stored();
    expect((await upload(server, "x", "a.txt", "by/member", member.header).expect(403)).body.code).toBe(
      "forbidden",
    );
    const nobody = await upload(server, "x", "a.txt", "by/nobody", [
      "Authorization",
      "Bearer nonsense",
    ]).expect(401);
    expect(nobody.body.error).toBe("Unauthorized");
    expect(nobody.headers["www-authenticate"]).toMatch(/^Bearer/);
    expect(stored()).toEqual(before);
    // Nothing of it has come when it is refused.
    const started = head(
      "POST /api/files HTTP/1.1",
      "Host: x",
      "Connection: close",
      "Content-Type: multipart/form-data; boundary=b",
      "Content-Length: 1000000",
    );
    expect(await exchange(server.url, started)).toMatch(/^HTTP\/1\.1 401 /);
  });

  test("may do so thirty times a minute, unless they moderate", async () => {
    const limited = await startServer({ RATE_LIMIT: "on" });
    const person = addPerson(limited, "author");
    const all = await Promise.all(
      Array.from({ length: 35 }, (_, n) => upload(limited, `${n}`, "a.txt", `limit/${n}`, person.header)),
    );
    expect(all.filter(({ status }) => status === 201).length).toBeGreaterThanOrEqual(30);
    expect(all.filter(({ status }) => status === 429).length).toBeGreaterThanOrEqual(4);
    expect(all[0]?.headers["ratelimit-policy"]).toBe('"files";q=30;w=60');
    await upload(limited, "As the admin", "a.txt").expect(201);
  });
});

describe("FILES_QUOTA", () => {
  test("is for all files together, is full with 413, and has room again when one is deleted", async () => {
    const small = await startServer({ FILES_QUOTA: "100k" });
    const text = (letter: string) => letter.repeat(40 * 1024);
    await upload(small, text("a"), "a.txt", "a.txt").expect(201);
    await upload(small, text("b"), "b.txt", "b.txt").expect(201);
    // The same bytes under another name need no room; told before the body comes, they might.
    await upload(small, text("c"), "c.txt", "c.txt").expect(413);
    const full = await upload(small, "d".repeat(21 * 1024), "d.txt", "d.txt").expect(413);
    expect(full.body).toMatchObject({
      code: "file_quota_exceeded",
      error: expect.stringContaining("FILES_QUOTA"),
    });
    expect(bytesIn(folderOf(small))).toHaveLength(2);
    await request(small.url)
      .delete("/api/files/a.txt")
      .set("Authorization", `Bearer ${small.adminToken}`)
      .expect(200);
    expect(bytesIn(folderOf(small))).toHaveLength(1);
    await upload(small, text("c"), "c.txt", "c.txt").expect(201);
  });
});

// Last: it takes any name.
describe("whatever a form says", () => {
  const word = fc.oneof(
    fc.constantFrom(
      "file",
      "path",
      "a.txt",
      "../a",
      "x".repeat(300),
      "",
      "\u202e",
      "[a][b]",
      '"',
      "\r\n",
      "é",
    ),
    fc.string({ unit: "binary", maxLength: 20 }),
  );
  const line = fc.oneof(
    fc
      .tuple(word, word)
      .map(([name, file]) => `Content-Disposition: form-data; name="${name}"; filename="${file}"`),
    fc
      .tuple(word, word)
      .map(([name, file]) => `Content-Disposition: form-data; name=${name}; filename*=UTF-8''${file}`),
    word.map((name) => `Content-Disposition: form-data; name="${name}"`),
    fc.constantFrom("Content-Type: text/plain; charset=utf-16", "Content-Transfer-Encoding: base64", "X", ""),
    word,
  );
  const content = fc.oneof(
    fc.constantFrom(
      "text",
      "\x89PNG\r\n\x1a\n",
      "GIF89a",
      "RIFF\0\0\0\0WEBPVP8 ",
      "\0\0\0 ftypavif",
      "%PDF-1.7 %%EOF",
      "\r\n--b",
      "--b--",
    ),
    fc.string({ unit: "binary" }),
  );
  const part = fc.tuple(fc.array(line, { maxLength: 4 }), content);

  test("the answer is in the contract's form, and only what it names is kept", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 4 }), fc.nat(400), async (parts, cut) => {
        const text = Buffer.from(multipart("b", parts));
        const res = await request(server.url)
          .post("/api/files")
          .set(...author.header)
          .set("Content-Type", "multipart/form-data; boundary=b")
          .send(cut < 100 ? text.subarray(0, cut) : text)
          .ok(() => true);
        expect(res.status).toBeLessThan(500);
        contract.expectKept("POST", "/api/files", res);
        expect(stored().join()).not.toContain("incoming");
      }),
      { numRuns: 500, interruptAfterTimeLimit: 30_000 },
    );
    expect(await settledLogs(server)).not.toContain("a request failed");
  }, 60_000);
});
