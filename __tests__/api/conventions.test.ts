import { beforeAll, describe, expect, test } from "@jest/globals";
import { bearer, client } from "../support/client";
import { upload } from "../support/files";
import { addSignedIn } from "../support/people";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";

let server: Server;
const { get, head, post, put, patch, delete: del, options, comment, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on" });
});

describe("what is read", () => {
  // What is streamed whole, what leads elsewhere, and what is new each time.
  const untagged = [
    "/api/user/data",
    "/api/export",
    "/api/comments/{id}/{commentId}/permalink",
    "/api/confirm",
    "/api/health",
    "/api/metrics",
    "/api/hello",
    "/api/stamp",
    "/api/comments/{id}/events",
  ];

  test("carries a strong ETag, on every route, and is 304 to who has it", async () => {
    const { browser } = await addSignedIn(server, "admin");
    await post("/api/webhooks", { url: "https://hooks.example/", active: false })
      .set(...admin())
      .expect(201);
    await upload(server, "Words", "words.txt").expect(201);
    const values: Record<string, string> = { path: "words.txt", seed: "0123456789abcdef" };
    const queries: Record<string, string> = {
      "/api/counts": "?post=1",
      "/api/search": "?q=first",
      "/api/comments/by-url": "?url=http%3A%2F%2Flocalhost%2Fx",
    };
    const { paths } = (await get("/api/openapi.json")).body;
    const checked: string[] = [];
    for (const path of Object.keys(paths).filter((one) => "get" in paths[one] && !untagged.includes(one))) {
      const address = path.replace(/\{(\w+)\}/g, (_all, name) => values[name] ?? "1") + (queries[path] ?? "");
      const res = await get(address).set(browser);
      expect([address, res.status, res.headers.etag]).toEqual([
        address,
        200,
        expect.stringMatching(/^"[^"]+"$/),
      ]);
      const again = await get(address)
        .set(browser)
        .set("If-None-Match", res.headers.etag ?? "");
      expect([address, again.status, again.text]).toEqual([address, 304, ""]);
      checked.push(address);
    }
    expect(checked.length).toBeGreaterThan(15);
  });
});

describe("methods", () => {
  test("HEAD answers as GET does, without the body", async () => {
    for (const path of [
      "/api/comments",
      "/api/comments/1",
      "/api/comments/1/1",
      "/api/posts/1",
      "/api/openapi.json",
    ]) {
      // supertest asks for a coding with GET alone.
      const coding = { "Accept-Encoding": "gzip" };
      const [full, bare] = [
        await get(path).set(coding).expect(200),
        await head(path).set(coding).expect(200),
      ];
      for (const name of ["etag", "content-length", "content-type", "cache-control", "x-total-count"]) {
        expect([path, name, bare.headers[name]]).toEqual([path, name, full.headers[name]]);
      }
      expect(bare.text).toBeUndefined();
    }
  });

  test("a method nobody uses is 405 in the contract's form, on every route", async () => {
    for (const path of ["/api/comments", "/api/comments/1/1", "/api/hello", "/api/counts"]) {
      const res = await put(path).expect(405).expect("Content-Type", "application/problem+json");
      expect(res.headers.allow).toMatch(/GET, HEAD/);
    }
  });

  test("OPTIONS answers 204 with Allow, also without Origin", async () => {
    const res = await options("/api/comments/1/1").expect(204);
    expect(res.headers.allow).toBe("GET, HEAD, PATCH, DELETE, OPTIONS");
    expect(res.headers["cache-control"]).toBe("private, no-store");
    expect(res.text).toBe("");
  });

  test("a slash at the end changes nothing and redirects nobody", async () => {
    await get("/api/comments/").expect(200);
    await options("/api/comments/").set("Origin", "https://blog.example").expect(204);
  });
});

