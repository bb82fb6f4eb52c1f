import { once } from "node:events";
import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import request from "@/__tests__/support/request";
import { file, newDatabase, seed, startSeed } from "@/__tests__/support/seed";
import { startServer } from "@/__tests__/support/server";
import { showProgress } from "@/cli/progress";

const demo = ["posts", "comments", "users"].map((name) =>
  join(__dirname, "..", "..", "db", "seed", `${name}.json`),
);
const posts = file("posts.json", '[{ "id": "p", "title": "Hello" }]');
const guide = file("guide.json", '[{ "comment": "First" }, { "comment": "Nice post" }]');

const count = (database: string, table: string) => {
  const db = new Database(database, { readonly: true });
  const n = db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
  db.close();
  return n;
};

describe("an import", () => {
  it("tells how many came, and the second time that all were there already", async () => {
    const database = newDatabase();
    expect(await seed(database, [posts, guide])).toMatchObject({
      code: 0,
      out: "3 came, 0 were there already, 0 were refused.\n",
      err: "",
    });
    expect((await seed(database, [posts, guide])).out).toBe(
      "0 came, 3 were there already, 0 were refused.\n",
    );
    expect(count(database, "comments")).toBe(2);
    expect(count(database, "posts")).toBe(1);
  });

  it("knows the demo of the first start again", async () => {
    const server = await startServer({ SEED: "on" });
    const { out } = await seed(server.databaseFile, demo);
    expect(out).toMatch(/^0 came, 10 were there already, 0 were refused\.$/m);
  });

  it("is shown at once by the server that runs meanwhile, through the one sanitiser", async () => {
    const server = await startServer({ SEED: "on" });
    const before = await request(server.url).get("/api/comments/1").expect(200);
    const lines = file(
      "lines.jsonl",
      '{"comment":"<b>bold</b> *em*","author":"Lin"}\r\n{"comment":"[x](javascript:alert(1))"}\r\n',
    );
    expect((await seed(server.databaseFile, [lines])).out).toMatch(/^2 came, /);
    const after = await request(server.url)
      .get("/api/comments/1")
      .set("If-None-Match", before.headers.etag ?? "")
      .expect(200);
    expect(after.body.total).toBe(before.body.total + 2);
    const [lin, last] = after.body.comments.slice(-2);
    expect(lin).toMatchObject({
      author: "Lin",
      html: "<p>&lt;b&gt;bold&lt;/b&gt; <em>em</em></p>\n",
      status: "approved",
    });
    expect(last.html).not.toMatch(/href/);
  });

  it("keeps a page's address without what tracks its readers", async () => {
    const server = await startServer();
    const page = "https://blog.example/hello?utm_source=letter&page=2#top";
    const row = file("page.json", JSON.stringify([{ title: "Hello", url: page }]));
    expect((await seed(server.databaseFile, [row])).out).toMatch(/^1 came, /);
    const { body } = await request(server.url).get("/api/posts/hello").expect(200);
    expect(body.url).toBe("https://blog.example/hello?page=2");
  });

  it("keeps nothing where a row is refused, and says which and why", async () => {
    const database = newDatabase();
    const bad = file(
      "bad.json",
      '[{ "comment": "fine" },\n{ "comment": "" },\n{ "comment": "x", "colour": 1 },\n{ "words": 1 },\n7,\n{ "comment": "y", "parent": 99 }]',
    );
    const { code, out, err } = await seed(database, [posts, bad]);
    expect(out).toMatch(/^0 came, 0 were there already, 4 were refused\.$/m);
    expect(err).toContain(`${bad}:2: comment: Must not be blank\n`);
    expect(err).toContain(`${bad}:3: `);
    expect(err).toContain(`${bad}:4: it is neither a comment`);
    expect(err).toContain(`${bad}:5: it is neither a comment`);
    expect(err).toMatch(/Nothing was imported; mend these or add --keep-going\.\n$/);
    expect(code).toBe(1);
    expect(count(database, "comments")).toBe(0);
    expect(count(database, "posts")).toBe(0);
  });

  it("imports the rest with --keep-going", async () => {
    const database = newDatabase();
    const bad = file(
      "orphan.json",
      '[{ "comment": "fine" },\n{ "comment": "y", "parent": 99 },\n{ "comment": "z", "post": "nowhere" }]',
    );
    const { code, out, err } = await seed(database, ["--keep-going", posts, bad]);
    expect(out).toMatch(/^2 came, 0 were there already, 2 were refused\.$/m);
    expect(err).toBe(`${bad}:2: there is no comment 99 to reply to\n${bad}:3: there is no post nowhere\n`);
    expect(code).toBe(0);
    expect(count(database, "comments")).toBe(1);
  });

  it("lists fifty refusals and says how many more there are", async () => {
    const many = file("many.jsonl", '{"comment":""}\n'.repeat(61));
    const { err } = await seed(newDatabase(), [many]);
    expect(err.match(/^.*many\.jsonl:\d+: /gm)).toHaveLength(50);
    expect(err).toContain("… and 11 more.\n");
  });

  it("of the same files by two processes at once brings everything once", async () => {
    const database = newDatabase();
    const rows = Array.from({ length: 300 }, (_, n) => ({ comment: `Number ${n}`, post: "p" }));
    const big = file("both.json", JSON.stringify(rows));
    const outcomes = await Promise.all([seed(database, [posts, big]), seed(database, [posts, big])]);
    expect(outcomes.map(({ code }) => code)).toEqual([0, 0]);
    expect(count(database, "comments")).toBe(300);
    expect(count(database, "posts")).toBe(1);
  });
});

