import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { Agent, get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { client } from "@/__tests__/support/client";
import { OWED, postHalfway } from "@/__tests__/support/halfway";
import { settledLogs } from "@/__tests__/support/logs";
import { failToStart, type Server, startServer } from "@/__tests__/support/server";
import { head, open, type Wire } from "@/__tests__/support/socket";
import { isAlive, until } from "@/__tests__/support/until";
import { Asker, linesOf, startWorkers, workersOf } from "@/__tests__/support/workers";

const projectRoot = join(__dirname, "..", "..");

async function finish(wire: Wire): Promise<void> {
  wire.socket.write(OWED);
  expect(await wire.ended()).toMatch(/HTTP\/1\.1 20[12] /);
}

function askers(server: Server, count: number): Asker[] {
  return Array.from({ length: count }, () => new Asker(server));
}

function countOf(text: string, part: string): number {
  return text.split(part).length - 1;
}

function textOf(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (res) => {
      let text = "";
      res.setEncoding("utf8").on("data", (chunk: string) => {
        text += chunk;
      });
      res.once("end", () => resolve(text)).once("error", reject);
    }).once("error", reject);
  });
}

async function isTaken(server: Server): Promise<boolean> {
  const heir = createServer().listen(Number(new URL(server.url).port), "127.0.0.1");
  try {
    await once(heir, "listening");
    return false;
  } catch {
    return true;
  } finally {
    heir.close();
  }
}

describe("the start of several workers", () => {
  it("greets, fills the database and tells the token and the link once, and all of them serve", async () => {
    const server = await startWorkers(3, { SEED: "on", ADMIN_TOKEN: "" });
    const all = await Promise.all(askers(server, 6).map((asker) => asker.worker()));
    expect(new Set(all)).toEqual(new Set(workersOf(server)));
    const logs = await settledLogs(server);
    expect(countOf(logs, "Antiphon is at")).toBe(1);
    expect(countOf(logs, "API token, shown only this once")).toBe(1);
    expect(countOf(logs, "/login?setup=")).toBe(1);
    const alone = await startServer({ SEED: "on" });
    const { body } = await client(() => server).get("/api/posts");
    expect(body).toHaveLength((await client(() => alone).get("/api/posts")).body.length);
    expect(await server.stop()).toBe(0);
  });

  it.each(["0", "65", "many", "1.5"])("is refused for WORKERS=%s", async (WORKERS) => {
    const { code, output } = await failToStart({ WORKERS });
    expect(output).toMatch(/^The setting WORKERS must be a number from 1 to 64, or auto; .*\.\n$/);
    expect(code).toBe(1);
  });

  it("takes as many as there are processors for auto", async () => {
    const server = await startServer({ WORKERS: "auto" });
    await client(() => server)
      .get("/api/comments")
      .expect(200);
    expect(await server.stop()).toBe(0);
  });

  it("says once why it can't be, where the port is taken", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await once(holder, "listening");
    const address = holder.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const { code, output } = await failToStart({
      PORT: String(port),
      WORKERS: "3",
      ADMIN_TOKEN: "x".repeat(32),
    });
    holder.close();
    const sentence = `Port ${port} is taken; set PORT to another, e.g. PORT=${port + 1} npm start.`;
    expect(countOf(output, sentence)).toBe(1);
    expect(output).not.toMatch(/^\s+at /m);
    expect(output).not.toContain("Antiphon is at");
    expect(code).toBe(1);
  });

  it("says once why it can't be, where the database can't be used", async () => {
    const { code, output } = await failToStart({ DATABASE_URL: "file:/dev/null/x.db", WORKERS: "3" });
    expect(output).toMatch(/^The database can't be kept in \/dev\/null: .*\.\n$/);
    expect(code).toBe(1);
  });
});