describe("CORS", () => {
  const preflight = { Origin: "https://blog.example", "Access-Control-Request-Method": "POST" };

  test("any site may read and comment by default, none with credentials", async () => {
    const before = await options("/api/comments").set(preflight).expect(204);
    expect(before.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-methods": expect.stringContaining("POST"),
      "access-control-allow-headers": expect.stringContaining("Idempotency-Key"),
      "access-control-max-age": "7200",
    });
    const res = await get("/api/comments").set("Origin", "https://blog.example").expect(200);
    for (const name of "ETag Link Location Retry-After X-Total-Count RateLimit RateLimit-Policy X-Request-Id".split(
      " ",
    )) {
      expect(res.headers["access-control-expose-headers"]?.split(", ")).toContain(name);
    }
    expect(res.headers).not.toHaveProperty("access-control-allow-credentials");
  });

  test("a page can read why its form was refused, whatever was wrong with it", async () => {
    const res = await post("/api/comments")
      .set("Origin", "https://blog.example")
      .field("_method", "GET")
      .expect(400);
    expect(res.headers["access-control-allow-origin"]).toBe("*");
    expect(res.headers["access-control-expose-headers"]).toContain("X-Request-Id");
    const own = await startServer({ ALLOWED_ORIGINS: "https://blog.example" });
    const there = (origin: string) =>
      client(() => own)
        .post("/api/comments")
        .set("Origin", origin)
        .field("_method", "GET");
    const listed = await there("https://blog.example").expect(400);
    expect(listed.headers["access-control-allow-origin"]).toBe("https://blog.example");
    const foreign = await there("https://evil.example").expect(403);
    expect(foreign.headers).not.toHaveProperty("access-control-allow-origin");
  });

  test("with a list, exactly its sites may; the rest can read nothing from a browser and change nothing at all", async () => {
    const own = await startServer({
      SEED: "on",
      ALLOWED_ORIGINS: "https://blog.example, https://shop.example:8443",
      PUBLIC_URL: "https://c.example",
    });
    const there = client(() => own);
    for (const origin of ["https://blog.example", "https://shop.example:8443", "https://c.example"]) {
      const res = await there.get("/api/comments").set("Origin", origin).expect(200);
      expect(res.headers["access-control-allow-origin"]).toBe(origin);
      await there.comment("Allowed").set("Origin", origin).expect(201);
    }
    const foreign = [
      "null",
      "https://blog.example.evil.example",
      "https://evilblog.example",
      "https://blog.example:8443",
      "http://blog.example",
    ];
    for (const origin of [
      ...foreign,
      "https://blog.example.",
      "https://BLOG.example",
      "https://blog.example@evil.example",
    ]) {
      const res = await there.get("/api/comments").set("Origin", origin).expect(200);
      expect(res.headers).not.toHaveProperty("access-control-allow-origin");
      expect(res.headers.vary).toContain("Origin");
      expect((await there.comment("Refused").set("Origin", origin).expect(403)).body.code).toBe(
        "origin_not_allowed",
      );
    }
    expect((await there.get("/api/comments?q=refused")).body).toEqual([]);
  });
});

describe("content negotiation", () => {
  test("an Accept that leaves nothing is 406", async () => {
    expect((await get("/api/comments").set("Accept", "image/png").expect(406)).body.code).toBe(
      "not_acceptable",
    );
    await get("/api/comments").set("Accept", "text/html, */*;q=0.1").expect(200);
  });

  test("application/x-ndjson streams all that match, a line each", async () => {
    await Promise.all(Array.from({ length: 30 }, (_, n) => comment(`Line ${n}`, { parent: 1 })));
    const list = await get("/api/comments?limit=100").expect(200);
    const res = await get("/api/comments?post=1")
      .set("Accept", "application/x-ndjson")
      .buffer(true)
      .parse((stream, done) => {
        let text = "";
        stream.on("data", (chunk) => (text += chunk));
        stream.on("end", () => done(null, text));
      });
    expect(res.headers["content-type"]).toBe("application/x-ndjson; charset=utf-8");
    const lines = String(res.body)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toEqual(list.body.filter((one: { post: number }) => one.post === 1));
  });
});

