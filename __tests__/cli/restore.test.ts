import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "@jest/globals";
import Database from "better-sqlite3";
import { client } from "@/__tests__/support/client";
import { exportOf, type Lived, live, manyComments } from "@/__tests__/support/exports";
import { addSignedIn } from "@/__tests__/support/people";
import { restore, startRestore } from "@/__tests__/support/restore";
import { file, newDatabase, seed } from "@/__tests__/support/seed";
import { type Server, startServer } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

let server: Server;
let lived: Lived;
let exported = "";

beforeAll(async () => {
  server = await startServer({ MODERATION: "open", SEED: "on" });
  lived = await live(server);
  exported = await exportOf(server);
});

/** The lines between the first and the last, and what the last says beside its checksum. */
function linesOf(text: string) {
  const lines = text.trimEnd().split("\n");
  const { sha256, ...end } = JSON.parse(lines.at(-1) ?? "");
  return { lines: lines.slice(1, -1), end };
}

/** A server on a database that was restored. */
async function serve(database: string, env: Record<string, string> = {}): Promise<Server> {
  return { ...(await startServer({ DATABASE_URL: `file:${database}`, ...env })), databaseFile: database };
}

/** What is in the folder of a database that a restore may leave or touch. */
const left = (database: string) => readdirSync(dirname(database), { recursive: true }).map(String).sort();

/** The bytes of uploaded files in it. */
const bytesIn = (database: string) => left(database).filter((name) => /[0-9a-f]{62}-[0-9a-f]{8}$/.test(name));

/** Tables that an export leaves out on purpose, and columns that depend on a secret, on the moment or on a network. */
const LEFT_OUT = {
  tables:
    /^(sqlite_|search|held_words|posts_fts|mails|limits|answers|idempotency_keys|sessions|tokens|events|deliveries|deletions|trashed_rows|readers|subscriptions|tellings|notices|cards)/,
  columns:
    /^(secret|setup|setup_until|version|noted|moderation|rules|network|address|text_hash|voter|reporter|password|salt|former_salt|former_until|place|done)$/,
};

/** All rows of all tables that come back, but for those columns. */
function contentOf(database: string): Record<string, unknown[]> {
  const db = new Database(database, { readonly: true });
  const tables = db
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name")
    .pluck()
    .all()
    .filter((name) => !LEFT_OUT.tables.test(name));
  const content = Object.fromEntries(
    tables.map((table) => {
      const columns = db
        .prepare<[string], string>("SELECT name FROM pragma_table_xinfo(?)")
        .pluck()
        .all(table)
        .filter((name) => !LEFT_OUT.columns.test(name));
      const rows = db.prepare(`SELECT ${columns.map((name) => `"${name}"`)} FROM ${table}`).all();
      return [table, rows.map((row) => JSON.stringify(row)).sort()];
    }),
  );
  for (const table of ["held_words", "posts_fts", "search"])
    expect(db.prepare(`SELECT count(*) FROM ${table}`).get()).toBeDefined();
  db.close();
  return content;
}