describe("what can't be is one sentence", () => {
  const stackLine = /^\s+at /m;
  it.each([
    ["a file that is not there", [join(__dirname, "absent.json")], /^There is no file .*absent\.json\.$/m],
    ["a folder", [__dirname], /^.* is a folder; name the files in it\.$/m],
    ["an empty file", [file("empty.json", "")], /^.*empty\.json:1: the file is empty$/m],
  ])("%s, with exit code 1", async (_name, args, sentence) => {
    const { code, err } = await seed(newDatabase(), args);
    expect(err).toMatch(sentence);
    expect(err).not.toMatch(stackLine);
    expect(code).toBe(1);
  });

  it.each([
    ["no file", []],
    ["an unknown flag", ["--keepgoing", guide]],
    ["--remove with a file", ["--remove", guide]],
  ])("%s shows the usage, with exit code 2, and makes no database", async (_name, args) => {
    const database = newDatabase();
    const { code, err } = await seed(database, args);
    expect(err).toContain("Usage: npm run seed -- ");
    expect(err).not.toMatch(stackLine);
    expect(code).toBe(2);
    expect(existsSync(database)).toBe(false);
  });

  it("--help shows the usage, with exit code 0", async () => {
    const { code, out } = await seed(newDatabase(), ["--help"]);
    expect(out).toContain("Usage: npm run seed -- ");
    expect(code).toBe(0);
  });

  it("a wrong setting and a database that can't be", async () => {
    const wrong = await seed(newDatabase(), [guide], { MODERATION: "maybe" });
    expect(wrong).toMatchObject({ code: 1, err: expect.stringMatching(/^The setting MODERATION .*\n$/) });
    const nowhere = await seed("/dev/null/x.db", [guide]);
    expect(nowhere).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^The database can't be kept in .*\n$/),
    });
  });
});