describe("a worker that dies", () => {
  it("is replaced, and whoever talks to another hears nothing of it", async () => {
    const server = await startWorkers(3);
    const crowd = askers(server, 9);
    const theirs = await Promise.all(crowd.map((asker) => asker.worker()));
    const [victim = 0] = workersOf(server);
    const others = crowd.filter((_asker, n) => theirs[n] !== victim);
    expect(new Set(theirs).size).toBe(3);
    for (const asker of crowd) asker.begin();
    await until(() => crowd.every(({ answers }) => answers > 5));
    process.kill(victim, "SIGKILL");
    await until(() => !isAlive(victim) && workersOf(server).length === 3);
    const before = crowd.map(({ answers }) => answers);
    await until(() => crowd.every(({ answers }, n) => answers > 5 + (before[n] ?? 0)));
    await Promise.all(crowd.map((asker) => asker.stop()));
    expect(others.flatMap(({ failures }) => failures)).toEqual([]);
    const fresh = await Promise.all(askers(server, 3).map((asker) => asker.worker()));
    expect(new Set(fresh)).toEqual(new Set(workersOf(server)));
    expect(workersOf(server)).not.toContain(victim);
    expect(await server.stop()).toBe(0);
  });

  it("leaves the connection that was on its way to it to another", async () => {
    const server = await startWorkers(2);
    const [victim = 0] = workersOf(server);
    // Stopped: what it is sent it does not take.
    process.kill(victim, "SIGSTOP");
    const wires = await openMany(server, 4);
    const waiting = () => wires.filter((wire) => wire.received() === "");
    await until(() => waiting().length === 1);
    process.kill(victim, "SIGKILL");
    await until(() => waiting().length === 0);
    for (const wire of wires) expect(await wire.ended()).toMatch(/^HTTP\/1\.1 200 /);
    expect(await server.stop()).toBe(0);
  });

  it("closes the connection that was on its way to it where there is no other", async () => {
    const server = await startWorkers(2);
    const all = workersOf(server);
    for (const worker of all) process.kill(worker, "SIGSTOP");
    const wires = await openMany(server, 4);
    for (const worker of all) process.kill(worker, "SIGKILL");
    for (const wire of wires) expect(await wire.ended()).toBe("");
    expect(await server.stop()).toBe(0);
  });

  it("again and again right after its start is replaced after longer and longer pauses", async () => {
    const server = await startWorkers(2);
    const [steady = 0, first = 0] = workersOf(server);
    for (let weak = first, death = 0; death < 3; death++) {
      process.kill(weak, "SIGKILL");
      await until(() => !isAlive(weak) && workersOf(server).length === 2);
      weak = workersOf(server).find((worker) => worker !== steady) ?? 0;
    }
    const deaths = linesOf(server).filter(({ msg }) => msg === "a worker died; starting another");
    expect(deaths.map(({ pause }) => pause)).toEqual([0, 500, 1000]);
    expect(isAlive(steady)).toBe(true);
    expect(await server.stop()).toBe(0);
  });

  it("is replaced where it was the only one, and where all died at once", async () => {
    const server = await startWorkers(2, { PORT: String(await freePort()) });
    for (const worker of workersOf(server)) process.kill(worker, "SIGKILL");
    await until(() => linesOf(server).filter(({ msg }) => msg === "a worker serves").length === 4);
    await client(() => server)
      .get("/api/comments")
      .expect(200);
    expect(await server.stop()).toBe(0);
  });
});

/** So many connections at once, a request on each. */
function openMany(server: Server, count: number): Promise<Wire[]> {
  const request = head("GET /api/comments HTTP/1.1", "Host: x", "Connection: close");
  return Promise.all(Array.from({ length: count }, () => open(server.url, request)));
}

async function freePort(): Promise<number> {
  const holder = createServer().listen(0, "127.0.0.1");
  await once(holder, "listening");
  const address = holder.address();
  holder.close();
  return typeof address === "object" && address ? address.port : 0;
}

