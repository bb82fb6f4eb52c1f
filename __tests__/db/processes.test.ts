import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { inspect, makePost, tryPost } from "@/__tests__/support/api";
import { startServer } from "@/__tests__/support/server";
import { openStore } from "@/db/open";

const run = promisify(execFile);
const root = join(__dirname, "..", "..");
const script = join(root, "__tests__", "support", "writer.ts");

let folder = "";
let file = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "antiphon-"));
  file = join(folder, "antiphon.db");
});

afterEach(() => rm(folder, { recursive: true }));

/** `names.length` processes that all begin at one instant; resolves with the ids that each made. */
async function race(names: string[], count: number): Promise<number[][]> {
  const now = Date.now() + 1500;
  const racers = names.map(async (name) => {
    const more = { DATABASE_URL: `file:${file}`, NAME: name, COUNT: String(count), NOW: String(now) };
    const env = { ...process.env, ...more };
    const { stdout } = await run(process.execPath, ["-r", "esbuild-register", script], { cwd: root, env });
    const ids: number[] = JSON.parse(stdout);
    return ids;
  });
  return Promise.all(racers);
}

function read(sql: string): unknown {
  const database = new Database(file);
  const value = database.prepare(sql).pluck().get();
  database.close();
  return value;
}

describe("several processes on one new file", () => {
  it.each([2, 3])(
    "%i at once: each migrates, writes, and nothing is lost",
    async (processes) => {
      const names = Array.from({ length: processes }, (_, n) => `process ${n}`);
      const made = await race(names, 200);
      const total = processes * 200;
      const { texts, integrity, counts } = inspect(file);
      expect(integrity).toBe("ok");
      expect(counts).toEqual([1]);
      expect(new Set(made.flat()).size).toBe(total);
      for (const [n, ids] of made.entries()) {
        expect(ids.map((id) => texts.get(id)).sort()).toEqual(
          Array.from({ length: 200 }, (_, k) => `process ${n} ${k}`).sort(),
        );
      }
      expect(texts.size).toBe(total);
      expect(read("SELECT sum(up) FROM comments")).toBe(total);
      expect(read("SELECT count(*) FROM posts")).toBe(1);
      expect(read("SELECT count(*) FROM site")).toBe(1);
    },
    60_000,
  );

  it("open and migrate it at the same instant, time and again", async () => {
    for (let round = 0; round < 5; round++) {
      await race(["a", "b", "c"], 1);
      expect(read("SELECT comments FROM site")).toBe(3);
      for (const end of ["", "-wal", "-shm"]) await rm(file + end, { force: true });
    }
  }, 60_000);
});

describe("news", () => {
  it("never lag behind a commit that another process acknowledged", async () => {
    const announcer = join(root, "__tests__", "support", "announcer.ts");
    const store = openStore(`file:${file}`);
    const env = { ...process.env, DATABASE_URL: `file:${file}` };
    const other = spawn(process.execPath, ["-r", "esbuild-register", announcer], {
      cwd: root,
      env,
      stdio: ["pipe", "pipe", "inherit"],
    });
    let heard = 0;
    let last = store.news();
    const hear = async () => {
      other.stdin.write("\n");
      for await (const line of createInterface(other.stdout)) {
        const said: { site: number; post: { id: number; version: number } } = JSON.parse(line);
        last = store.news();
        expect(last).toBe(said.site);
        const { id, version } = said.post;
        expect(store.newsOf({ page: "blog.example/announced" })).toEqual({ id, version });
        if (++heard < 300) other.stdin.write("\n");
        else other.stdin.end();
      }
    };
    // Reads and writes in between, so that what is kept from one of them could be old at the next.
    const ask = async () => {
      for (; heard < 300; await turn()) {
        expect(store.news()).toBeGreaterThanOrEqual(last);
        if (heard % 7 === 0) await store.limits.take("own", { limit: 1_000_000, window: 1000 }, Date.now());
      }
    };
    await Promise.all([hear(), ask()]).finally(() => other.kill());
    expect(heard).toBe(300);
    await store.close();
  }, 60_000);
});

describe("two servers on one file", () => {
  it("answer each other's comments, lose none, and share their quotas", async () => {
    const url = { DATABASE_URL: `file:${file}`, MODERATION: "open" };
    const [one, two] = await Promise.all([startServer(url), startServer(url)]);
    const post = await makePost(one);
    const acknowledged = new Map<number, string>();
    const hammer = async (server: typeof one, name: string) => {
      for (let n = 0; n < 25; n++) {
        const answer = await tryPost(server, post, `${name} ${n}`);
        expect(answer?.status).toBe(201);
        if (answer) acknowledged.set(answer.id, `${name} ${n}`);
        const other = server === one ? two : one;
        const seen = await fetch(`${other.url}/api/comments/${post}/${answer?.id}`);
        expect(seen.status).toBe(200);
      }
    };
    await Promise.all(
      [one, two].flatMap((server) =>
        Array.from({ length: 4 }, (_, n) => hammer(server, `${server.pid} ${n}`)),
      ),
    );
    expect(acknowledged.size).toBe(200);
    const { texts, integrity, counts } = inspect(file);
    expect(integrity).toBe("ok");
    expect(counts).toEqual([1]);
    for (const [id, text] of acknowledged) expect(texts.get(id)).toBe(text);

    const limited = await Promise.all([one.restart({ RATE_LIMIT: "on" }), two.restart({ RATE_LIMIT: "on" })]);
    const statuses = await Promise.all(
      Array.from(
        { length: 40 },
        async (_, n) => (await tryPost(limited[n % 2] ?? one, post, `Limited ${n}`))?.status,
      ),
    );
    const allowed = statuses.filter((status) => status === 201).length;
    expect(allowed).toBeGreaterThanOrEqual(20);
    // One more every three seconds is refilled meanwhile.
    expect(allowed).toBeLessThanOrEqual(24);
    expect(statuses.filter((status) => status === 429)).toHaveLength(40 - allowed);
  }, 90_000);
});
