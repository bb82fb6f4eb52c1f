import { beforeAll, describe, expect, it } from "@jest/globals";
import { makePost, tryPost } from "@/__tests__/support/api";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";
import { until } from "@/__tests__/support/until";

const statusOf = async ({ url }: Server, path: string, headers: Record<string, string> = {}) =>
  (await request(url).get(path).set(headers).expect(200)).headers["cache-status"];

describe("a public answer that is given again", () => {
  let server: Server;
  let post: number;

  beforeAll(async () => {
    server = await startServer({ ALLOWED_ORIGINS: "https://a.example,https://b.example" });
    post = await makePost(server);
  });

  it("is one from the cache, for threads, lists, posts, counts, search, pages and pictures", async () => {
    const { body } = await request(server.url).get(`/api/comments/${post}`).expect(200);
    const paths = [
      `/api/comments/${post}`,
      `/api/comments/${post}?view=tree`,
      `/api/comments/${post}/${body.comments[0].id}`,
      "/api/comments?limit=1",
      `/api/posts/${post}`,
      "/api/posts",
      `/api/counts?post=${post}`,
      "/api/search?q=first",
      "/api/openapi.json",
      body.comments[0].avatar,
      `/posts/${post}`,
      "/",
    ];
    for (const path of paths) {
      const first = await request(server.url).get(path).expect(200);
      const second = await request(server.url).get(path).expect(200);
      expect([path, second.headers["cache-status"]]).toEqual([path, "Antiphon; hit"]);
      expect(second.text ?? second.body).toEqual(first.text ?? first.body);
      expect(second.headers.etag).toBe(first.headers.etag);
    }
  });

  it("says anew whose scripts may read it, and has a request id of its own", async () => {
    for (const Origin of ["https://a.example", "https://b.example", "https://a.example"]) {
      const { headers } = await request(server.url).get(`/api/comments/${post}`).set({ Origin }).expect(200);
      expect(headers).toMatchObject({
        "cache-status": "Antiphon; hit",
        "access-control-allow-origin": Origin,
      });
      expect(headers.vary).toContain("Origin");
    }
    const stranger = await request(server.url)
      .get(`/api/comments/${post}`)
      .set({ Origin: "https://c.example" });
    expect(stranger.headers["cache-status"]).toBe("Antiphon; hit");
    expect(stranger.headers).not.toHaveProperty("access-control-allow-origin");
    const ids = [];
    for (const id of ["mine", "theirs", undefined, undefined]) {
      const ask = request(server.url).get(`/api/comments/${post}`);
      const { headers } = await (id ? ask.set("X-Request-Id", id) : ask).expect(200);
      ids.push(headers["x-request-id"]);
    }
    expect(ids.slice(0, 2)).toEqual(["mine", "theirs"]);
    expect(new Set(ids).size).toBe(4);
  });

  it("has its line in the log", async () => {
    const ask = request(server.url).get(`/api/comments/${post}?limit=7`);
    await ask.set("X-Request-Id", "first-of-two").expect(200);
    const again = request(server.url).get(`/api/comments/${post}?limit=7`);
    const { headers } = await again.set("X-Request-Id", "second-of-two").expect(200);
    expect(headers["cache-status"]).toBe("Antiphon; hit");
    const find = () =>
      server
        .logs()
        .split("\n")
        .filter((line) => /"(first|second)-of-two"/.test(line));
    await until(() => find().length === 2);
    const [first, second] = find().map((line) => JSON.parse(line));
    const same = { level: 30, method: "GET", path: `/api/comments/${post}`, status: 200, msg: "answered" };
    expect(first).toMatchObject(same);
    expect(second).toMatchObject({
      ...same,
      ms: expect.any(Number),
      time: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
    });
    expect(Object.keys(second)).toEqual(Object.keys(first));
  });

  it("answers the ETag of each coding with 304, and a write takes it for the thing's", async () => {
    const auth = { Authorization: `Bearer ${server.adminToken}` };
    const made = await request(server.url)
      .post("/api/posts")
      .set(auth)
      .send({ title: "Tagged", content: "Long ".repeat(400), author: "Ada" })
      .expect(201);
    const path = `/api/posts/${made.body.id}`;
    const tags = [];
    for (const coding of ["identity", "gzip", "br"]) {
      const { headers } = await request(server.url).get(path).set("Accept-Encoding", coding).expect(200);
      tags.push(headers.etag ?? "");
    }
    expect(new Set(tags).size).toBe(3);
    for (const tag of tags) await request(server.url).get(path).set("If-None-Match", tag).expect(304);
    for (const tag of tags)
      await request(server.url)
        .get(path)
        .set({ ...auth, "If-None-Match": tag })
        .expect(304);
    const change = { ...auth, "If-Match": tags[2] ?? "" };
    await request(server.url).patch(path).set(change).send({ title: "Changed" }).expect(200);
    await request(server.url).patch(path).set(change).send({ title: "Again" }).expect(412);
  });

  it("is none of what somebody sees because of who they are", async () => {
    const held = await request(server.url)
      .post(`/api/comments/${post}`)
      .send({ comment: "Buy https://pills.example https://more.example https://yet.example" })
      .expect(202);
    const path = `/api/comments/${post}/${held.body.id}`;
    const mine = { Authorization: `Bearer ${held.body.editToken}` };
    for (const _ of [1, 2]) {
      const { headers } = await request(server.url).get(path).set(mine).expect(200);
      expect(headers).not.toHaveProperty("cache-status");
      expect(headers["cache-control"]).toBe("private, no-store");
      await request(server.url).get(path).expect(404);
      const { text } = await request(server.url).get(`/api/comments/${post}`).expect(200);
      expect(text).not.toContain("pills");
    }
  });
});

