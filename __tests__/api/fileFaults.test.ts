import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, statfsSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import sharp from "sharp";
import { makeDisk } from "@/__tests__/support/disk";
import {
  bytesIn,
  download,
  filePart,
  folderOf,
  multipart,
  openIn,
  sha256,
  upload,
} from "@/__tests__/support/files";
import { settledLogs } from "@/__tests__/support/logs";
import { draw } from "@/__tests__/support/pictures";
import { type Server, startServer } from "@/__tests__/support/server";
import { head, open } from "@/__tests__/support/socket";
import { attach, noTrace } from "@/__tests__/support/trace";
import { until } from "@/__tests__/support/until";

const MIB = 1024 * 1024;
const disk = makeDisk(40);
if (disk === null) console.warn("SKIPPED: a full disk under the files (this user may not mount one)");
if (noTrace !== null) console.warn(`SKIPPED: the order of syncs (${noTrace})`);
const onDisk = disk === null ? it.skip : it;
const onTrace = noTrace === null ? it : it.skip;
const onLinux = process.platform === "linux" ? it : it.skip;

function startUpload(server: Server, ...more: string[]): string {
  return head(
    "POST /api/files HTTP/1.1",
    "Host: x",
    `Authorization: Bearer ${server.adminToken}`,
    "Content-Type: multipart/form-data; boundary=b",
    ...more,
  );
}

/** The rows of the database: what is referenced, and where. */
function rowsOf({ databaseFile }: Server): { path: string; place: string; sha256: string; size: number }[] {
  const database = new Database(databaseFile, { readonly: true });
  try {
    return database
      .prepare<[], { path: string; place: string; sha256: string; size: number }>(
        "SELECT path, place, files.sha256, size FROM files JOIN blobs ON blobs.sha256 = files.sha256",
      )
      .all();
  } finally {
    database.close();
  }
}

describe("clients that go away", () => {
  onLinux(
    "in the middle of an upload leave no file behind, and none open",
    async () => {
      const server = await startServer();
      await upload(server, "First", "a.txt").expect(201);
      const before = bytesIn(folderOf(server));
      const part = multipart("b", [[filePart(), "a".repeat(100_000)]]);
      for (let n = 0; n < 200; n++) {
        const length = n % 2 ? "Content-Length: 5000000" : "Transfer-Encoding: chunked";
        const body = part.slice(0, 120 + n * 450);
        const wire = await open(
          server.url,
          startUpload(server, length) + (n % 2 ? body : `${body.length.toString(16)}\r\n${body}\r\n`),
        );
        if (n % 4 < 2) wire.socket.resetAndDestroy();
        else wire.socket.end();
      }
      // Of the same bytes, so it adds none; and what came before it has been begun once it is answered.
      await upload(server, "First", "b.txt").expect(201);
      await until(() => openIn(folderOf(server), server.pid).length === 0);
      await until(() => `${bytesIn(folderOf(server))}` === `${before}`);
      const logs = await settledLogs(server);
      expect(logs.split('"cut off"').length).toBeGreaterThan(100);
      expect(logs).not.toContain("a request failed");
      expect(logs).not.toContain("could not be removed");
    },
    60_000,
  );

  onLinux(
    "in the middle of a download leave no file open",
    async () => {
      const server = await startServer();
      await upload(server, Buffer.alloc(10 * MIB, "a"), "big.txt", "big.txt").expect(201);
      for (let n = 0; n < 100; n++) {
        const wire = await open(server.url, head("GET /api/files/big.txt HTTP/1.1", "Host: x"));
        if (n % 2) await wire.waitFor("aaaa");
        wire.socket.pause();
        wire.socket.resetAndDestroy();
      }
      await until(() => openIn(folderOf(server), server.pid).length === 0);
      expect((await download(server, "big.txt").expect(200)).body).toHaveLength(10 * MIB);
      expect(await settledLogs(server)).not.toContain("a request failed");
    },
    60_000,
  );
});