describe("the demo", () => {
  it("stays out with SEED=off", async () => {
    const server = await startServer({ SEED: "off" });
    expect((await request(server.url).get("/api/comments").expect(200)).body).toEqual([]);
    expect((await request(server.url).get("/api/posts").expect(200)).body).toEqual([]);
  });

  it("comes once where two servers start at once on a new database", async () => {
    const database = newDatabase();
    const env = { SEED: "on", DATABASE_URL: `file:${database}` };
    const [one, other] = await Promise.all([startServer(env), startServer(env)]);
    for (const { url } of [one, other]) {
      const { body } = await request(url).get("/api/comments").expect(200);
      expect(body.map(({ comment }: { comment: string }) => comment).slice(0, 2)).toEqual([
        "First",
        "Nice post",
      ]);
      expect(body).toHaveLength(6);
    }
    expect(count(database, "posts")).toBe(2);
    expect(count(database, "users")).toBe(2);
  });

  it("goes with --remove, all but the post on which somebody commented, and does not come back", async () => {
    const server = await startServer({ SEED: "on" });
    await request(server.url).post("/api/comments").send({ post: 1, comment: "Mine" }).expect(201);
    const { code, out } = await seed(server.databaseFile, ["--remove"]);
    expect(out).toBe(
      "The demo is out: 1 post, 6 comments, 2 users.\n1 post stayed, because other people commented there.\n",
    );
    expect(code).toBe(0);
    const { body } = await request(server.url).get("/api/comments").expect(200);
    expect(body.map(({ comment }: { comment: string }) => comment)).toEqual(["Mine"]);
    expect((await seed(server.databaseFile, ["--remove"])).out).toMatch(/stayed|no demo/);
    const again = await server.restart();
    expect((await request(again.url).get("/api/comments").expect(200)).body).toHaveLength(1);
  });
});

describe("a file of 100,000 comments", () => {
  const path = file("big.jsonl", "");
  const to = openSync(path, "w");
  writeSync(to, '{"id":"big","title":"Big"}\n');
  for (let n = 0; n < 100_000; n++) {
    const comment = `Comment ${n} with *some* text, a [link](https://example.com/${n}) and enough words to be like a person's.`;
    writeSync(
      to,
      `${JSON.stringify({ id: n, post: "big", parent: n % 3 === 2 ? n - 1 : null, author: `Author ${n % 500}`, comment })}\n`,
    );
  }
  closeSync(to);

  it("stays under 300 MB, shows how far it is, and is found afterwards", async () => {
    const database = newDatabase();
    const NODE_OPTIONS = `-r ${join(__dirname, "..", "support", "peakMemory.cjs")}`;
    const first = await seed(database, [path], { NODE_OPTIONS });
    expect(first.out).toBe("100,001 came, 0 were there already, 0 were refused.\n");
    expect(first.err).toMatch(/^Reading: 20,000 rows$/m);
    expect(first.err).toMatch(/^Storing: 80,000 rows of 100,001$/m);
    expect(first.err).toMatch(/^Indexing …$/m);
    const again = await seed(database, [path], { NODE_OPTIONS });
    expect(again.out).toBe("0 came, 100,001 were there already, 0 were refused.\n");
    for (const { err } of [first, again]) {
      const peak = Number(/^peak (\d+)$/m.exec(err)?.[1]);
      expect(peak).toBeLessThan(300_000_000 / 1024);
    }
    const db = new Database(database, { readonly: true });
    const found = db
      .prepare("SELECT count(*) FROM search WHERE search MATCH 'people OR person'")
      .pluck()
      .get();
    db.close();
    expect(found).toBe(100_000);
  }, 240_000);

  it("ended by Ctrl-C leaves nothing half imported", async () => {
    const database = newDatabase();
    const child = startSeed(database, [path]);
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("Storing: 20,000")) child.kill("SIGINT");
    });
    const [, signal] = await once(child, "close");
    expect(signal).toBe("SIGINT");
    expect(count(database, "comments")).toBe(0);
    expect(count(database, "posts")).toBe(0);
  }, 120_000);
});

it("a terminal shows a bar that fills", () => {
  let shown = "";
  let time = 0;
  const screen = { isTTY: true, write: (text: string) => (shown += text) };
  const { show, end } = showProgress(
    screen,
    () => 0.5,
    () => (time += 200),
  );
  show("read", 10, null);
  expect(shown).toBe(`\r\x1b[KReading  [${"#".repeat(15)}${"-".repeat(15)}]  50 %  10 rows`);
  show("store", 1000, 1000);
  expect(shown).toContain(`\r\x1b[KStoring  [${"#".repeat(30)}] 100 %  1,000 rows`);
  show("index", 0, 1000);
  expect(shown.endsWith("\r\x1b[KIndexing …")).toBe(true);
  end();
  expect(shown.endsWith("\r\x1b[K")).toBe(true);
});
