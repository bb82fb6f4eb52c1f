import { beforeAll, describe, expect, test } from "@jest/globals";
import type { Test } from "supertest";
import { client } from "../support/client";
import { elements, textOf } from "../support/html";
import { addPerson, cookieOf, fromHere, signIn } from "../support/people";
import { type Server, startServer } from "../support/server";
import { until } from "../support/until";

let server: Server;
const { get, head, post, put, patch, delete: del, comment, admin } = client(() => server);

/** People by what they are; each signs in once. */
const cookies: Record<string, string> = {};
const ids: Record<string, number> = {};

beforeAll(async () => {
  server = await startServer({ MODERATION: "open", ALLOWED_ORIGINS: "https://blog.example" });
  for (const [name, role] of [
    ["Jane", "author"],
    ["John", "author"],
    ["Mo", "moderator"],
    ["Max", "member"],
  ] as const) {
    const { id, email } = await addPerson(server, role, name);
    ids[name] = id;
    cookies[name] = cookieOf(await signIn(server, email));
  }
});

const as = (name: string, call: Test): Test => call.set("Cookie", cookies[name] ?? "").set(fromHere);
let made = 0;
const draft = (more: object = {}) => ({
  title: `A title, the ${++made}th`,
  content: "Some *text*",
  author: "Jane  Doe",
  ...more,
});
const make = async (more: object = {}, who = "Jane") =>
  (await as(who, post("/api/posts", draft(more))).expect(201)).body;

