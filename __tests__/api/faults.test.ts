import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { inspect, makePost, tryPost } from "@/__tests__/support/api";
import { makeDisk } from "@/__tests__/support/disk";
import { settledLogs } from "@/__tests__/support/logs";
import request from "@/__tests__/support/request";
import { failToStart, type Server, startServer } from "@/__tests__/support/server";
import { attach, noTrace } from "@/__tests__/support/trace";
import { until } from "@/__tests__/support/until";

const stackLine = /^\s+at /m;
const refused = { status: 503, type: expect.stringContaining("application/problem+json") };
const cleanUps: (() => void)[] = [];

afterAll(() => {
  for (const cleanUp of cleanUps) cleanUp();
});

const disk = makeDisk(3);
if (disk === null) console.warn("SKIPPED: full and read-only disks (this user may not mount one)");
if (noTrace !== null) console.warn(`SKIPPED: failing disks (${noTrace})`);
const onDisk = disk === null ? it.skip : it;
const onTrace = noTrace === null ? it : it.skip;

/** How long a GET takes, in milliseconds, whatever else goes on. */
async function readThread({ url }: Server, post: number): Promise<number> {
  const began = performance.now();
  await request(url).get(`/api/comments/${post}`).expect(200);
  return performance.now() - began;
}

describe("a database that another program has locked", () => {
  it("refuses comments with 503 within six seconds, answers readers meanwhile, and recovers", async () => {
    const server = await startServer({ MODERATION: "open" });
    const post = await makePost(server);
    const other = new Database(server.databaseFile);
    other.exec("BEGIN IMMEDIATE");
    const began = performance.now();
    // Many who wait must not stand in the readers' way.
    const waiting = Array.from({ length: 30 }, (_, n) => tryPost(server, post, `Locked out ${n}`));
    let answered = 0;
    for (const one of waiting) void one.then(() => answered++);
    const reads: number[] = [];
    while (answered < waiting.length) reads.push(await readThread(server, post));
    for (const answer of await Promise.all(waiting)) {
      expect(answer).toMatchObject(refused);
      expect(answer?.retryAfter).toBeGreaterThan(0);
    }
    expect(performance.now() - began).toBeGreaterThan(4000);
    expect(performance.now() - began).toBeLessThan(6500);
    expect(reads.length).toBeGreaterThan(50);
    expect(reads.sort((a, b) => a - b).at(Math.floor(reads.length * 0.99))).toBeLessThan(200);
    other.exec("ROLLBACK");
    other.close();
    expect((await tryPost(server, post, "After"))?.status).toBe(201);
    expect([...inspect(server.databaseFile).texts.values()]).toEqual(["First", "After"]);
  }, 60_000);

  it("takes a comment late, once the lock is gone", async () => {
    const server = await startServer({ MODERATION: "open" });
    const post = await makePost(server);
    const other = new Database(server.databaseFile);
    other.exec("BEGIN IMMEDIATE");
    const waiting = tryPost(server, post, "Patient");
    for (let n = 0; n < 5; n++) await readThread(server, post);
    other.exec("COMMIT");
    other.close();
    expect((await waiting)?.status).toBe(201);
  });

  it("still takes comments while another program writes without a pause", async () => {
    const server = await startServer({ MODERATION: "open" });
    const post = await makePost(server);
    const other = new Database(server.databaseFile, { timeout: 1000 });
    other.pragma("synchronous = FULL");
    let busy = true;
    const greedy = (async () => {
      while (busy) {
        for (let n = 0; n < 20; n++)
          other.transaction(() => other.exec("UPDATE site SET id = 1")).immediate();
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    for (let n = 0; n < 20; n++) expect((await tryPost(server, post, `Between ${n}`))?.status).toBe(201);
    busy = false;
    await greedy;
    other.close();
  }, 60_000);
});

describe(`a disk that is full or read-only${disk === null ? " (skipped: no right to mount)" : ""}`, () => {
  onDisk(
    "refuses comments with 503, keeps nothing of them, shows the rest, and recovers",
    async () => {
      const file = join(disk ?? "", "full", "antiphon.db");
      const server = await startServer({ DATABASE_URL: `file:${file}`, MODERATION: "open" });
      const post = await makePost(server);
      const filler = join(disk ?? "", "filler");
      const { bavail, bsize } = statfsSync(disk ?? "");
      writeFileSync(filler, Buffer.alloc(bavail * bsize - 8192));
      const kept: string[] = ["First"];
      let answer = await tryPost(server, post, "0".repeat(9000));
      for (let n = 1; answer?.status === 201; n++) {
        kept.push(`${n - 1}`.repeat(9000).slice(0, 9000));
        answer = await tryPost(server, post, `${n}`.repeat(9000).slice(0, 9000));
      }
      expect(answer).toMatchObject(refused);
      expect(answer?.retryAfter).toBeGreaterThan(0);
      await readThread(server, post);
      const page = { post: "http://localhost/full", comment: "x".repeat(9000) };
      await request(server.url).post("/api/comments").send(page).expect(503);
      await request(server.url)
        .get("/api/comments/by-url?url=http://localhost/full")
        .expect(200, /"total":0/);
      rmSync(filler);
      await until(async () => (await tryPost(server, post, "After"))?.status === 201);
      const { texts, integrity, counts } = inspect(file);
      expect(integrity).toBe("ok");
      expect(counts).toEqual([1]);
      expect([...texts.values()]).toEqual([...kept, "After"]);
      expect(await settledLogs(server)).toContain("SQLITE_FULL");
      await server.stop();
    },
    60_000,
  );

  onDisk("that nothing can be made on stops the start with one sentence", async () => {
    const folder = makeDisk(3) ?? "";
    execFileSync("mount", ["-o", "remount,ro", folder]);
    try {
      const { code, output } = await failToStart({ DATABASE_URL: `file:${join(folder, "antiphon.db")}` });
      expect(output).toMatch(/not writable; make it so, or set DATABASE_URL to another place/);
      expect(output).not.toMatch(stackLine);
      expect(code).toBe(1);
    } finally {
      execFileSync("mount", ["-o", "remount,rw", folder]);
    }
  });
});

describe(`a disk that fails under the server${noTrace === null ? "" : ` (skipped: ${noTrace})`}`, () => {
  onTrace(
    "by turning read-only: 503 until it can be written again, readers served throughout",
    async () => {
      const server = await startServer({ MODERATION: "open" });
      const post = await makePost(server);
      const { detach } = await attach(
        server.pid,
        "-P",
        `${server.databaseFile}-wal`,
        "-e",
        "inject=pwrite64:error=EROFS",
        "-o",
        "/dev/null",
      );
      expect(await tryPost(server, post, "Never")).toMatchObject(refused);
      await readThread(server, post);
      await request(server.url).get("/api/health?ready").expect(503);
      await request(server.url).get("/api/health").expect(200);
      await detach();
      expect((await tryPost(server, post, "After"))?.status).toBe(201);
      await request(server.url).get("/api/health?ready").expect(200);
      const { texts, integrity } = inspect(server.databaseFile);
      expect([...texts.values()]).toEqual(["First", "After"]);
      expect(integrity).toBe("ok");
    },
    60_000,
  );

  onTrace(
    "by losing an fsync: it takes nothing more until it was restarted",
    async () => {
      const server = await startServer({ MODERATION: "open" });
      const post = await makePost(server);
      const { detach } = await attach(
        server.pid,
        "-e",
        "inject=fsync,fdatasync:error=EIO",
        "-o",
        "/dev/null",
      );
      expect(await tryPost(server, post, "Not on the disk")).toMatchObject(refused);
      await detach();
      expect(await tryPost(server, post, "Too early")).toMatchObject(refused);
      await request(server.url).get("/api/health?ready").expect(503);
      await readThread(server, post);
      const restarted = await server.restart();
      expect((await tryPost(restarted, post, "After"))?.status).toBe(201);
      const { texts, integrity } = inspect(server.databaseFile);
      expect([...texts.values()]).not.toContain("Too early");
      expect(integrity).toBe("ok");
    },
    60_000,
  );

  onTrace(
    "by losing an fsync: nobody is told that it is on the disk whose commit came while that went on",
    async () => {
      // One thread, so that the fault is that of the first sync and of no other; as the system has it, too.
      const server = await startServer({ MODERATION: "open", UV_THREADPOOL_SIZE: "1" });
      const post = await makePost(server);
      const { detach } = await attach(
        server.pid,
        "-e",
        "inject=fdatasync:error=EIO:delay_enter=2000000:when=1",
        "-o",
        "/dev/null",
      );
      const first = tryPost(server, post, "First");
      const shows = async (text: string) =>
        (await request(server.url).get(`/api/comments/${post}`)).text.includes(text);
      await until(() => shows("First"));
      const second = tryPost(server, post, "Second");
      await until(() => shows("Second"));
      expect(await first).toMatchObject(refused);
      expect(await second).toMatchObject(refused);
      await detach();
    },
    60_000,
  );
});

describe("a file that is no database of ours stops the start with one sentence", () => {
  /** Starts on a file of `startServer`'s making, after `spoil`; the file must be left as it was found. */
  async function startOn(spoil: (file: string) => void): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "antiphon-"));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "antiphon.db");
    spoil(file);
    const before = execFileSync("cksum", [file]).toString();
    const { code, output } = await failToStart({ DATABASE_URL: `file:${file}` });
    expect(output).not.toMatch(stackLine);
    expect(output).not.toContain("Antiphon is at");
    expect(code).toBe(1);
    expect(execFileSync("cksum", [file]).toString()).toBe(before);
    return output;
  }

  it("another program's SQLite file, which is left alone", async () => {
    const output = await startOn((file) => new Database(file).exec("CREATE TABLE theirs (x)").close());
    expect(output).toMatch(/is another program's database; set DATABASE_URL to another file/);
  });

  it("a file that is not SQLite", async () => {
    const output = await startOn((file) => writeFileSync(file, "Dear diary, ".repeat(1000)));
    expect(output).toMatch(/is not a SQLite database; set DATABASE_URL to another file/);
  });

  it("a folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "antiphon-"));
    cleanUps.push(() => rmSync(folder, { recursive: true }));
    const { code, output } = await failToStart({ DATABASE_URL: `file:${folder}` });
    expect(output).toMatch(/can't be opened \(SQLITE_CANTOPEN/);
    expect(output).not.toMatch(stackLine);
    expect(code).toBe(1);
  });

  it("one of ours whose first page is damaged", async () => {
    const server = await startServer();
    await makePost(server);
    await server.kill();
    const database = new Database(server.databaseFile);
    database.pragma("wal_checkpoint(TRUNCATE)");
    database.close();
    const bytes = Buffer.alloc(4000, 0x5a);
    execFileSync("dd", [`of=${server.databaseFile}`, "bs=1", "seek=100", "conv=notrunc"], {
      input: bytes,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const { code, output } = await failToStart({ DATABASE_URL: `file:${server.databaseFile}` });
    expect(output).toMatch(/is damaged; restore it from a backup/);
    expect(output).not.toMatch(stackLine);
    expect(code).toBe(1);
  });
});