/** What a moderator deleted, without what depends on a secret or a network. */
const withoutHashes = (rows: unknown[] = []) =>
  rows.map((row) => String(row).replace(/\\"(text_hash|network|address)\\":(null|\\"[^"]*\\")/g, ""));

describe("a round trip", () => {
  let database = "";
  let again: Server;

  beforeAll(async () => {
    database = newDatabase();
    const { code, out, err } = await restore(database, [file("whole.ndjson", exported)]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Restored: 4 posts, 19 comments, 4 users, 3 files\.\n/);
    expect(left(database).filter((name) => name.includes("restoring"))).toEqual([]);
  });

  it("brings back every row as it was, with its id, its counts and what is worked out of others", async () => {
    const { trash, ...content } = contentOf(database);
    const { trash: was, ...before } = contentOf(server.databaseFile);
    expect(content).toEqual(before);
    expect(was).not.toEqual([]);
    expect(withoutHashes(trash)).toEqual(withoutHashes(was));
    const db = new Database(database);
    expect(db.pragma("integrity_check", { simple: true })).toBe("ok");
    for (const table of ["held_words", "posts_fts", "search"])
      db.exec(`INSERT INTO ${table} (${table}, rank) VALUES ('integrity-check', 1)`);
    db.close();
  });

  it("makes an export that is the same, line for line, but for when it was made", async () => {
    again = await serve(database, { MODERATION: "open" });
    const { lines, end } = linesOf(await exportOf(again));
    const before = linesOf(exported);
    expect(lines).toEqual(before.lines);
    expect(end).toEqual(before.end);
  });

  it("gives readers, and moderators, the same answers", async () => {
    const links = (text: string, { url }: Server) => text.replaceAll(url, "");
    for (const path of [
      "/api/comments?limit=100",
      "/api/comments?limit=100&sort=top",
      "/api/comments?q=reply",
      `/api/comments/${lived.post}`,
      `/api/comments/${lived.merged}`,
      `/api/comments/${lived.post}?view=tree&sort=top`,
      "/api/comments/hello",
      "/api/comments/by-url?url=https://old.example/hello?page=2",
      "/api/comments/by-url?url=http://localhost/a-page",
      "/api/posts",
      "/api/posts/hello-again",
      "/api/search?q=marks",
      "/api/search?q=world&type=post",
      "/api/counts?post=1&post=hello-again",
      "/api/files/docs/diary.txt",
    ])
      expect([path, links((await client(() => again).get(path)).text, again)]).toEqual([
        path,
        links(
          (
            await client(() => server)
              .get(path)
              .expect(200)
          ).text,
          server,
        ),
      ]);
    for (const path of [
      "/api/comments?limit=100&status=pending",
      "/api/comments?limit=100&status=spam",
      "/api/comments?limit=100&status=deleted",
      "/api/moderation",
      "/api/rules",
      "/api/users",
      "/api/audit",
      "/api/webhooks",
    ]) {
      const [one, other] = [server, again].map((at) => client(() => at));
      const was = await one
        ?.get(path)
        .set(...one.admin())
        .expect(200);
      const is = await other
        ?.get(path)
        .set(...other.admin())
        .expect(200);
      // Where somebody wrote from is in no export.
      const shown = (text = "") => text.replace(/"address":"[^"]*"/g, '"address":null');
      expect([path, links(shown(is?.text), again)]).toEqual([path, links(shown(was?.text), server)]);
    }
  });

  it("gives an id that was given before to nobody else, and lets moderators bring back what they deleted", async () => {
    const { post, get, admin } = client(() => again);
    const [{ id: last }] = (await client(() => server).get("/api/comments?sort=newest&limit=1")).body;
    const { body } = await post("/api/comments/1", { comment: "The next one" }).expect(201);
    expect(body.id).toBeGreaterThan(last);
    const deleted = (await get("/api/comments?status=deleted&limit=100").set(...admin())).body;
    const binned = JSON.parse(
      linesOf(exported).lines.find((line) => line.includes("Put into the bin")) ?? "{}",
    );
    expect(deleted.map(({ id }: { id: number }) => id)).toContain(binned.id);
    await post("/api/moderation", { ids: [binned.id], action: "restore" })
      .set(...admin())
      .expect(200);
    expect((await get(`/api/comments/${lived.post}/${binned.id}`).expect(200)).body.comment).toBe(
      "Put into the bin",
    );
  });

  it("holds no token, password or secret of before: none opens anything", async () => {
    for (const secret of lived.secrets) expect(exported).not.toContain(secret);
    const [token = "", cookie = "", , editToken = ""] = lived.secrets;
    const { get, patch } = client(() => again);
    await get("/api/user").set("Authorization", `Bearer ${token}`).expect(401);
    await get("/api/user").set("Cookie", `antiphon=${cookie}`).expect(401);
    await patch(`/api/comments/${lived.post}/7`, { comment: "Mine" })
      .set("Authorization", `Bearer ${editToken}`)
      .expect(401);
  });

  it("is there for `npm run seed` to know again", async () => {
    const demo = ["posts", "comments", "users"].map((name) =>
      join(__dirname, "..", "..", "db", "seed", `${name}.json`),
    );
    expect((await seed(database, demo)).out).toMatch(/^0 came, 10 were there already, 0 were refused\.$/m);
  });

  it("comes back packed with gzip, too, and into the database that --into names", async () => {
    const [one, other] = [newDatabase(), newDatabase()];
    const packed = file("whole.ndjson.gz", gzipSync(exported));
    expect((await restore(one, [packed, "--into", other])).code).toBe(0);
    expect(existsSync(one)).toBe(false);
    expect(contentOf(other).comments).toEqual(contentOf(server.databaseFile).comments);
    expect(bytesIn(other)).toHaveLength(2);
  });

  it("lets a first start make an admin anew", async () => {
    const fresh = newDatabase();
    await restore(fresh, [file("whole.ndjson", exported)]);
    const started = await serve(fresh, { ADMIN_TOKEN: "", SEED: "on" });
    expect(started.logs()).toMatch(/The admin's API token, shown only this once/);
    expect(started.logs()).toMatch(/Make your account here/);
    expect(contentOf(fresh).comments).toHaveLength(contentOf(server.databaseFile).comments?.length ?? 0);
  });
});

it("files whose bytes an export has lost stay out, and the rest comes", async () => {
  const database = newDatabase();
  const { lines, end } = linesOf(exported);
  // As an export is where the disk had lost them.
  const kept = lines.filter(
    (line, n) =>
      !(line.startsWith('{"type":"bytes"') && n > lines.findIndex((one) => one.startsWith('{"type":"blob"'))),
  );
  const bytes = lines.length - kept.length;
  expect(bytes).toBeGreaterThan(3);
  const sha256 = createHash("sha256")
    .update(`${kept.join("\n")}\n`)
    .digest("hex");
  const { bytes: _, ...counts } = end.counts;
  const [site] = exported.split("\n");
  const text = [site, ...kept, JSON.stringify({ ...end, counts, sha256 })].join("\n");
  const { code, out } = await restore(database, [file("lost.ndjson", text)]);
  expect(out).toMatch(/^3 rows stayed out: .*$/m);
  expect(code).toBe(0);
  expect(contentOf(database).files).toEqual([]);
  expect(contentOf(database).comments).toEqual(contentOf(server.databaseFile).comments);
  expect(bytesIn(database)).toEqual([]);
});

describe("nothing is half restored", () => {
  /** Runs it on a file that can't be restored: what it says. */
  async function refuse(content: string | Uint8Array): Promise<string> {
    const database = newDatabase();
    const { code, out, err } = await restore(database, [file("bad.ndjson", content)]);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).not.toMatch(/^\s+at /m);
    expect(existsSync(database)).toBe(false);
    expect(left(database).filter((name) => !/^files(\/\w+)?$/.test(name))).toEqual([]);
    return err;
  }

  it("where the file ends early, be it between two lines or within one", async () => {
    const lines = exported.split("\n");
    for (const cut of [
      lines.slice(0, -2).join("\n"),
      `${lines.slice(0, 12).join("\n")}\n`,
      exported.slice(0, exported.lastIndexOf("bytes") + 30),
      exported.slice(0, -50),
      `${lines[0]}\n`,
    ])
      expect(await refuse(cut)).toMatch(/^(The export is not whole: .*|Line \d+: it is not JSON\..*)\n$/);
    expect(await refuse(gzipSync(exported).subarray(0, 2000))).toMatch(
      /^The file ends early, or is damaged .*\n$/,
    );
  });

  it("where one letter is another, a line is missing, twice there, or comes after the end", async () => {
    const lines = exported.trimEnd().split("\n");
    const sum = /^The export is not what was written: its checksum is another one\..*\n$/;
    expect(await refuse(exported.replace("A reply", "B reply"))).toMatch(sum);
    expect(await refuse(lines.toSpliced(3, 1).join("\n"))).toMatch(sum);
    expect(await refuse([...lines, lines[1]].join("\n"))).toMatch(
      /^Line \d+: something follows the last line\..*\n$/,
    );
    const [twice] = lines.splice(1, 1);
    expect(await refuse([lines[0], twice, twice, ...lines.slice(1)].join("\n"))).toMatch(
      /^The export does not hold together \(UNIQUE .*\)\. Nothing was restored\.\n$/,
    );
  });

  it("where it is no export, or holds what none does", async () => {
    const [site = "", ...rest] = exported.split("\n");
    for (const [content, sentence] of [
      ["", /^The export is not whole/],
      ["Hello\n", /^Line 1: this is no export of Antiphon\./],
      ['[{"comment":"a seed"}]\n', /^Line 1: this is no export|^Line 1: /],
      [rest.join("\n"), /^Line 1: this is no export of Antiphon\./],
      [
        [site.replace('"format":1', '"format":2'), ...rest].join("\n"),
        /^Line 1: format: Comes from another version/,
      ],
      [[site, '{"type":"token","hash":"x"}', ...rest].join("\n"), /^Line 2: type: /],
      [
        [site, '{"type":"bytes","data":"QUJD"}', ...rest].join("\n"),
        /^Line 2: these bytes belong to nothing/,
      ],
      [
        exported.replace('"https://guest.example/"', '"javascript:alert(1)"'),
        /^Line \d+: website: Must be http/,
      ],
      [
        exported.replace(/(?<="type":"comment","id":)\d+/, String(2 ** 32)),
        /^Line \d+: id: Too big: expected number to be <=4294967295/,
      ],
      [
        exported.replace(/(?<="lastIds":{[^}]*"comments":)\d+/, String(2 ** 32)),
        /^Line \d+: lastIds: There are no ids left for comments\./,
      ],
      [exported.replace('"docs/diary.txt"', '"../../etc/passwd"'), /^Line \d+: path: /],
      [`${"x".repeat(5 * 1024 * 1024)}`, /^A line is longer than/],
    ] as const)
      expect(await refuse(content)).toMatch(sentence);
  });

  it("where the database is not empty: it stays as it is, and the same export comes once only", async () => {
    const database = newDatabase();
    const path = file("whole.ndjson", exported);
    expect((await restore(database, [path])).code).toBe(0);
    const before = contentOf(database);
    const { code, err } = await restore(database, [path]);
    expect(code).toBe(1);
    expect(err).toMatch(
      /^The database .* is not empty \(it has users, posts, comments, files, rules, webhooks, audit\), and is left as it is\. .*\n$/,
    );
    expect(contentOf(database)).toEqual(before);
    expect(bytesIn(database)).toHaveLength(2);
  });

  it("where a server uses the database, empty as it is; once that has stopped, it goes", async () => {
    const empty = await startServer();
    const { databaseFile } = empty;
    const path = file("whole.ndjson", exported);
    const { code, err } = await restore(databaseFile, [path]);
    expect(err).toMatch(/^A server, or another program, uses the database .*; stop it, then try again\.\n$/);
    expect(code).toBe(1);
    expect(
      (
        await client(() => empty)
          .get("/api/comments")
          .expect(200)
      ).body,
    ).toEqual([]);
    await empty.kill();
    expect(await restore(databaseFile, [path])).toMatchObject({ code: 0, err: "" });
    expect(contentOf(databaseFile).comments).toEqual(contentOf(server.databaseFile).comments);
  });

  it("where the folder of files belongs to another database", async () => {
    const uploaded = await startServer();
    await addSignedIn(uploaded, "admin");
    const folder = join(dirname(server.databaseFile), "files");
    await server.restart().then((restarted) => (server = restarted));
    await until(() => existsSync(join(folder, "owner")));
    const { code, err } = await restore(newDatabase(), [file("whole.ndjson", exported)], {
      FILES_DIR: folder,
    });
    expect(err).toMatch(/^The folder of uploaded files belongs to another database; .*\n$/);
    expect(code).toBe(1);
  });

  it("where it is killed: the next one begins anew, and comes to the same", async () => {
    const database = newDatabase();
    const many = file("many.ndjson", manyComments(60_000));
    const child = startRestore(database, [many]);
    let said = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (said.includes("Reading: 20,000")) child.kill("SIGKILL");
    });
    const [, signal] = await once(child, "close");
    expect(signal).toBe("SIGKILL");
    expect(existsSync(database)).toBe(false);
    expect(left(database)).toContain("antiphon.db.restoring");
    const { code, out } = await restore(database, [many]);
    expect(out).toMatch(/^Restored: 1 post, 60,000 comments, 0 users, 0 files\.\n/);
    expect(code).toBe(0);
    expect(left(database).filter((name) => name.includes("restoring"))).toEqual([]);
  }, 120_000);

  it("where another one is at work in the same place", async () => {
    const database = newDatabase();
    const many = file("many.ndjson", manyComments(30_000));
    const first = startRestore(database, [many]);
    let said = "";
    first.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
    await until(() => said.includes("Reading: 20,000"));
    // It holds the place, and can't be done before the other has looked.
    first.kill("SIGSTOP");
    const { code, err } = await restore(database, [many]);
    first.kill("SIGCONT");
    expect(err).toMatch(/^Another restore into this database is at work; .*\n$/);
    expect(code).toBe(1);
    const [firstCode] = await once(first, "close");
    expect(firstCode).toBe(0);
    expect(contentOf(database).comments).toHaveLength(30_000);
  }, 120_000);
});