describe("SIGHUP", () => {
  it("renews every worker and drops no request, while readers and writers keep coming", async () => {
    const server = await startWorkers(2, { SEED: "on", MODERATION: "open" });
    const old = workersOf(server);
    const crowd = askers(server, 6);
    for (const asker of crowd) asker.begin();
    const wire = await postHalfway(server);
    const written: number[] = [];
    let over = false;
    const writing = (async () => {
      const { comment } = client(() => server);
      while (!over) written.push((await comment(`Meanwhile ${written.length}`)).status);
    })();
    await until(() => crowd.every(({ answers }) => answers > 5) && written.length > 5);
    process.kill(server.pid, "SIGHUP");
    await until(() => workersOf(server).length > 2);
    wire.socket.write(OWED);
    expect(await wire.waitFor("editToken")).toMatch(/HTTP\/1\.1 201 /);
    await until(() => linesOf(server).some(({ msg }) => msg === "the workers are renewed"));
    over = true;
    await Promise.all([writing, ...crowd.map((asker) => asker.stop())]);
    expect(crowd.flatMap(({ failures }) => failures)).toEqual([]);
    expect(new Set(written)).toEqual(new Set([201]));
    expect(old.filter(isAlive)).toEqual([]);
    expect(workersOf(server)).toHaveLength(2);
    expect(linesOf(server).map(({ msg }) => msg)).not.toContain("a worker died; starting another");
    expect(await server.stop()).toBe(0);
  });

  it("leaves the old workers where a new one can't start", async () => {
    const server = await startWorkers(2);
    const old = workersOf(server);
    const database = new Database(server.databaseFile);
    const version = database.pragma("user_version", { simple: true });
    database.pragma("user_version = 30000");
    process.kill(server.pid, "SIGHUP");
    await until(() => server.logs().includes("those that have not been renewed go on"));
    expect(server.logs()).toContain("start that version");
    expect(workersOf(server)).toEqual(old);
    await client(() => server)
      .get("/api/comments")
      .expect(200);
    database.pragma(`user_version = ${version}`);
    database.close();
    process.kill(server.pid, "SIGHUP");
    await until(() => linesOf(server).some(({ msg }) => msg === "the workers are renewed"));
    expect(old.filter(isAlive)).toEqual([]);
    expect(await server.stop()).toBe(0);
  });

  it("makes changes of .env hold, but for what workers may not differ in", async () => {
    const root = await makeProject();
    try {
      const env = join(root, ".env");
      await writeFile(env, "MODERATION=open\n");
      // Empty: not read yet.
      const settings = { WORKERS: "2", SEED: "on", __NEXT_PROCESSED_ENV: "" };
      const server = await startServer(settings, root);
      await until(() => workersOf(server).length === 2);
      const { comment } = client(() => server);
      for (let n = 0; n < 4; n++) await comment(`Open ${n}`).expect(201);
      await writeFile(env, "MODERATION=all\nWORKERS=5\nFILES_DIR=/dev/null/files\n");
      process.kill(server.pid, "SIGHUP");
      await until(() => linesOf(server).some(({ msg }) => msg === "the workers are renewed"));
      for (let n = 0; n < 4; n++) await comment(`Closed ${n}`).expect(202);
      expect(workersOf(server)).toHaveLength(2);
      expect(await settledLogs(server)).not.toContain("/dev/null/files");
      expect(await server.stop()).toBe(0);
    } finally {
      await rm(root, { recursive: true });
    }
  });

  it("to a worker does nothing", async () => {
    const server = await startWorkers(2);
    const all = workersOf(server);
    for (const worker of all) process.kill(worker, "SIGHUP");
    await Promise.all(askers(server, 4).map((asker) => asker.worker()));
    expect(workersOf(server)).toEqual(all);
    expect(await server.stop()).toBe(0);
  });

  it("where one process serves does nothing and says so", async () => {
    const server = await startServer();
    process.kill(server.pid, "SIGHUP");
    await until(() => server.logs().includes("SIGHUP does nothing here"));
    await client(() => server)
      .get("/api/comments")
      .expect(200);
    expect(await server.stop()).toBe(0);
  });
});