describe("memory", () => {
  const peakOf = ({ pid }: Server) =>
    Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

  onLinux(
    "stays flat while twelve people upload 10 MiB each, and as many download them",
    async () => {
      const server = await startServer();
      const bytes = (n: number) => Buffer.alloc(10 * MIB, `${n} `);
      // What the first requests load is there for good.
      await upload(server, await draw().png().toBuffer(), "a.png").expect(201);
      await upload(server, bytes(99), "warm.txt", "warm").expect(201);
      await download(server, "warm").expect(200);
      writeFileSync(`/proc/${server.pid}/clear_refs`, "5");
      const before = peakOf(server);
      await Promise.all(
        Array.from({ length: 12 }, (_, n) => upload(server, bytes(n), "a.txt", `${n}`).expect(201)),
      );
      await Promise.all(
        Array.from({ length: 12 }, async (_, n) => {
          const { body } = await download(server, `${n}`).expect(200);
          expect(sha256(body)).toBe(sha256(bytes(n)));
        }),
      );
      // 240 MiB went through.
      expect(peakOf(server) - before).toBeLessThan(80);
    },
    120_000,
  );
});

describe("a server killed in a storm of uploads", () => {
  it("has every file that it acknowledged, and refers to none that is not there; the rest is swept out", async () => {
    let server = await startServer();
    const acknowledged = new Map<string, string>();
    for (let round = 0; round < 3; round++) {
      let storming = true;
      const target = server;
      const began = acknowledged.size;
      const writer = async (name: number) => {
        for (let n = 0; storming; n++) {
          const text = `${round} ${name} ${n} `.repeat(5000);
          const path = `${round}/${name}/${n}`;
          try {
            const { status } = await upload(target, text, "a.txt", path);
            if (status === 201) acknowledged.set(path, sha256(text));
          } catch {
            return;
          }
        }
      };
      const storm = Array.from({ length: 8 }, (_, name) => writer(name));
      await until(() => acknowledged.size > began + 20 + 7 * round);
      await server.kill();
      storming = false;
      await Promise.all(storm);
      const folder = folderOf(server);
      const rows = new Map(rowsOf(server).map((row) => [row.path, row]));
      for (const [path, hash] of acknowledged) expect(rows.get(path)?.sha256).toBe(hash);
      for (const { place, sha256: hash } of rows.values())
        expect(sha256(readFileSync(join(folder, place)))).toBe(hash);
      // What was under way is left alone for an hour, and is gone at the first sweep after it.
      const left = bytesIn(folder);
      server = await server.restart();
      expect(bytesIn(folder)).toEqual(left);
      const past = Date.now() / 1000 - 3700;
      for (const name of left) utimesSync(join(folder, name), past, past);
      server = await server.restart();
      expect(bytesIn(folder)).toEqual([...rows.values()].map(({ place }) => place).sort());
    }
    expect(acknowledged.size).toBeGreaterThan(60);
  }, 120_000);
});

describe("the sweeper", () => {
  const past = Date.now() / 1000 - 3700;

  it("takes away what uploads left an hour ago, and nothing that is not its own", async () => {
    const server = await startServer();
    await upload(server, "Stays", "a.txt", "stays").expect(201);
    const folder = folderOf(server);
    const [kept = ""] = bytesIn(folder);
    const orphan = `ab/${"c".repeat(62)}-01234567`;
    const half = "incoming/01234567-89ab-cdef-0123-456789abcdef";
    const foreign = ["notes.txt", "ab/notes.txt", "photos/cat.png", `ab/${"c".repeat(62)}`];
    mkdirSync(join(folder, "ab"), { recursive: true });
    mkdirSync(join(folder, "photos"));
    for (const name of [orphan, half, ...foreign]) writeFileSync(join(folder, name), "x");
    for (const name of [kept, orphan, half, ...foreign]) utimesSync(join(folder, name), past, past);
    const again = await server.restart();
    expect(bytesIn(folder)).toEqual([kept, ...foreign].sort());
    expect((await download(again, "stays").expect(200)).body.toString()).toBe("Stays");
  });

  it("leaves the folder of another database alone, and says so", async () => {
    const owner = await startServer();
    await upload(owner, "The owner's", "a.txt", "mine").expect(201);
    const folder = folderOf(owner);
    const before = bytesIn(folder);
    for (const name of before) utimesSync(join(folder, name), past, past);
    const again = await owner.restart();
    const other = await startServer({ FILES_DIR: folder });
    expect(await settledLogs(other)).toContain("the uploaded files of another database");
    expect(bytesIn(folder)).toEqual(before);
    await download(again, "mine").expect(200);
  });
});