describe("conditional requests", () => {
  test("a version that the caller has is 304, without a body", async () => {
    for (const path of [
      "/api/comments",
      "/api/comments/1",
      "/api/comments/1/1",
      "/api/posts",
      "/api/posts/1",
      "/api/counts?post=1",
    ]) {
      const { headers } = await get(path).expect(200);
      const res = await get(path).set("If-None-Match", `"other", W/${headers.etag}`).expect(304);
      expect(res.text).toBe("");
      expect(res.headers).toMatchObject({ etag: headers.etag, "cache-control": headers["cache-control"] });
      await get(path).set("If-None-Match", '"other"').expect(200);
    }
  });

  test("a new comment changes the tags of its thread and of the site, not of other threads", async () => {
    const tags = async () =>
      Promise.all(
        ["/api/comments/1", "/api/comments/2", "/api/comments"].map(
          async (path) => (await get(path)).headers.etag,
        ),
      );
    const before = await tags();
    await comment("News").expect(201);
    const after = await tags();
    expect([after[0] === before[0], after[1] === before[1], after[2] === before[2]]).toEqual([
      false,
      true,
      false,
    ]);
  });

  test("a held comment is no news to readers", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "all" });
    const there = client(() => own);
    const before = await there.get("/api/comments/1");
    await there.comment("Waiting").expect(202);
    await there
      .get("/api/comments/1")
      .set("If-None-Match", before.headers.etag ?? "")
      .expect(304);
  });

  test("If-Match guards changes: 412 when it has changed since, and nothing is done", async () => {
    const { body } = await comment("Mine").expect(201);
    const path = `/api/comments/1/${body.id}`;
    const old = (await get(path)).headers.etag ?? "";
    await patch(path, { comment: "Mine, better" })
      .set(...bearer(body.editToken))
      .set("If-Match", old)
      .expect(200);
    expect(
      (
        await patch(path, { comment: "Lost" })
          .set(...bearer(body.editToken))
          .set("If-Match", old)
          .expect(412)
      ).body.code,
    ).toBe("precondition_failed");
    await del(path)
      .set(...bearer(body.editToken))
      .set("If-Match", old)
      .expect(412);
    await patch(path, { comment: "Lost" })
      .set(...bearer(body.editToken))
      .set("If-None-Match", "*")
      .expect(412);
    expect((await get(path)).body.comment).toBe("Mine, better");
    await del(path)
      .set(...bearer(body.editToken))
      .set("If-Match", "*")
      .expect(200);
  });

  test("a precondition says nothing to who may not change it anyway", async () => {
    for (const field of ["If-Match", "If-None-Match"]) {
      const tags = field === "If-Match" ? '"another"' : "*";
      await patch("/api/comments/1/1", { comment: "Not mine" }).set(field, tags).expect(401);
      await del("/api/comments/1/1").set(field, tags).expect(401);
    }
  });

  test("one of two changes with the same If-Match wins", async () => {
    const { body } = await comment("Contested").expect(201);
    const path = `/api/comments/1/${body.id}`;
    const { etag = "" } = (await get(path)).headers;
    const all = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        patch(path, { comment: `Version ${n}` })
          .set(...bearer(body.editToken))
          .set("If-Match", etag),
      ),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
  });

  test("If-None-Match: * never turns another method or status into 304", async () => {
    const any = { "If-None-Match": "*" };
    await comment("Still created").set(any).expect(201);
    await put("/api/comments").set(any).expect(405);
    await get("/api/comments/404").set(any).expect(404);
    await post("/api/comments", {}).set(any).expect(400);
    await get("/api/nowhere").set(any).expect(404);
  });
});

