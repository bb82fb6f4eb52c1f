import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { client } from "@/__tests__/support/client";
import { type Server, startServer } from "@/__tests__/support/server";
import { head, open } from "@/__tests__/support/socket";
import { isAlive, until } from "@/__tests__/support/until";
import { Watcher } from "@/__tests__/support/watcher";
import { startWorkers, workersOf } from "@/__tests__/support/workers";

const OPEN = { SEED: "on", MODERATION: "open" };
const MANY = { MAX_STREAMS_PER_ADDRESS: "5000" };

async function say(server: Server, comment: string, post = 1): Promise<number> {
  const { body } = await client(() => server)
    .comment(comment, { post })
    .expect(201);
  return body.id;
}

/** A number of the server's metrics, over all workers. */
async function count(server: Server, name: string): Promise<number> {
  const { get, admin } = client(() => server);
  const { text } = await get("/api/metrics").set(...admin());
  const lines = text.split("\n").filter((line) => line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}

const createdIn = ({ heard }: Watcher) =>
  heard.filter(({ type }) => type === "comment.created").map(({ data }) => data.id);

describe("several processes on one file", () => {
  it("tell each reader of what any of them has acknowledged, once and in the same order", async () => {
    const two = await startWorkers(2, OPEN);
    const other = await startServer({ ...OPEN, DATABASE_URL: two.env.DATABASE_URL ?? "" });
    const watchers = await Promise.all([two, two, two, two, other].map((server) => Watcher.of(server, 1)));
    await until(async () => (await count(two, "antiphon_streams")) === 4);
    const write = async (server: Server) => {
      for (let n = 0; n < 10; n++) await say(server, `${server.pid}: ${n}`);
    };
    await Promise.all([write(two), write(two), write(other)].map((one) => one.catch(() => undefined)));
    const last = await say(two, "The last");
    for (const watcher of watchers) await watcher.hears("comment.created", last);
    const [first = []] = watchers.map(createdIn);
    expect(new Set(first).size).toBe(first.length);
    for (const watcher of watchers) {
      expect(createdIn(watcher)).toEqual(first);
      watcher.cut();
    }
  });

  it("take on each other's readers without a gap, when one is killed in the midst of a storm", async () => {
    const killed = await startServer(OPEN);
    const other = await startServer({ ...OPEN, DATABASE_URL: killed.env.DATABASE_URL ?? "" });
    const [stays, moves] = [await Watcher.of(other, 1), await Watcher.of(killed, 1)];
    const acknowledged: number[] = [];
    const write = async (name: string) => {
      for (let n = 0; ; n++) acknowledged.push(await say(killed, `${name} ${n}`));
    };
    const storm = ["a", "b", "c", "d"].map((name) => write(name).catch(() => undefined));
    await until(() => acknowledged.length > 50);
    await killed.kill();
    await Promise.all([...storm, moves.ends()]);
    const after = await Watcher.of(other, 1, { last: moves.last });
    const last = await say(other, "After the kill");
    await Promise.all([stays, after].map((one) => one.hears("comment.created", last)));
    expect(createdIn(stays)).toEqual(expect.arrayContaining(acknowledged));
    expect([...createdIn(moves), ...createdIn(after)]).toEqual(createdIn(stays));
    for (const one of [stays, after]) one.cut();
  });

  it("hear of what a program beside them took out", async () => {
    const server = await startServer(OPEN);
    const watcher = await Watcher.of(server, 1);
    const seed = join(__dirname, "..", "..", "dist", "seed.js");
    const env = { NODE_ENV: "production" as const, ...server.env };
    const done = spawnSync(process.execPath, [seed, "--remove"], { env });
    expect(done.status).toBe(0);
    await watcher.ends();
    await watcher.connect();
    expect(watcher.status).toBe(404);
  });
});

describe("a reader", () => {
  it("of a quiet thread hears a heartbeat, which keeps its last id young", async () => {
    const server = await startServer(OPEN);
    const watcher = await Watcher.of(server, 1);
    const { last } = watcher;
    await say(server, "Elsewhere", 2);
    await until(() => watcher.comments > 0);
    expect(watcher.last).not.toBe(last);
    expect(watcher.story).toEqual(["ready"]);
    watcher.cut();
    const missed = await say(server, "Here");
    await watcher.connect();
    expect(watcher.story).toEqual(["ready", `comment.created ${missed}`, "ready"]);
    watcher.cut();
  }, 30_000);

  it("who takes nothing is cut and comes back for what it can, and holds up nobody", async () => {
    const server = await startServer({ ...OPEN, ...MANY });
    const [stuck, other] = [await Watcher.of(server, 1), await Watcher.of(server, 1)];
    stuck.body?.pause();
    const long = "A long text. ".repeat(700);
    for (let n = 0; (await count(server, "antiphon_streams_cut_total")) === 0; n++)
      await Promise.all(Array.from({ length: 20 }, (_, k) => say(server, `${n} ${k} ${long}`)));
    const last = await say(server, "The last");
    await other.hears("comment.created", last);
    expect(await count(server, "antiphon_streams_cut_total")).toBe(1);
    stuck.body?.resume();
    await stuck.ends();
    await stuck.connect();
    expect(stuck.status).toBe(200);
    expect(stuck.story.at(-1)).toMatch(/^re(ady|set)$/);
    const next = await say(server, "Next");
    await stuck.hears("comment.created", next);
    expect(new Set(createdIn(stuck)).size).toBe(createdIn(stuck).length);
    for (const one of [stuck, other]) one.cut();
  }, 60_000);
});

describe("the bounds", () => {
  it("on streams in all and of an address are kept, and room is made as soon as somebody goes", async () => {
    const bounds = { MAX_STREAMS: "3", MAX_STREAMS_PER_ADDRESS: "2" };
    const server = await startServer({ ...OPEN, ...bounds, TRUST_PROXY: "1" });
    const from = (address: string) =>
      Watcher.of(server, 1, { headers: { "X-Forwarded-For": address, Origin: "https://blog.example" } });
    const first = await from("198.51.100.1");
    const second = await from("198.51.100.1");
    const third = await from("198.51.100.1");
    expect([first.status, second.status, third.status]).toEqual([200, 200, 429]);
    expect(third.headers).toMatchObject({
      "content-type": "application/problem+json",
      "retry-after": "60",
      "access-control-allow-origin": "*",
    });
    expect(third.text).toContain('"rate_limited"');
    const other = await from("2001:db8::1");
    const late = await from("203.0.113.9");
    expect([other.status, late.status]).toEqual([200, 503]);
    expect(late.headers).toMatchObject({ "content-type": "application/problem+json", "retry-after": "30" });
    expect(late.text).toContain('"overloaded"');
    expect(await count(server, "antiphon_streams")).toBe(3);
    expect(await count(server, "antiphon_streams_refused_total")).toBe(2);
    first.cut();
    await until(async () => (await count(server, "antiphon_streams")) === 2);
    const again = await from("198.51.100.1");
    expect(again.status).toBe(200);
    for (const one of [second, other, again]) one.cut();
    await until(async () => (await count(server, "antiphon_streams")) === 0);
  });

  it("have room again for whoever left before the stream began", async () => {
    const server = await startServer({ ...OPEN, MAX_STREAMS_PER_ADDRESS: "3" });
    for (let n = 0; n < 20; n++) {
      const wire = await open(server.url, head("GET /api/comments/1/events HTTP/1.1", "Host: x"));
      wire.socket.destroy();
    }
    await until(async () => (await count(server, "antiphon_streams")) === 0);
    const watcher = await Watcher.of(server, 1);
    expect(watcher.status).toBe(200);
    watcher.cut();
  });

  it("on how often one address may come are kept", async () => {
    const server = await startServer({ ...OPEN, RATE_LIMIT: "on" });
    const statuses: number[] = [];
    const began = Date.now();
    // One is paid back every half second.
    while (!statuses.includes(429) && statuses.length < 1000) {
      const watcher = await Watcher.of(server, 1);
      watcher.cut();
      statuses.push(watcher.status);
    }
    const most = 120 + Math.ceil((Date.now() - began) / 500);
    expect(statuses.slice(0, 120)).toEqual(Array.from({ length: 120 }, () => 200));
    expect(statuses).toContain(429);
    expect(statuses.length - 1).toBeLessThanOrEqual(most);
  }, 30_000);
});

describe("an end of the server", () => {
  it("ends streams at once and cleanly, and waits for nobody", async () => {
    const server = await startServer(OPEN);
    const watchers = await Promise.all(Array.from({ length: 20 }, () => Watcher.of(server, 1)));
    const began = performance.now();
    process.kill(server.pid, "SIGTERM");
    for (const watcher of watchers) await watcher.ends();
    await until(() => !isAlive(server.pid));
    expect(performance.now() - began).toBeLessThan(5000);
    expect(watchers.every(({ body }) => body?.complete)).toBe(true);
    expect(await server.stop()).toBe(0);
  });

  it("of one worker after the other sends readers on, who miss nothing", async () => {
    const server = await startWorkers(2, OPEN);
    const old = workersOf(server);
    const watchers = await Promise.all(Array.from({ length: 6 }, () => Watcher.of(server, 1)));
    let over = false;
    const follow = async (watcher: Watcher) => {
      while (!over) {
        await until(() => watcher.over || over);
        if (watcher.over && !over) await watcher.connect();
      }
    };
    const following = watchers.map(follow);
    const said: number[] = [];
    process.kill(server.pid, "SIGHUP");
    for (let n = 0; old.some(isAlive); n++) said.push(await say(server, `Renewing ${n}`));
    const last = await say(server, "Renewed");
    for (const watcher of watchers) await watcher.hears("comment.created", last);
    over = true;
    await Promise.all(following);
    for (const watcher of watchers) {
      expect(createdIn(watcher)).toEqual([...said, last]);
      expect(watcher.story).not.toContain("reset");
      watcher.cut();
    }
  }, 60_000);
});

const onLinux = process.platform === "linux" ? it : it.skip;

describe("memory", () => {
  onLinux(
    "of a thousand open streams is less than 100 MB",
    async () => {
      const server = await startServer({ ...OPEN, ...MANY });
      const resident = () =>
        Number(/VmRSS:\s*(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]) / 1024;
      const some = await Promise.all(Array.from({ length: 20 }, () => Watcher.of(server, 1)));
      await say(server, "To few");
      const before = resident();
      const watchers: Watcher[] = [];
      for (let n = 0; n < 20; n++)
        watchers.push(...(await Promise.all(Array.from({ length: 50 }, () => Watcher.of(server, 1)))));
      const last = await say(server, "To a thousand");
      for (const watcher of [...some, ...watchers]) await watcher.hears("comment.created", last);
      expect(resident() - before).toBeLessThan(100);
      for (const watcher of [...some, ...watchers]) watcher.cut();
      await until(async () => (await count(server, "antiphon_streams")) === 0);
    },
    60_000,
  );
});