describe("a database that can't take the file", () => {
  it("is answered 503, and the bytes are gone again", async () => {
    const server = await startServer();
    await upload(server, "Before", "a.txt", "before").expect(201);
    const before = bytesIn(folderOf(server));
    const other = new Database(server.databaseFile);
    other.exec("BEGIN IMMEDIATE");
    const res = await upload(server, "Locked out", "a.txt", "locked").expect(503);
    expect(res.body.code).toBe("unavailable");
    other.exec("ROLLBACK");
    other.close();
    expect(bytesIn(folderOf(server))).toEqual(before);
    await upload(server, "Locked out", "a.txt", "locked").expect(201);
  }, 30_000);
});

describe(`a full disk under the files${disk === null ? " (skipped: no right to mount)" : ""}`, () => {
  onDisk(
    "is 503 before anything comes, and while it comes; nothing is left, and it recovers",
    async () => {
      const folder = join(disk ?? "", "files");
      const server = await startServer({ FILES_DIR: folder });
      await upload(server, "Before", "a.txt", "before").expect(201);
      const before = bytesIn(folder);
      const filler = join(disk ?? "", "filler");
      const fillTo = (left: number) => {
        rmSync(filler, { force: true });
        const { bavail, bsize } = statfsSync(disk ?? "");
        writeFileSync(filler, Buffer.alloc(bavail * bsize - left));
      };

      fillTo(17 * MIB);
      const early = await upload(server, Buffer.alloc(MIB, "a"), "a.txt", "early").expect(503);
      expect(early.body.code).toBe("unavailable");
      expect(Number(early.headers["retry-after"])).toBeGreaterThan(0);

      // Nobody says how long these are, so they get in, and the disk is full when they are half-way.
      rmSync(filler, { force: true });
      const wires = await Promise.all(
        [0, 1, 2].map(() => open(server.url, startUpload(server, "Transfer-Encoding: chunked"))),
      );
      const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`;
      const [opening = ""] = multipart("b", [[filePart(), "…"]]).split("…");
      for (const wire of wires) wire.socket.write(chunk(opening + "x".repeat(1000)));
      await until(() => bytesIn(folder).filter((name) => name.startsWith("incoming")).length === 3);
      fillTo(3 * MIB);
      for (const wire of wires) wire.socket.write(chunk("x".repeat(9 * MIB)));
      for (const wire of wires) expect(await wire.waitFor("requestId")).toMatch(/^HTTP\/1\.1 503 /);
      for (const wire of wires) wire.socket.destroy();
      await until(() => bytesIn(folder).length === before.length);
      expect(bytesIn(folder)).toEqual(before);
      expect((await download(server, "before").expect(200)).body.toString()).toBe("Before");
      expect(await settledLogs(server)).toContain("ENOSPC");

      rmSync(filler);
      await upload(server, "After", "a.txt", "after").expect(201);
    },
    60_000,
  );

  onDisk(
    "is 503 while a picture is drawn anew",
    async () => {
      const folder = join(disk ?? "", "pictures");
      const server = await startServer({ FILES_DIR: folder });
      const noise = randomBytes(900 * 900 * 3);
      const png = await sharp(noise, { raw: { width: 900, height: 900, channels: 3 } })
        .png()
        .toBuffer();
      const wire = await open(server.url, startUpload(server, "Transfer-Encoding: chunked"));
      const chunk = (bytes: Buffer) =>
        Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from("\r\n")]);
      const [opening = "", closing = ""] = multipart("b", [[filePart("file", "a.png"), "…"]]).split("…");
      wire.socket.write(chunk(Buffer.concat([Buffer.from(opening), png])));
      const came = () => bytesIn(folder).filter((name) => name.startsWith("incoming"));
      await until(
        () => came().length === 1 && statSync(join(folder, came()[0] ?? "")).size >= png.length - 100_000,
      );
      const { bavail, bsize } = statfsSync(disk ?? "");
      const filler = join(disk ?? "", "filler");
      writeFileSync(filler, Buffer.alloc(bavail * bsize - 200_000));
      wire.socket.write(Buffer.concat([chunk(Buffer.from(closing)), Buffer.from("0\r\n\r\n")]));
      expect(await wire.waitFor("requestId")).toMatch(/^HTTP\/1\.1 503 /);
      wire.socket.destroy();
      expect(bytesIn(folder)).toEqual([]);
      rmSync(filler);
      await upload(server, png, "a.png").expect(201);
    },
    60_000,
  );
});

describe(`the order of an upload${noTrace === null ? "" : ` (skipped: ${noTrace})`}`, () => {
  onTrace(
    "is: bytes synced, moved to their place, the folder synced, the row synced, and only then the answer",
    async () => {
      const server = await startServer();
      await upload(server, "Warm", "a.txt").expect(201);
      const log = join(folderOf(server), "..", "trace");
      const { detach } = await attach(
        server.pid,
        "-y",
        "-e",
        "trace=openat,fsync,fdatasync,rename,write,writev,sendto,sendmsg",
        "-o",
        log,
      );
      await upload(server, "Traced", "a.txt", "traced.txt").expect(201);
      await detach();
      const lines = readFileSync(log, "utf8").split("\n");
      const at = (pattern: RegExp, after = 0) =>
        lines.findIndex((line, n) => n >= after && pattern.test(line));
      const bytes = at(/fsync\(\d+<[^>]*\/incoming\/[0-9a-f-]{36}>/);
      const moved = at(/rename\("[^"]*\/incoming\//, bytes);
      const folder = at(/fsync\(\d+<[^>]*\/files\/[0-9a-f]{2}>/, moved);
      const row = at(/fdatasync\(\d+<[^>]*antiphon\.db-wal>\) = 0|fdatasync resumed>\) = 0/, folder);
      const answer = at(/HTTP\/1\.1 201/, row);
      expect([bytes, moved, folder, row, answer].every((line) => line >= 0)).toBe(true);
      expect(at(/HTTP\/1\.1 201/)).toBe(answer);
    },
    60_000,
  );
});

describe("a body that is slow", () => {
  it("has half a minute, unless it is an upload", async () => {
    const server = await startServer({ SEED: "on" });
    const began = performance.now();
    const slow = await open(
      server.url,
      `${head("POST /api/comments HTTP/1.1", "Host: x", "Content-Type: application/json", "Content-Length: 50")}{`,
    );
    const body = multipart("b", [[filePart(), "Slowly but surely"]]);
    const patient = await open(
      server.url,
      startUpload(server, `Content-Length: ${body.length}`, "Connection: close") + body.slice(0, 100),
    );
    await once(slow.socket, "close");
    expect(slow.received()).toMatch(/^HTTP\/1\.1 408 /);
    expect(performance.now() - began).toBeGreaterThan(29_000);
    patient.socket.write(body.slice(100));
    expect(await patient.ended()).toMatch(/^HTTP\/1\.1 201 /);
  }, 60_000);
});