/** A folder like the project's, with a `.env` of its own. */
async function makeProject(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "antiphon-"));
  await mkdir(join(root, "dist"));
  await copyFile(join(projectRoot, "dist", "server.js"), join(root, "dist", "server.js"));
  for (const name of [".next", "node_modules", "docs", "public", "package.json"])
    await symlink(join(projectRoot, name), join(root, name));
  return root;
}

/** Whether a terminal can be had here: `script` of util-linux makes one. */
const hasTerminal = spawnSync("script", ["--version"]).stdout?.includes("util-linux") ?? false;

(hasTerminal ? it : it.skip).each(["1", "2"])(
  "closing the terminal ends it, with WORKERS=%s, and leaves no process",
  async (WORKERS) => {
    const { env, kill } = await startServer();
    await kill();
    const command = `echo "primary $$;"; exec ${process.execPath} dist/server.js`;
    const options = { cwd: projectRoot, env: { NODE_ENV: "production" as const, ...env, WORKERS } };
    const terminal = spawn("script", ["-qfc", command, "/dev/null"], options);
    let said = "";
    terminal.stdout.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    const served = () =>
      [...said.matchAll(/"worker":(\d+),"msg":"a worker serves"/g)].map(([, pid]) => Number(pid));
    await until(() => said.includes("Antiphon is at") && (WORKERS === "1" || served().length === 2));
    const all = [Number(/primary (\d+);/.exec(said)?.[1]), ...served()];
    expect(all.filter(isAlive)).toEqual(all);
    terminal.kill("SIGKILL");
    await until(() => !all.some(isAlive));
  },
);

describe("the end", () => {
  it.each([
    ["SIGTERM to the primary", "SIGTERM", false],
    ["SIGINT to all, as Ctrl-C sends it", "SIGINT", true],
    ["SIGTERM to all, as a supervisor may send it", "SIGTERM", true],
  ] as const)(
    "by %s finishes what runs, frees the port, and leaves no process",
    async (_name, signal, toAll) => {
      const server = await startWorkers(2, { SEED: "on" });
      const all = workersOf(server);
      const wires = await Promise.all([postHalfway(server), postHalfway(server)]);
      for (const pid of toAll ? [server.pid, ...all] : [server.pid]) process.kill(pid, signal);
      await until(async () => !(await isTaken(server)));
      await Promise.all(wires.map(finish));
      await until(() => !isAlive(server.pid));
      expect(await server.stop()).toBe(0);
      expect(all.filter(isAlive)).toEqual([]);
      expect(server.logs()).not.toContain("a worker died");
    },
  );

  it("by a second signal comes at once", async () => {
    const server = await startWorkers(2, { SEED: "on" });
    const all = workersOf(server);
    const wire = await postHalfway(server);
    const begin = performance.now();
    await until(() => {
      if (isAlive(server.pid)) process.kill(server.pid, "SIGTERM");
      return !isAlive(server.pid);
    });
    expect(performance.now() - begin).toBeLessThan(5000);
    expect(await server.stop()).toBe(143);
    await until(() => !all.some(isAlive));
    expect(await wire.ended()).not.toContain("HTTP/1.1 20");
  });

  it("of the primary alone, by SIGKILL, is the workers' end too, after what runs", async () => {
    const server = await startWorkers(2, { SEED: "on" });
    const all = workersOf(server);
    const wire = await postHalfway(server);
    await server.kill();
    await until(() => all.filter(isAlive).length === 1);
    await finish(wire);
    await until(() => !all.some(isAlive));
  });

  it("comes while workers are still starting, too", async () => {
    const server = await startServer({ WORKERS: "4" });
    process.kill(server.pid, "SIGTERM");
    expect(await server.stop()).toBe(0);
    expect(workersOf(server)).toEqual([]);
    expect(server.logs()).not.toContain("could not start");
  });
});

