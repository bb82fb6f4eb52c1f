import { beforeAll, describe, expect, test } from "@jest/globals";
import { makePost } from "../support/api";
import { client } from "../support/client";
import { settledLogs } from "../support/logs";
import { addPerson, addSignedIn } from "../support/people";
import { type Server, startServer } from "../support/server";

let server: Server;
const { get, post: send, patch, delete: del, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ LOG_LEVEL: "trace", MODERATION: "open", CACHE_SIZE: "0" });
});

/** The statements that run while `call` does. */
async function statementsOf(call: () => Promise<unknown>): Promise<string[]> {
  const before = (await settledLogs(server)).length;
  await call();
  const lines = (await settledLogs(server)).slice(before).split("\n");
  const all = lines
    .filter((line) => line.includes('"statement"'))
    .map((line): string => JSON.parse(line).sql);
  // The look of each second whether something is to be sent is no request's.
  return all.filter((sql) => !sql.includes("FROM webhooks w"));
}

/** What each read costs a moderator at most, beside BEGIN and COMMIT: statements, however much there is to read. */
const READS: [path: string, statements: number][] = [
  ["/api/comments", 2],
  ["/api/comments?sort=top", 2],
  ["/api/comments?q=word", 2],
  ["/api/comments?post=1&post=2&post=3", 3],
  ["/api/comments/1", 3],
  ["/api/comments/1?view=tree", 4],
  ["/api/comments/1?view=tree&sort=top", 4],
  ["/api/comments/1?view=tree&at=1", 6],
  ["/api/comments/by-url?url=http://localhost/nobody", 1],
  ["/api/comments/1/1", 3],
  ["/api/moderation", 2],
  ["/api/rules", 1],
  ["/api/audit", 1],
  ["/api/comments/1/1/permalink", 3],
  ["/api/comments/1/feed", 2],
  ["/api/feed", 3],
  ["/api/counts?post=1&post=2&post=3", 2],
  ["/api/posts", 2],
  ["/api/posts/1", 1],
  ["/api/search?q=word&limit=100", 2],
  ["/api/search?q=a+word&type=comment", 2],
  ["/api/users", 1],
  ["/api/users/1", 1],
  ["/api/tokens?user=1", 1],
  ["/api/stamp", 0],
  ["/api/hello", 0],
  ["/api/openapi.json", 0],
  ["/", 1],
  ["/?cursor=WyJ0aW1lIiwiMjAyNi0wNi0wMVQwMDowMDowMC4wMDBaIiwxXQ", 1],
  ["/posts/1", 3],
  ["/posts/1?sort=top", 3],
  ["/posts/1?at=1", 3],
  ["/posts/1?reply=1", 4],
  ["/posts/1?edit=1", 4],
  ["/posts/1?report=1", 4],
  // Not in the first part of the thread: another part is looked for.
  ["/posts/1?at=999999", 6],
  ["/threads/1", 3],
  ["/threads/1?format=fragment", 3],
  ["/threads?url=http://localhost/nobody", 1],
];

async function countReads(): Promise<[string, number][]> {
  const counts: [string, number][] = [];
  for (const [path] of READS) {
    const statements = await statementsOf(() => get(path).set(...admin()));
    counts.push([path, statements.filter((sql) => !/^(BEGIN|COMMIT)/.test(sql)).length]);
  }
  return counts;
}

/** Posts, and comments with replies on the first of them. */
async function fill(posts: number, comments: number): Promise<void> {
  for (let n = 0; n < posts; n++) await makePost(server);
  const write = async (n: number, parent: number | null): Promise<number> => {
    const { body } = await send("/api/comments/1", { comment: `A word, the ${n}th`, parent }).expect(201);
    return body.id;
  };
  let parent: number | null = null;
  for (let n = 0; n < comments; n++) {
    const id = await write(n, parent);
    parent = n % 3 === 0 ? null : id;
  }
}