describe("POST /api/posts", () => {
  test("answers 201, where it is, and the post, made by who asked, byline as sent", async () => {
    const res = await as("Jane", post("/api/posts", draft({ category: "shoes" }))).expect(201);
    expect(res.body).toEqual({
      id: expect.any(Number),
      slug: `a-title-the-${made}th`,
      url: null,
      title: `A title, the ${made}th`,
      content: "Some *text*",
      html: "<p>Some <em>text</em></p>\n",
      author: "Jane  Doe",
      user: ids.Jane,
      category: "shoes",
      commentsOpen: true,
      comments: 0,
      createdAt: expect.any(String),
      updatedAt: res.body.createdAt,
    });
    expect(res.headers.location).toBe(`/api/posts/${res.body.id}`);
    const read = await get(res.headers.location ?? "").expect(200);
    expect(read.body).toEqual(res.body);
    expect(read.headers.etag).toBe(res.headers.etag);
    expect((await get("/api/posts?author=JANE%20doe&category=shoes")).body).toEqual([res.body]);
  });

  test("by a token that belongs to nobody has nobody as user", async () => {
    const { body } = await post("/api/posts", draft())
      .set(...admin())
      .expect(201);
    expect(body.user).toBeNull();
  });

  test("needs the role author: nobody is 401, a member 403, a wrong token 401", async () => {
    const { headers } = await get("/api/posts");
    expect((await post("/api/posts", draft()).expect(401)).body.error).toBe("Unauthorized");
    await post("/api/posts", draft()).set("Authorization", "Bearer wrong").expect(401);
    expect((await as("Max", post("/api/posts", draft())).expect(403)).body.code).toBe("forbidden");
    const foreign = post("/api/posts", draft()).set("Cookie", cookies.Jane ?? "");
    expect((await foreign.set("Sec-Fetch-Site", "cross-site").expect(403)).body.code).toBe("cross_site");
    expect((await get("/api/posts")).headers.etag).toBe(headers.etag);
  });

  test("says in one sentence what is needed, and in issues what is missing", async () => {
    const refused = async (body: object) => (await as("Jane", post("/api/posts", body)).expect(400)).body;
    expect(await refused({})).toMatchObject({
      error: "Missing required fields: title, content, author",
      code: "invalid_input",
      issues: [{ path: ["title"] }, { path: ["content"] }, { path: ["author"] }],
    });
    expect(await refused({ title: "T", content: " ", author: null })).toMatchObject({
      error: "Missing required fields: title, content, author",
      issues: [{ path: ["content"] }, { path: ["author"] }],
    });
    expect(await refused({ ...draft(), slug: "Not a slug" })).toMatchObject({
      error: "Invalid input",
      issues: [{ path: ["slug"] }],
    });
    await as("Jane", post("/api/posts")).expect(400);
  });

  test("refuses what is too long, of the wrong type, unknown, or can't be shown, each by its name", async () => {
    for (const [name, value] of [
      ["title", "x".repeat(301)],
      ["title", 1],
      ["title", "a\u202eb"],
      ["title", "a\nb"],
      ["content", "\u0000"],
      ["content", [">".repeat(40), "deep"].join(" ")],
      ["author", "x".repeat(81)],
      ["author", "\ud800"],
      ["slug", "12345"],
      ["slug", "a--b"],
      ["slug", "-a"],
      ["slug", "ümlaut"],
      ["slug", "a".repeat(81)],
      ["url", "javascript:alert(1)"],
      ["url", "https:\\\\evil"],
      ["url", "//evil.example"],
      ["category", "x".repeat(81)],
      ["commentsOpen", "maybe"],
    ] as const) {
      const res = await as("Jane", post("/api/posts", draft({ [name]: value })));
      // Backslashes are slashes to a browser: what is kept is what it would make of them.
      if (value === "https:\\\\evil") expect([res.status, res.body.url]).toEqual([201, "https://evil/"]);
      else expect([name, value, res.status, res.body.issues?.[0]?.path]).toEqual([name, value, 400, [name]]);
    }
    await as("Jane", post("/api/posts", draft({ content: "x".repeat(70_000) }))).expect(413);
    await as("Jane", post("/api/posts", draft({ content: "x".repeat(60_000) }))).expect(201);
  });

  test("takes nothing that only the server sets", async () => {
    for (const member of ["id", "html", "comments", "user", "createdAt", "updatedAt", "version", "own"]) {
      const res = await as("Jane", post("/api/posts", draft({ [member]: 1 }))).expect(400);
      expect(res.body.issues).toMatchObject([{ code: "unrecognized_keys" }]);
    }
  });

  test("makes a slug from the title, with a suffix where it is taken; one asked for and taken is 409", async () => {
    const first = await make({ title: "Über uns!" });
    expect(first.slug).toBe("uber-uns");
    expect((await make({ title: "Uber uns" })).slug).toBe("uber-uns-2");
    expect((await make({ title: "2026" })).slug).toBe("post-2026");
    expect((await make({ title: "???" })).slug).toBe("post");
    expect((await make({ title: "By URL" })).slug).toBe("by-url-2");
    const res = await as("Jane", post("/api/posts", draft({ slug: "uber-uns" }))).expect(409);
    expect(res.body.code).toBe("slug_taken");
  });

  test("of one slug that many ask for at once is made once", async () => {
    const all = await Promise.all(
      Array.from({ length: 20 }, () => as("Jane", post("/api/posts", draft({ slug: "crowded" })))),
    );
    expect(all.map(({ status }) => status).sort()).toEqual([201, ...Array(19).fill(409)]);
    const some = await Promise.all(
      Array.from({ length: 20 }, () => as("Jane", post("/api/posts", draft({ title: "Crowd" })))),
    );
    expect(new Set(some.map(({ body }) => body.slug)).size).toBe(20);
  });

  test("stands for a page elsewhere, which no other post can then", async () => {
    const url = "https://blog.example/stands?utm_source=x&b=2#top";
    const first = await make({ url });
    expect(first.url).toBe("https://blog.example/stands?b=2");
    const res = await as("John", post("/api/posts", draft({ url: "http://BLOG.example/stands/?b=2" })));
    expect([res.status, res.body.code]).toEqual([409, "page_taken"]);
    const thread = await get("/api/comments/by-url").query({ url: "https://blog.example/stands?b=2" });
    expect(thread.body.post).toBe(first.id);
  });

  test("happens once under an Idempotency-Key", async () => {
    const body = draft();
    const send = (more: object = {}, who = "Jane") =>
      as(who, post("/api/posts", { ...body, ...more })).set("Idempotency-Key", '"one"');
    const first = await send().expect(201);
    const again = await send().expect(201);
    expect(again.body).toEqual(first.body);
    expect(again.headers["idempotent-replayed"]).toBe("true");
    expect((await send({ title: "Other" }).expect(422)).body.code).toBe("idempotency_key_reused");
    expect((await send({}, "John").expect(201)).body.id).not.toBe(first.body.id);
    const many = await Promise.all(
      Array.from({ length: 10 }, () =>
        as("Jane", post("/api/posts", { ...body, title: "Many" })).set("Idempotency-Key", "many"),
      ),
    );
    expect(new Set(many.map((one) => one.body.id)).size).toBe(1);
  });

  test("is the same as a form and as multipart, and leads a browser back to the page of posts", async () => {
    const fields = {
      title: "As a form",
      content: "Some *text*",
      author: "Jane",
      slug: "",
      commentsOpen: "false",
    };
    const form = await as("Jane", post("/api/posts").type("form").send(fields)).expect(201);
    const parts = await as("Jane", post("/api/posts").field(fields)).expect(201);
    for (const { body } of [form, parts])
      expect(body).toMatchObject({ title: "As a form", commentsOpen: false });
    const page = (body: object) =>
      as("Jane", post("/api/posts").type("form").set("Accept", "text/html").send(body)).expect(303);
    expect((await page(fields)).headers.location).toMatch(/^\/posts\?made=(\d+)#post-\1$/);
    expect((await page({ ...fields, title: "" })).headers.location).toBe(
      "/posts?error=invalid_input&field=title",
    );
  });

  test("shows nothing hostile as more than text", async () => {
    const content = [
      "<script>alert(1)</script><img src=x onerror=alert(1)>",
      "[a](javascript:alert(1)) [b](//evil.example) [c](java\tscript:alert(1)) [d](data:text/html,x) [e](https://ok.example)",
    ].join("\n\n");
    const { html, id, slug } = await make({
      title: "<b>'; DROP TABLE posts; --</b>",
      content,
      category: "<i>",
    });
    const found = elements(html);
    expect([...new Set(found.map(({ name }) => name))].sort()).toEqual(["a", "p"]);
    const links = found.filter(({ name }) => name === "a").map(({ attributes }) => attributes);
    for (const { href, rel } of links.filter((link) => link.href !== undefined))
      expect([href, rel]).toEqual(["https://ok.example", "nofollow ugc noopener"]);
    expect(textOf(html)).toContain("<script>alert(1)</script>");
    const page = await get(`/posts/${slug}`).expect(200);
    expect(page.text).not.toContain("<b>'");
    expect(page.text).not.toContain("<script>alert");
    expect((await get(`/api/posts/${id}`)).body.title).toBe("<b>'; DROP TABLE posts; --</b>");
  });
});

describe("GET /api/posts", () => {
  test("finds what is sent verbatim, whatever it looks like in SQL", async () => {
    for (const text of ["' OR '1'='1", "%", "_", "a\\b", '"; --', "NEAR(a b)", "col:x", "*"]) {
      const { id } = await make({ category: text, author: text });
      for (const name of ["category", "author"]) {
        const { body } = await get("/api/posts")
          .query({ [name]: text })
          .expect(200);
        expect(body.map((one: { id: number }) => one.id)).toEqual([id]);
      }
      await get("/api/posts").query({ q: text }).expect(200);
    }
    await get("/api/posts?category=a&category=b").expect(400);
    await get("/api/posts?limit=0").expect(400);
  });
});

describe("PATCH and PUT /api/posts/[id]", () => {
  test("PATCH changes what is named, and ignores what only the server sets", async () => {
    const before = await make({ category: "old", url: "https://blog.example/patched" });
    const { body } = await as(
      "Jane",
      patch(`/api/posts/${before.slug}`, {
        ...before,
        title: "New",
        id: 99,
        user: ids.John,
        html: "<b>",
        comments: 9,
      }),
    ).expect(200);
    expect(body).toEqual({ ...before, title: "New", updatedAt: expect.any(String) });
    expect(body.updatedAt >= before.updatedAt).toBe(true);
    expect((await get(`/api/posts/${before.id}`)).body).toEqual(body);
    const res = await as("Jane", patch(`/api/posts/${before.id}`, { version: 1 })).expect(400);
    expect(res.body.issues).toMatchObject([{ code: "unrecognized_keys" }]);
  });

  test("PATCH renders a new text, takes optional members away, but not the required", async () => {
    const { id } = await make({ category: "old", url: "https://blog.example/away" });
    const change = (body: object) => as("Jane", patch(`/api/posts/${id}`, body));
    expect((await change({ content: "**New**" })).body.html).toBe("<p><strong>New</strong></p>\n");
    expect((await change({ category: null, url: null })).body).toMatchObject({ category: null, url: null });
    for (const name of ["title", "content", "author"])
      for (const value of [null, "", "  "]) {
        const res = await change({ [name]: value });
        expect([name, value, res.status, res.body.issues?.[0]?.path]).toEqual([name, value, 400, [name]]);
      }
    await get("/api/comments/by-url").query({ url: "https://blog.example/away" }).expect(200, {
      post: null,
      total: 0,
      commentsOpen: true,
      comments: [],
    });
  });

  test("PUT puts back the defaults of what may be absent, and keeps what may not", async () => {
    const before = await make({ category: "old", url: "https://blog.example/put", commentsOpen: false });
    const { body } = await as("Jane", put(`/api/posts/${before.id}`, { title: "Put" })).expect(200);
    expect(body).toEqual({
      ...before,
      title: "Put",
      category: null,
      url: null,
      commentsOpen: true,
      updatedAt: expect.any(String),
    });
  });

  test("a slug or page that is taken is 409, and the former slug leads on", async () => {
    const [one, other] = [await make(), await make({ url: "https://blog.example/other" })];
    const change = (body: object) => as("Jane", patch(`/api/posts/${one.id}`, body));
    expect((await change({ slug: other.slug }).expect(409)).body.code).toBe("slug_taken");
    expect((await change({ url: other.url }).expect(409)).body.code).toBe("page_taken");
    const replaced = await as("Jane", put(`/api/posts/${one.id}`, { title: "Put", slug: other.slug })).expect(
      409,
    );
    expect(replaced.body.code).toBe("slug_taken");
    await change({ slug: "renamed" }).expect(200);
    for (const slug of ["renamed", one.slug])
      expect((await get(`/api/posts/${slug}`).expect(200)).body).toMatchObject({
        id: one.id,
        slug: "renamed",
      });
  });

  test("are for its author and moderators: nobody is 401, others 403, absent 404", async () => {
    const { id } = await make();
    const anonymous = await make({}, "Mo");
    for (const send of [
      () => patch(`/api/posts/${id}`, { title: "Not yours" }),
      () => put(`/api/posts/${id}`, { title: "Not yours" }),
      () => del(`/api/posts/${id}`),
    ]) {
      expect((await send().expect(401)).body.error).toBe("Unauthorized");
      expect((await as("John", send()).expect(403)).body.code).toBe("forbidden");
      await as("Max", send()).expect(403);
    }
    await as("Jane", patch(`/api/posts/${anonymous.id}`, { title: "Not yours" })).expect(403);
    await as("Mo", patch(`/api/posts/${id}`, { title: "Moderated" })).expect(200);
    for (const path of ["/api/posts/999999", "/api/posts/nowhere", "/api/posts/0"]) {
      expect((await as("Jane", patch(path, {})).expect(404)).body.error).toBe("Post not found");
      await as("Mo", del(path)).expect(404);
    }
    expect((await get(`/api/posts/${id}`)).body.title).toBe("Moderated");
  });

  test("If-Match keeps two from overwriting each other; Prefer: return=minimal answers 204", async () => {
    const { id } = await make();
    const { etag = "" } = (await get(`/api/posts/${id}`)).headers;
    const change = (title: string, tag: string) =>
      as("Jane", patch(`/api/posts/${id}`, { title })).set("If-Match", tag);
    const both = await Promise.all(["First", "Second"].map((title) => change(title, etag)));
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
    expect((await change("Third", etag).expect(412)).body.code).toBe("precondition_failed");
    const now = (await head(`/api/posts/${id}`)).headers.etag ?? "";
    expect(both.find(({ status }) => status === 200)?.headers.etag).toBe(now);
    await as("Jane", del(`/api/posts/${id}`))
      .set("If-Match", etag)
      .expect(412);
    const res = await change("Fourth", now).set("Prefer", "return=minimal").expect(204, "");
    expect(res.headers["preference-applied"]).toBe("return=minimal");
    await get(`/api/posts/${id}`)
      .set("If-None-Match", res.headers.etag ?? "")
      .expect(304);
  });

  test("a new address is in every comment's own, whose ETag says so", async () => {
    const { id } = await make({ url: "https://blog.example/before" });
    const said = await comment("Where am I?", { post: id }).expect(201);
    const path = `/api/comments/${id}/${said.body.id}`;
    const { etag = "" } = (await get(path)).headers;
    await as("Jane", patch(`/api/posts/${id}`, { url: "https://blog.example/after" })).expect(200);
    const res = await get(path).set("If-None-Match", etag).expect(200);
    expect(res.body.url).toBe(`https://blog.example/after#comment-${said.body.id}`);
  });
});

describe("DELETE /api/posts/[id]", () => {
  test("answers what was deleted; its comments, counts and words go with it, and its names are free", async () => {
    const before = await make({ title: "Ephemeral", url: "https://blog.example/ephemeral" });
    const said = await comment("Ephemeral, too", { post: before.id }).expect(201);
    const counts = (await get("/api/comments?limit=1")).headers["x-total-count"];
    const { body } = await as("Jane", del(`/api/posts/${before.slug}`)).expect(200);
    expect(body).toEqual({ message: "Post deleted", deleted: { ...before, comments: 1 } });
    for (const path of [
      `/api/posts/${before.id}`,
      `/api/posts/${before.slug}`,
      `/api/comments/${before.id}`,
      `/api/comments/${before.id}/${said.body.id}`,
    ])
      expect((await get(path).expect(404)).body.error).toBe("Post not found");
    await get(`/posts/${before.slug}`).expect(404);
    for (const path of ["/api/posts?q=ephemeral", "/api/comments?q=ephemeral"])
      expect((await get(path)).body).toEqual([]);
    expect((await get(`/api/counts?post=${before.id}`)).body).toEqual({ [before.id]: 0 });
    expect((await get("/api/comments?limit=1")).headers["x-total-count"]).toBe(String(Number(counts) - 1));
    const again = await make({ title: "Ephemeral", url: "https://blog.example/ephemeral" });
    expect([again.slug, again.id > before.id]).toEqual([before.slug, true]);
  });

  test("Prefer: return=minimal answers 204, and a form's _method leads to the page of posts", async () => {
    const [one, other] = [await make(), await make()];
    await as("Jane", del(`/api/posts/${one.id}`))
      .set("Prefer", "return=minimal")
      .expect(204, "");
    const form = post(`/api/posts/${other.id}`).type("form").set("Accept", "text/html");
    const res = await as("Jane", form.send({ _method: "DELETE" })).expect(303);
    expect(res.headers.location).toBe("/posts");
    await get(`/api/posts/${other.id}`).expect(404);
  });

  test("PUT and DELETE on the list are 405 and say where to go", async () => {
    expect((await as("Mo", put("/api/posts", {})).expect(405)).body.error).toBe(
      "Use /api/posts/[id] for updates",
    );
    expect((await as("Mo", del("/api/posts")).expect(405)).body.error).toBe(
      "Use /api/posts/[id] to delete a post",
    );
  });
});

describe("aliases", () => {
  test("let other pages lead to the post's thread, until they are taken away", async () => {
    const { id } = await make({ url: "https://blog.example/en/hello" });
    const path = `/api/posts/${id}/aliases`;
    const url = "https://blog.example/de/hallo?fbclid=x";
    const res = await as("Jane", post(path, { url })).expect(201);
    expect(res.body).toEqual([{ url: "https://blog.example/de/hallo", createdAt: expect.any(String) }]);
    await as("Jane", post(path, { url })).expect(200);
    expect((await as("Jane", get(path)).expect(200)).body).toEqual(res.body);
    const said = await comment("From the other side", { post: "http://blog.example/de/hallo/" }).expect(201);
    expect(said.body.post).toBe(id);
    const thread = await get("/api/comments/by-url").query({ url }).expect(200);
    expect(thread.body).toMatchObject({ post: id, total: 1 });
    expect((await get("/api/counts").query({ post: url })).body).toEqual({ [url]: 1 });
    const remove = () => as("Jane", del(path).query({ url }));
    await remove().expect(200, { message: "Alias removed" });
    expect((await remove().expect(404)).body.code).toBe("not_found");
    expect((await get("/api/comments/by-url").query({ url })).body.post).toBeNull();
  });

  test("of another post's page are 409; for others than author and moderators 401 and 403", async () => {
    const [one, other] = [await make(), await make({ url: "https://blog.example/mine" })];
    const path = `/api/posts/${one.id}/aliases`;
    expect((await as("Jane", post(path, { url: other.url })).expect(409)).body.code).toBe("page_taken");
    for (const url of ["nowhere", "ftp://blog.example/", ""])
      await as("Jane", post(path, { url })).expect(400);
    const calls = [
      () => get(path),
      () => post(path, { url: "https://x.example/" }),
      () => del(`${path}?url=x`),
    ];
    for (const call of calls) {
      await call().expect(401);
      await as("John", call()).expect(403);
    }
    await as("Mo", get(path)).expect(200, []);
    await as("Jane", get("/api/posts/999999/aliases")).expect(404);
  });
});

describe("POST /api/posts/[id]/merge", () => {
  test("moves the thread, and the former id, slug and address lead there", async () => {
    const [from, into] = [await make({ url: "https://blog.example/from" }), await make()];
    const first = await comment("First", { post: from.id }).expect(201);
    await comment("Second", { post: into.id }).expect(201);
    await comment("Answer", { post: from.id, parent: first.body.id }).expect(201);
    const { body } = await as("Mo", post(`/api/posts/${from.id}/merge`, { into: into.slug })).expect(200);
    expect(body).toMatchObject({ id: into.id, comments: 3 });
    for (const name of [from.id, from.slug]) {
      const thread = await get(`/api/comments/${name}`).expect(200);
      expect(thread.body).toMatchObject({
        post: into.id,
        total: 3,
        comments: [{ comment: "First" }, { comment: "Second" }, { comment: "Answer", post: into.id }],
      });
      expect((await get(`/api/posts/${name}`).expect(200)).body.id).toBe(into.id);
      await get(`/api/comments/${name}/${first.body.id}`).expect(200);
    }
    await get(`/posts/${from.slug}`).expect(200);
    const byUrl = await get("/api/comments/by-url").query({ url: from.url });
    expect(byUrl.body.post).toBe(into.id);
    // Who deletes what is gone already must not delete what it went into.
    await as("Mo", del(`/api/posts/${from.id}`)).expect(404);
    await as("Mo", patch(`/api/posts/${from.slug}`, { title: "x" })).expect(404);
    await get(`/api/posts/${into.id}`).expect(200);
  });

  test("is for moderators, and wants two posts that are there", async () => {
    const [one, other] = [await make(), await make()];
    const path = `/api/posts/${one.id}/merge`;
    await post(path, { into: other.id }).expect(401);
    await as("Jane", post(path, { into: other.id })).expect(403);
    for (const into of [one.id, 999_999, "nowhere", null, {}]) {
      const res = await as("Mo", post(path, { into })).expect(400);
      expect(res.body.issues).toMatchObject([{ path: ["into"] }]);
    }
    await as("Mo", post("/api/posts/999999/merge", { into: other.id })).expect(404);
    await get(`/api/posts/${one.id}`).expect(200);
  });
});

describe("POST /api/remap", () => {
  test("says what would move, moves it, and the former addresses lead on", async () => {
    const page = (path: string) => `https://old.example/blog${path}`;
    const posts = [await make({ url: page("/a/") }), await make({ url: page("/b?p=1") })];
    const stays = await make({ url: "https://old.example/blogger" });
    const taken = await make({ url: "https://new.example/c" });
    const collides = await make({ url: page("/c") });
    const rule = { from: "http://old.example/blog/", to: "https://new.example" };
    const dry = await as("Mo", post("/api/remap", { ...rule, dryRun: true })).expect(200);
    expect(dry.body).toEqual({
      dryRun: true,
      moved: [
        { post: posts[0].id, from: page("/a/"), to: "https://new.example/a/", alias: false },
        { post: posts[1].id, from: page("/b?p=1"), to: "https://new.example/b?p=1", alias: false },
      ],
      collisions: [
        {
          post: collides.id,
          from: page("/c"),
          to: "https://new.example/c",
          alias: false,
          takenBy: taken.id,
        },
      ],
    });
    expect((await get(`/api/posts/${posts[0].id}`)).body.url).toBe(page("/a/"));
    const { body } = await as("Mo", post("/api/remap", rule)).expect(200);
    expect(body).toEqual({ ...dry.body, dryRun: false });
    expect((await get(`/api/posts/${posts[0].id}`)).body.url).toBe("https://new.example/a/");
    expect((await get(`/api/posts/${collides.id}`)).body.url).toBe(page("/c"));
    expect((await get(`/api/posts/${stays.id}`)).body.url).toBe("https://old.example/blogger");
    for (const url of [page("/a"), "https://new.example/a"]) {
      const thread = await get("/api/comments/by-url").query({ url }).expect(200);
      expect(thread.body.post).toBe(posts[0].id);
    }
  });

  test("is for moderators, and refuses beginnings that overlap or are none", async () => {
    const rule = { from: "https://a.example/x", to: "https://a.example/y" };
    await post("/api/remap", rule).expect(401);
    await as("Jane", post("/api/remap", rule)).expect(403);
    for (const [name, more] of [
      ["to", { to: "https://a.example/x/y" }],
      ["to", { to: "https://a.example/" }],
      ["from", { from: "nowhere" }],
      ["from", { from: "https://a.example/?p=1" }],
      ["to", { to: "https://b.example/#x" }],
      ["dryRun", { dryRun: "maybe" }],
    ] as const) {
      const res = await as("Mo", post("/api/remap", { ...rule, ...more })).expect(400);
      expect(res.body.issues).toMatchObject([{ path: [name] }]);
    }
    await as("Mo", post("/api/remap", rule)).expect(200, { dryRun: false, moved: [], collisions: [] });
  });
});

describe("CLOSE_AFTER", () => {
  test("closes old posts at the start, on the very path of a comment, and reopens by hand or by a longer setting", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "open" });
    const there = client(() => own);
    const before = await there.get("/api/comments/1");
    await there.comment("Still open").expect(201);
    const { createdAt } = (await there.get("/api/posts/1")).body;
    await until(() => Date.now() > Date.parse(createdAt) + 1000);
    const closed = await own.restart({ CLOSE_AFTER: "1s" });
    const now = client(() => closed);
    expect((await now.get("/api/posts/1")).body.commentsOpen).toBe(false);
    expect((await now.comment("Too late").expect(403)).body.code).toBe("comments_closed");
    expect((await now.get("/api/comments/1")).headers.etag).not.toBe(before.headers.etag);
    await now
      .patch("/api/posts/1", { commentsOpen: true })
      .set(...now.admin())
      .expect(200);
    await now.comment("Opened by hand").expect(201);
    const again = await closed.restart({ CLOSE_AFTER: "1s" });
    const later = client(() => again);
    expect((await later.get("/api/posts/1")).body.commentsOpen).toBe(true);
    expect((await later.get("/api/posts/2")).body.commentsOpen).toBe(false);
    const longer = await again.restart({ CLOSE_AFTER: "1d" });
    expect((await client(() => longer).get("/api/posts/2")).body.commentsOpen).toBe(true);
  });
});