describe("what holds for the whole server holds over its workers", () => {
  it("an Idempotency-Key that comes at once on many connections makes one comment", async () => {
    const server = await startWorkers(3, { SEED: "on", MODERATION: "open" });
    const { comment, get } = client(() => server);
    const calls = Array.from({ length: 60 }, () =>
      comment("Unrepeatable").set("Idempotency-Key", '"once-0123456789abcdef"').expect(201),
    );
    const all = await Promise.all(calls);
    expect(new Set(all.map(({ body }) => body.id)).size).toBe(1);
    expect(all.filter(({ headers }) => headers["idempotent-replayed"] === undefined)).toHaveLength(1);
    expect((await get("/api/comments?q=unrepeatable")).body).toHaveLength(1);
    const asked = new Set(all.map(({ headers }) => headers["x-request-id"]));
    await settledLogs(server);
    await until(() => linesOf(server).filter(({ id }) => asked.has(id)).length === 60);
    const served = linesOf(server).filter(({ id }) => asked.has(id));
    expect(new Set(served.map(({ worker }) => worker))).toEqual(new Set(workersOf(server)));
    expect(await server.stop()).toBe(0);
  });

  it("the quota of comments", async () => {
    const server = await startWorkers(3, { SEED: "on", MODERATION: "open", RATE_LIMIT: "on" });
    const { comment } = client(() => server);
    const began = Date.now();
    const calls = Array.from({ length: 90 }, (_, n) => comment(`One of many, the ${n}th`));
    const all = (await Promise.all(calls)).map(({ status }) => status);
    // One is given back every three seconds.
    const refilled = Math.ceil((Date.now() - began) / 3000);
    const passed = all.filter((status) => status === 201).length;
    expect(passed).toBeGreaterThanOrEqual(20);
    expect(passed).toBeLessThanOrEqual(20 + refilled);
    expect(all.filter((status) => status === 429)).toHaveLength(90 - passed);
    expect(await server.stop()).toBe(0);
  });

  it("what was written is what everybody reads from then on, over any worker", async () => {
    const server = await startWorkers(2, { SEED: "on", MODERATION: "open" });
    const { comment } = client(() => server);
    const readers = Array.from({ length: 8 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const read = (agent: Agent) => textOf(`${server.url}/api/comments?limit=1&sort=newest`, agent);
    for (let n = 0; n < 100; n++) {
      const { body } = await comment(`The news, part ${n} of all`).expect(201);
      const seen = await Promise.all(readers.map(read));
      for (const text of seen) expect(text).toContain(`"id":${body.id},`);
    }
    for (const agent of readers) agent.destroy();
    await settledLogs(server);
    const news = linesOf(server).filter(({ msg }) => msg === "answered");
    expect(new Set(news.map(({ worker }) => worker))).toEqual(new Set(workersOf(server)));
    expect(await server.stop()).toBe(0);
  });

  it("what many write at once is all there, and every worker shows it", async () => {
    const server = await startWorkers(3, { SEED: "on", MODERATION: "open" });
    const { comment, get } = client(() => server);
    const count = async () => Number((await get("/api/posts/1").expect(200)).body.comments);
    const before = await count();
    const calls = Array.from({ length: 120 }, (_, n) => comment(`Simultaneous ${n}`).expect(201));
    const written = await Promise.all(calls);
    const ids = written.map(({ body }) => body.id);
    expect(new Set(ids).size).toBe(120);
    for (let n = 0; n < 6; n++) {
      expect(await count()).toBe(before + 120);
      expect((await get("/api/comments?q=simultaneous&limit=100").expect(200)).headers.link).toContain(
        "next",
      );
    }
    expect(await server.stop()).toBe(0);
  });
});