describe("a request costs a fixed number of statements", () => {
  test("a read: no more for many rows than for few, and no more than this", async () => {
    await fill(3, 3);
    const few = await countReads();
    await fill(20, 60);
    expect(await countReads()).toEqual(few);
    expect(few.filter(([, count], index) => count > (READS[index]?.[1] ?? 0))).toEqual([]);
  }, 120_000);

  test("a 304 costs one point read", async () => {
    const { headers } = await get("/api/comments/1");
    const again = () =>
      get("/api/comments/1")
        .set("If-None-Match", headers.etag ?? "")
        .expect(304);
    expect(await statementsOf(again)).toEqual([
      expect.stringMatching(/^SELECT .* FROM posts p WHERE p\.id = .*$/),
    ]);
    const fragment = () => get("/threads/1?format=fragment");
    const { etag = "" } = (await fragment().set("Accept-Encoding", "identity")).headers;
    // With a cookie it is not the response cache that answers.
    const known = { "If-None-Match": etag, Cookie: "theme=dark" };
    expect(await statementsOf(() => fragment().set(known).expect(304))).toEqual([
      expect.stringMatching(/^SELECT .* FROM posts p WHERE p\.id = .*$/),
    ]);
  });

  test("a session's cookie costs one statement, for pages, too", async () => {
    const { browser } = await addSignedIn(server);
    const find = expect.stringMatching(/^ ?SELECT .* FROM sessions/);
    const profile = expect.stringMatching(/^ ?SELECT .* FROM users/);
    expect(await statementsOf(() => get("/api/session").set(browser).expect(200))).toEqual([find, profile]);
    const page = () => get("/posts/1");
    const anonymous = await statementsOf(page);
    expect(await statementsOf(() => page().set(browser))).toEqual([find, ...anonymous]);
  });

  test("a sign-in that fails: the same statements for a wrong password and for an address that nobody has", async () => {
    const { email } = await addPerson(server);
    const fail = (address: string) =>
      statementsOf(() => send("/api/session", { email: address, password: "wrong" }).expect(401));
    expect(await fail(email)).toEqual(await fail(email.replace(/^./, "x")));
  });

  test("a comment: the same number deep in a long thread as on an empty post", async () => {
    const post = await makePost(server);
    const first = await statementsOf(() => send(`/api/comments/${post}`, { comment: "On an empty post" }));
    const deep = await statementsOf(() => send("/api/comments/1", { comment: "In a long thread" }));
    expect(deep).toHaveLength(first.length);
  });

  test("a post made, changed, given an alias or deleted: the same number whatever hangs on it", async () => {
    let made = 0;
    const make = async (): Promise<number> => {
      const title = `Post number ${++made}`;
      const { body } = await send("/api/posts", { title, content: "Text", author: "Jane" }).set(...admin());
      return body.id;
    };
    const [empty, full] = [await make(), await make()];
    for (let n = 0; n < 20; n++) await send(`/api/comments/${full}`, { comment: `The ${n}th` }).expect(201);
    const alias = (id: number) => ({ url: `https://blog.example/${id}` });
    const steps: ((id: number) => Promise<unknown>)[] = [
      (id) =>
        patch(`/api/posts/${id}`, { title: "New", slug: `new-${id}` })
          .set(...admin())
          .expect(200),
      (id) =>
        send(`/api/posts/${id}/aliases`, alias(id))
          .set(...admin())
          .expect(201),
      (id) =>
        get(`/api/posts/${id}/aliases`)
          .set(...admin())
          .expect(200),
      (id) =>
        del(`/api/posts/${id}`)
          .set(...admin())
          .expect(200),
    ];
    for (const step of steps) {
      const few = await statementsOf(() => step(empty));
      expect(await statementsOf(() => step(full))).toHaveLength(few.length);
    }
    expect((await statementsOf(make)).length).toBe((await statementsOf(make)).length);
  });

  test("the log has the statements without their values", async () => {
    await send("/api/comments/1", { comment: "It's a secret of 12345", author: "O'Hara" }).expect(201);
    const logs = await settledLogs(server);
    expect(logs).toContain("INSERT INTO comments (post");
    expect(logs).not.toMatch(/secret of|12345|Hara/);
  });
});