describe("lists", () => {
  test("pages follow Link to the end, without gaps or doubles, while comments arrive", async () => {
    await Promise.all(Array.from({ length: 25 }, (_, n) => comment(`Row ${n}`)));
    for (const sort of ["oldest", "newest", "top"]) {
      const seen: number[] = [];
      const { body: all } = await get(`/api/comments?limit=100&sort=${sort}`);
      for (let next: string | undefined = `/api/comments?limit=7&sort=${sort}`; next; ) {
        const res: Awaited<ReturnType<typeof get>> = await get(next).expect(200);
        seen.push(...res.body.map((one: { id: number }) => one.id));
        next = /<([^>]+)>; rel="next"/.exec(res.headers.link ?? "")?.[1];
        if (sort === "oldest" && seen.length === 7) await comment("Between two pages");
      }
      const ids = all.map((one: { id: number }) => one.id);
      expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
      expect(new Set(seen).size).toBe(seen.length);
    }
  });

  test("X-Total-Count is there where the count is kept", async () => {
    const count = async (query: string) =>
      (await get(`/api/comments${query}`).expect(200)).headers["x-total-count"];
    const [site, first, second, both] = [
      await count(""),
      await count("?post=1"),
      await count("?post=nextjs-guide"),
      await count("?post=1&post=2"),
    ];
    expect(Number(first) + Number(second)).toBe(Number(site));
    expect(both).toBe(site);
    expect(await count("?author=ada")).toBeUndefined();
  });

  test("limit and cursor are checked", async () => {
    for (const query of [
      "limit=0",
      "limit=101",
      "limit=-1",
      "limit=1e9",
      "limit=",
      "limit=NaN",
      "limit=1&limit=2",
      "limit[]=1",
      "cursor=x",
      "cursor=W10",
      "other=1",
    ]) {
      expect([query, (await get(`/api/comments?${query}`)).body.code]).toEqual([query, "invalid_input"]);
    }
    const { headers } = await get("/api/comments?limit=1&sort=top");
    const cursor = /cursor=([^&>]+)/.exec(headers.link ?? "")?.[1];
    await get(`/api/comments?limit=1&sort=newest&cursor=${cursor}`).expect(400);
  });

  test("filters: post, author, q, since, until", async () => {
    const found = async (query: string) =>
      (await get(`/api/comments?limit=100&${query}`).expect(200)).body.map(
        (one: { author: string }) => one.author,
      );
    await comment("Une Épée de feu", { author: "Zoë" }).expect(201);
    expect(await found("author=zo%C3%8B")).toEqual(["Zoë"]);
    expect(await found("q=epee")).toEqual(["Zoë"]);
    expect(await found("q=ep")).toEqual(["Zoë"]);
    expect(await found('q="NEAR( OR * comment:')).toEqual([]);
    expect(await found("post=2")).toEqual(["Grace"]);
    expect(await found("post=absent")).toEqual([]);
    expect(await found("until=2020-01-01T00:00:00Z")).toEqual([]);
    expect((await found("since=2020-01-01T00:00:00%2B02:00")).length).toBeGreaterThan(5);
    await get("/api/comments?since=yesterday").expect(400);
    await get("/api/comments?q=x&sort=top").expect(400);
  });

  test("posts: newest first, by author in any case, by category", async () => {
    const { body, headers } = await get("/api/posts").expect(200);
    expect(body).toMatchObject([
      { title: "Next.js Guide", author: "John" },
      { title: "React Hooks", author: "Jane" },
    ]);
    expect(headers["x-total-count"]).toBe("2");
    expect((await get("/api/posts?author=JANE").expect(200)).body).toMatchObject([{ id: 1 }]);
    expect((await get("/api/posts?category=next&limit=10").expect(200)).body).toMatchObject([{ id: 2 }]);
    expect((await get("/api/posts?q=hooks").expect(200)).body).toMatchObject([{ id: 1 }]);
    const first = await get("/api/posts?limit=1").expect(200);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? "")?.[1] ?? "";
    expect((await get(next)).body).toMatchObject([{ id: 1 }]);
    expect((await get("/api/posts/react-hooks").expect(200)).body).toEqual((await get("/api/posts/1")).body);
    expect((await get("/api/posts/absent").expect(404)).body.error).toBe("Post not found");
  });
});

describe("requests and answers", () => {
  test("a sane X-Request-Id is taken over, another is replaced, and errors and the log carry it", async () => {
    const res = await get("/api/comments/404").set("X-Request-Id", "trace-7.a:b").expect(404);
    expect([res.headers["x-request-id"], res.body.requestId]).toEqual(["trace-7.a:b", "trace-7.a:b"]);
    // The line is written behind the answer.
    await until(() => server.logs().includes('"id":"trace-7.a:b"'));
    expect((await get("/api/hello").set("X-Request-Id", "<script>")).headers["x-request-id"]).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });

  test("paths nobody has are JSON 404, for every method", async () => {
    for (const path of [
      "/api",
      "/api/nowhere",
      "/api/comments/1/1/1/1",
      "/api/avatars/x.svg",
      "/api/avatars/0123456789abcdef",
      "/api/posts/1/2",
    ]) {
      expect([path, (await get(path).expect("Content-Type", "application/problem+json")).status]).toEqual([
        path,
        404,
      ]);
    }
    await post("/api/nowhere", {}).expect(404);
    await del("/api/nowhere").expect(404);
  });

  test("security headers are on every answer, and nothing tells what runs here", async () => {
    for (const res of [
      await get("/api/comments"),
      await get("/api/nowhere"),
      await put("/api/hello"),
      await comment("x".repeat(11_000)),
    ]) {
      expect(res.headers).toMatchObject({
        "x-content-type-options": "nosniff",
        "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
      });
      expect(res.headers).not.toHaveProperty("x-powered-by");
    }
  });

  test("Prefer: return=minimal spares the body", async () => {
    const { body } = await comment("Briefly").expect(201);
    const path = `/api/comments/1/${body.id}`;
    const res = await patch(path, { comment: "Brief" })
      .set(...admin())
      .set("Prefer", "return=minimal")
      .expect(204, "");
    expect(res.headers["preference-applied"]).toBe("return=minimal");
    await del(path)
      .set(...admin())
      .set("Prefer", "respond-async, return=minimal")
      .expect(204, "");
  });
});