describe("what no reader can see", () => {
  it("does not cost them an answer made anew", async () => {
    const server = await startServer({ RATE_LIMIT: "on", MODERATION: "all" });
    const { url, adminToken } = server;
    const auth = { Authorization: `Bearer ${adminToken}` };
    const made = await request(url)
      .post("/api/posts")
      .set(auth)
      .send({ title: "T", content: "C", author: "A" });
    const path = `/api/comments/${made.body.id}`;
    await statusOf(server, path);
    expect(await statusOf(server, path)).toBe("Antiphon; hit");
    const invisible = [
      () => request(url).post(path).send({ comment: "Held" }).expect(202),
      () => request(url).post("/api/preview").send({ comment: "*x*" }).expect(200),
      () => request(url).get("/api/search?q=held").expect(200),
      () =>
        request(url).post("/api/session").send({ email: "a@b.example", password: "wrong wrong" }).expect(401),
      () => request(url).get("/api/moderation").set(auth).expect(200),
    ];
    for (const one of invisible) {
      await one();
      expect(await statusOf(server, path)).toBe("Antiphon; hit");
    }
  });

  it("a comment on one post costs the readers of another nothing, by any of its names", async () => {
    const server = await startServer();
    const [one, other] = [await makePost(server), await makePost(server)];
    const { body } = await request(server.url).get(`/api/posts/${one}`).expect(200);
    const paths = [one, body.slug, `by-url?url=${encodeURIComponent(body.url)}`].map(
      (name) => `/api/comments/${name}`,
    );
    for (const path of paths) await statusOf(server, path);
    await tryPost(server, other, "elsewhere");
    for (const path of paths) expect([path, await statusOf(server, path)]).toEqual([path, "Antiphon; hit"]);
    await tryPost(server, one, "here");
    for (const path of paths) {
      const { body, headers } = await request(server.url).get(path).expect(200);
      expect([path, headers["cache-status"]]).toEqual([path, "Antiphon; fwd=miss; stored"]);
      expect(body.total).toBe(2);
    }
  });

  it("limits hold for what is asked again and again", async () => {
    const { url } = await startServer({ RATE_LIMIT: "on" });
    const left = [];
    for (let n = 0; n < 3; n++) {
      const { headers } = await request(url).get("/api/search?q=anything").expect(200);
      left.push(Number(/r=(\d+)/.exec(headers.ratelimit ?? "")?.[1]));
      expect(headers).not.toHaveProperty("cache-status");
    }
    expect(left).toEqual([59, 58, 57]);
  });
});

describe("two processes on one file", () => {
  it("no reader of one ever sees less than what the other had said is written before they asked", async () => {
    const one = await startServer();
    const other = await startServer({ DATABASE_URL: `file:${one.databaseFile}` });
    const post = await makePost(one);
    const writers = [one, other];
    let written = 1;
    let writing = true;
    const paths = [`/api/comments/${post}?limit=1`, `/api/counts?post=${post}`, `/api/posts/${post}`];
    const totalOf = (body: { total?: number; comments?: number; [post: string]: unknown }) =>
      Number(body.total ?? body.comments ?? body[post]);

    const read = async (server: Server, path: string) => {
      const seen = { reads: 0, hits: 0 };
      for (; writing; seen.reads++) {
        const atLeast = written;
        const { body, headers } = await request(server.url).get(path).expect(200);
        expect(totalOf(body)).toBeGreaterThanOrEqual(atLeast);
        if (headers["cache-status"] === "Antiphon; hit") seen.hits++;
      }
      return seen;
    };
    const write = async () => {
      for (let n = 0; n < 150; n++) {
        const server = writers[n % 2];
        if (server) expect((await tryPost(server, post, `Number ${n}`))?.status).toBe(201);
        // Only now is it acknowledged.
        written++;
      }
      writing = false;
    };
    const [, ...seen] = await Promise.all([
      write(),
      ...writers.flatMap((server) => paths.map((path) => read(server, path))),
    ]);
    for (const { reads } of seen) expect(reads).toBeGreaterThan(10);
    for (const server of writers) {
      for (const path of paths) {
        const { body } = await request(server.url).get(path).expect(200);
        expect(totalOf(body)).toBe(151);
      }
    }
  });
});