describe("what can't be is one sentence", () => {
  it.each([
    ["no file", []],
    ["two files", ["a", "b"]],
    ["an unknown flag", ["--force", "a"]],
  ])("%s shows the usage, with exit code 2, and makes no database", async (_name, args) => {
    const database = newDatabase();
    const { code, err } = await restore(database, args);
    expect(err).toContain("Usage: npm run restore -- ");
    expect(err).not.toMatch(/^\s+at /m);
    expect(code).toBe(2);
    expect(existsSync(database)).toBe(false);
  });

  it("--help shows the usage, with exit code 0", async () => {
    const { code, out } = await restore(newDatabase(), ["--help"]);
    expect(out).toContain("Usage: npm run restore -- ");
    expect(code).toBe(0);
  });

  it("a file that is not there, and a database of another program", async () => {
    const database = newDatabase();
    const absent = await restore(database, [join(__dirname, "absent.ndjson")]);
    expect(absent).toMatchObject({ code: 1, err: expect.stringMatching(/^There is no file .*\.\n$/) });
    const foreign = new Database(database);
    foreign.exec("CREATE TABLE theirs (x)");
    foreign.close();
    const before = readFileSync(database);
    const { code, err } = await restore(database, [file("whole.ndjson", exported)]);
    expect(err).toMatch(/^.* is another program's database; .*\n$/);
    expect(code).toBe(1);
    expect(readFileSync(database)).toEqual(before);
  });
});
