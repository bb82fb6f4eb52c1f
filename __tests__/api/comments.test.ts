import { beforeAll, describe, expect, test } from "@jest/globals";
import supertest from "supertest";
import { bearer, client } from "../support/client";
import { Contract } from "../support/contract";
import { type Server, startServer } from "../support/server";

let server: Server;
let contract: Contract;
const { get, post, put, patch, delete: del, comment, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
  contract = await Contract.of(server.url);
});

const thread = async (path = "/api/comments/1?limit=100") => (await get(path).expect(200)).body;

describe("a guest's comment", () => {
  test("is answered whole, with a place and an edit token, and is in the thread", async () => {
    const res = await comment("Nice *post*", {
      author: " Ada  L. ",
      email: "ada@example.com",
      website: "https://ada.example",
    }).expect(201);
    contract.expectKept("POST", "/api/comments", res);
    const { editToken, editableUntil, ...rest } = res.body;
    expect(rest).toMatchObject({
      post: 1,
      parent: null,
      depth: 0,
      author: "Ada L.",
      website: "https://ada.example/",
      user: null,
      role: null,
      comment: "Nice *post*",
      html: "<p>Nice <em>post</em></p>\n",
      status: "approved",
      votes: { up: 0, down: 0 },
      replies: 0,
      editedAt: null,
    });
    expect(editToken).toMatch(/^edit_/);
    expect(res.headers.location).toBe(`/api/comments/1/${rest.id}`);
    expect((await get(res.headers.location ?? "").expect(200)).body).toEqual(rest);
    expect((await thread()).comments.at(-1)).toEqual(rest);
  });

  test("never shows its e-mail, address or token to the public, on any route", async () => {
    await comment("Private things", { author: "Secretive", email: "hidden@example.com" }).expect(201);
    for (const path of [
      "/api/comments?limit=100&sort=newest",
      "/api/comments/1?limit=100",
      "/api/comments/1?view=tree&limit=100",
      "/api/comments?q=private",
      "/api/comments?author=secretive",
    ]) {
      const { text } = await get(path).expect(200);
      expect(text).toContain("Private things");
      expect(text).not.toMatch(
        /hidden@example\.com|127\.0\.0\.0|edit_|"(email|address|network|reasons|reports|editToken)"/,
      );
    }
    const { text } = await get("/api/comments?q=private")
      .set(...admin())
      .expect(200);
    expect(text).toContain('"email":"hidden@example.com","address":"127.0.0.0/24"');
  });

  test("without a name is by Anonymous, and an empty form field counts as absent", async () => {
    const res = await post("/api/comments/1")
      .type("form")
      .send({ comment: "Nameless", author: "", email: "", website: "", parent: "" })
      .expect(201);
    expect(res.body).toMatchObject({ author: "Anonymous", website: null, parent: null });
  });

  test("draws its picture from the name alone", async () => {
    const [one, two] = [
      await comment("1", { author: "Same" }),
      await comment("2", { author: "SAME", email: "other@example.com" }),
    ];
    expect(one.body.avatar).toBe(two.body.avatar);
    const res = await get(one.body.avatar).expect(200).expect("Content-Type", /svg/);
    expect(res.headers["cache-control"]).toContain("immutable");
    expect(String(res.body)).not.toMatch(/script|href|style/);
  });
});

describe("the post of a comment", () => {
  test("is its id, its slug or its page's URL, in the body or the path", async () => {
    for (const name of [1, "1", "react-hooks"])
      expect((await comment("By name", { post: name }).expect(201)).body.post).toBe(1);
    expect((await post("/api/comments/nextjs-guide", { comment: "By path" }).expect(201)).body.post).toBe(2);
  });

  test("that nobody has is 404, and so is its thread", async () => {
    for (const name of [404, "absent"])
      expect((await comment("Nowhere", { post: name }).expect(404)).body.code).toBe("post_not_found");
    await get("/api/comments/404").expect(404);
  });

  test("is made for a page of an allowed site, once, whichever address the page was reached by", async () => {
    const own = await startServer({ ALLOWED_ORIGINS: "https://blog.example" });
    const there = client(() => own);
    const page = "https://blog.example/2026/hello-world.html";
    const empty = await there.get(`/api/comments/by-url?url=${encodeURIComponent(page)}`).expect(200);
    expect(empty.body).toEqual({ post: null, total: 0, commentsOpen: true, comments: [] });
    const elsewhere = await there.get("/api/comments/by-url?url=https://evil.example/").expect(403);
    expect(elsewhere.body).toMatchObject({
      code: "origin_not_allowed",
      error: expect.stringContaining("ALLOWED_ORIGINS"),
    });
    const spellings = [
      page,
      `${page}?utm_source=x&fbclid=y#part`,
      "http://BLOG.example:80/2026//hello-world.html/",
    ];
    const made = [];
    for (const post of spellings)
      made.push(await there.comment("On a page", { post }).set("Origin", "https://blog.example"));
    expect(made.map(({ status, body }) => [status, body.post])).toEqual(Array(3).fill([201, 1]));
    expect((await there.get("/api/posts/1")).body).toMatchObject({
      title: "hello world",
      slug: "hello-world",
      url: page,
    });
    expect(made[0]?.body.url).toBe(`${page}#comment-${made[0]?.body.id}`);
    const { body } = await there
      .get(`/api/comments/by-url?url=${encodeURIComponent(`${page}?gclid=1`)}`)
      .expect(200);
    expect(body).toMatchObject({ post: 1, total: 3 });
    expect((await there.get(`/api/counts?post=${encodeURIComponent(page)}&post=1&post=none`)).body).toEqual({
      [page]: 3,
      1: 3,
      none: 0,
    });
  });

  test("is not made for a page of another site, nor for a comment that is refused", async () => {
    const res = await comment("Elsewhere", { post: "https://elsewhere.example/a" }).expect(403);
    expect(res.body).toMatchObject({
      code: "origin_not_allowed",
      error: expect.stringContaining("ALLOWED_ORIGINS"),
    });
    await comment("No parent", { post: "http://localhost:8080/a", parent: 1 }).expect(422);
    await comment("", { post: "http://localhost:8080/a" }).expect(400);
    expect((await get("/api/posts")).headers["x-total-count"]).toBe("2");
    await comment("Local pages are ours", { post: "http://localhost:8080/a" }).expect(201);
  });

  test("must not be reached through another one's id", async () => {
    await get("/api/comments/2/1").expect(404);
    await patch("/api/comments/2/1", { comment: "x" })
      .set(...admin())
      .expect(404);
  });
});

describe("replies", () => {
  test("nest under their parent, which counts them", async () => {
    const parent = (await comment("Parent")).body;
    const child = (await comment("Child", { parent: parent.id }).expect(201)).body;
    expect(child).toMatchObject({ parent: parent.id, depth: 1 });
    expect((await get(`/api/comments/1/${parent.id}`)).body.replies).toBe(1);
  });

  test("to what is absent, of another post, or deleted are refused, clearly", async () => {
    const gone = (await comment("Gone")).body;
    await comment("Keeps it as a tombstone", { parent: gone.id }).expect(201);
    await del(`/api/comments/1/${gone.id}`)
      .set(...bearer(gone.editToken))
      .expect(200);
    const refused = [
      [999_999, 422, "parent_not_found"],
      [6, 422, "parent_of_other_post"],
      [gone.id, 409, "parent_deleted"],
    ] as const;
    for (const [parent, status, code] of refused)
      for (const path of ["/api/comments", "/api/comments/1"]) {
        const draft = { comment: "Lost", parent, ...(path === "/api/comments" && { post: 1 }) };
        expect((await post(path, draft).expect(status)).body).toMatchObject({
          code,
          error: expect.stringMatching(/^The comment that this answers/),
        });
      }
  });

  test("a chain 1,000 deep is stored, and both views hold it", async () => {
    let parent = (await comment("Deep", { post: 2 })).body.id;
    for (let depth = 1; depth < 1000; depth++)
      parent = (await comment("Deeper", { post: 2, parent })).body.id;
    const { body } = await get(`/api/comments/2/${parent}`).expect(200);
    expect(body.depth).toBe(999);
    const tree = await get("/api/comments/2?view=tree&limit=100").expect(200);
    contract.expectKept("GET", "/api/comments/2", tree);
    let node = tree.body.comments.at(-1);
    let held = tree.body.comments.length;
    for (; node.children.length > 0; node = node.children[0]) held++;
    expect(held).toBe(500);
    const rest = await get(node.more).expect(200);
    expect(rest.body.comments).toMatchObject([{ parent: node.id, depth: node.depth + 1 }]);
  }, 60_000);
});

describe("the tree", () => {
  test("sorts and pages over the top level, each with all its replies", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "open" });
    const there = client(() => own);
    const tops: number[] = [];
    for (let n = 0; n < 5; n++) tops.push((await there.comment(`Top ${n}`, { post: 2 })).body.id);
    for (const parent of tops)
      await Promise.all([1, 2, 3].map((n) => there.comment(`Reply ${n}`, { post: 2, parent })));
    const pages = [];
    for (let next: string | undefined = "/api/comments/2?view=tree&sort=newest&limit=2"; next; ) {
      const res: Awaited<ReturnType<typeof get>> = await there.get(next).expect(200);
      pages.push(
        res.body.comments.map((one: { id: number; children: object[] }) => [one.id, one.children.length]),
      );
      next = /<([^>]+)>; rel="next"/.exec(res.headers.link ?? "")?.[1];
    }
    const withReplies = [...tops].reverse().map((id) => [id, 3]);
    expect(pages).toEqual([
      withReplies.slice(0, 2),
      withReplies.slice(2, 4),
      [...withReplies.slice(4), [6, 0]],
    ]);
  });

  test("a node whose replies were cut says where the rest is, and following it loses nothing", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "open" });
    const there = client(() => own);
    const top = (await there.comment("Popular", { post: 2 })).body.id;
    const replies: number[] = [];
    for (let n = 0; n < 55; n++) {
      const batch = await Promise.all(
        Array.from({ length: 10 }, () => there.comment("Me too", { post: 2, parent: top })),
      );
      replies.push(...batch.map(({ body }) => body.id));
    }
    const { body } = await there.get("/api/comments/2?view=tree").expect(200);
    const node = body.comments.find((one: { id: number }) => one.id === top);
    const seen = node.children.map((one: { id: number }) => one.id);
    expect(seen.length).toBe(500 - body.comments.length);
    for (let next: string | undefined = node.more; next; ) {
      const res: Awaited<ReturnType<typeof get>> = await there.get(next).expect(200);
      seen.push(...res.body.comments.map((one: { id: number }) => one.id));
      next = /<([^>]+)>; rel="next"/.exec(res.headers.link ?? "")?.[1];
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(replies.sort((a, b) => a - b));

    // A link to the last of them leads there, and what lies before it can still be read.
    const last = seen.at(-1);
    const linked = await there.get(`/api/comments/2?view=tree&at=${last}`).expect(200);
    const [head] = linked.body.comments;
    const shown = head.children.map((one: { id: number }) => one.id);
    expect([head.id, shown.length, shown.at(-1)]).toEqual([top, 499, last]);
    const rest = await there.get(head.more).expect(200);
    expect(rest.body.comments.map((one: { id: number }) => one.id)).toEqual(seen.slice(498, 548));
  }, 30_000);

  test("begins with what a comment hangs below that at= names, in every order, and goes on from there", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "open" });
    const there = client(() => own);
    const tops: number[] = [];
    for (let n = 0; n < 5; n++) tops.push((await there.comment(`Top ${n}`, { post: 2 })).body.id);
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = tops;
    const reply = (await there.comment("Below", { post: 2, parent: c })).body.id;
    const deep = (await there.comment("Deeper", { post: 2, parent: reply })).body.id;
    const read = async (query: string) => {
      const res = await there.get(`/api/comments/2?view=tree&limit=2&${query}`).expect(200);
      const next = /<([^>]+)>; rel="next"/.exec(res.headers.link ?? "")?.[1];
      return { heads: res.body.comments.map((one: { id: number }) => one.id), next, text: res.text };
    };
    for (const at of [c, reply, deep]) {
      const oldest = await read(`at=${at}`);
      expect(oldest.heads).toEqual([c, d]);
      expect(oldest.text).toContain(`"id":${deep},`);
      expect(oldest.next).not.toContain("at=");
      expect((await there.get(oldest.next ?? "")).body.comments).toMatchObject([{ id: e }]);
      expect((await read(`sort=newest&at=${at}`)).heads).toEqual([c, b]);
      expect((await read(`sort=top&at=${at}`)).heads).toEqual([c, b]);
    }
    // What is of another post, or not to be seen, leaves the first page.
    const hidden = (await there.comment("Hidden", { post: 2, homepage: "https://bot.example" })).body.id;
    for (const at of [1, hidden, 999_999_999])
      expect((await read(`at=${at}`)).text).toBe((await read("sort=oldest")).text);
    await there
      .delete(`/api/comments/2/${c}`)
      .set(...there.admin())
      .expect(200);
    await there
      .delete(`/api/comments/2/${a}`)
      .set(...there.admin())
      .expect(200);
    expect((await read(`at=${deep}`)).heads).toEqual([c, d]);
    expect((await read(`at=${a}`)).heads).not.toContain(a);
    for (const query of [
      "at=1",
      "view=tree&at=x",
      "view=tree&at=0",
      "view=tree&at=1&parent=1",
      "view=tree&at=1&cursor=x",
    ])
      expect((await there.get(`/api/comments/2?${query}`).expect(400)).body.code).toBe("invalid_input");
  });
});

describe("editing and deleting", () => {
  test("its sender hears until when a comment can be edited, again with a replay", async () => {
    const key = ["Idempotency-Key", "until-when-it-is-mine"] as const;
    const { body } = await comment("For a while")
      .set(...key)
      .expect(201);
    expect(Date.parse(body.editableUntil) - Date.parse(body.createdAt)).toBe(15 * 60_000);
    expect(
      (
        await comment("For a while")
          .set(...key)
          .expect(201)
      ).body,
    ).toMatchObject({
      id: body.id,
      editableUntil: body.editableUntil,
    });
    const moderators = await comment("Whenever I like")
      .set(...admin())
      .expect(201);
    expect(moderators.body).not.toHaveProperty("editableUntil");
    for (const path of [`/api/comments/1/${moderators.body.id}`, "/api/comments/1"])
      expect((await get(path)).text).not.toContain("editableUntil");

    const never = await startServer({ SEED: "on", EDIT_WINDOW: "0" });
    expect((await client(() => never).comment("For good")).body).toMatchObject({ editableUntil: null });
  });

  test("an author edits with the edit token; moderators see the former texts", async () => {
    const { body } = await comment("First try", { author: "Ada" });
    const path = `/api/comments/1/${body.id}`;
    const res = await patch(path, {
      comment: "Second *try*",
      author: "Ada L.",
      website: "https://ada.example/",
    })
      .set(...bearer(body.editToken))
      .expect(200);
    contract.expectKept("PATCH", path, res);
    expect(res.body).toMatchObject({
      comment: "Second *try*",
      html: "<p>Second <em>try</em></p>\n",
      author: "Ada L.",
      editedAt: expect.any(String),
    });
    expect((await get("/api/comments?q=second").expect(200)).body).toHaveLength(1);
    expect((await get('/api/comments?q="first try"').expect(200)).body).toHaveLength(0);
    await get(`${path}/history`).expect(401);
    await get(`${path}/history`)
      .set(...bearer(body.editToken))
      .expect(401);
    const history = await get(`${path}/history`)
      .set(...admin())
      .expect(200);
    contract.expectKept("GET", `${path}/history`, history);
    expect(history.body).toMatchObject([{ comment: "First try", author: "Ada", by: "author" }]);
  });

  test("the whole resource may be sent back; read-only members are ignored, unknown ones refused", async () => {
    const { editToken, ...body } = (await comment("Round trip")).body;
    const path = `/api/comments/1/${body.id}`;
    const sent = {
      ...body,
      id: 9,
      html: "<script>",
      createdAt: "x",
      votes: { up: 99 },
      comment: "Round trip, edited",
    };
    const res = await patch(path, sent)
      .set(...bearer(editToken))
      .expect(200);
    expect(res.body).toMatchObject({
      id: body.id,
      html: "<p>Round trip, edited</p>\n",
      createdAt: body.createdAt,
      votes: { up: 0 },
    });
    await patch(path, { ...body, extra: 1 })
      .set(...bearer(editToken))
      .expect(400);
  });

  test("nobody else may: no token and a wrong one are 401, moderation by an author is 403", async () => {
    const [mine, other] = [(await comment("Mine")).body, (await comment("Other")).body];
    const path = `/api/comments/1/${mine.id}`;
    for (const call of [patch(path, { comment: "Stolen" }), del(path)]) {
      const res = await call.expect(401);
      expect(res.headers["www-authenticate"]).toContain("Bearer");
    }
    await patch(path, { comment: "Stolen" })
      .set(...bearer(other.editToken))
      .expect(401);
    await patch(path, { comment: "Stolen" })
      .set(...bearer("x".repeat(400)))
      .expect(401);
    await patch(path, { pinned: true })
      .set(...bearer(mine.editToken))
      .expect(403);
    await patch(path, { status: "spam" })
      .set(...bearer(mine.editToken))
      .expect(403);
    expect((await get(path)).body.comment).toBe("Mine");
  });

  test("the edit window ends for authors, not for moderators; 0 means never", async () => {
    const own = await startServer({ SEED: "on", EDIT_WINDOW: "0" });
    const there = client(() => own);
    const { body } = await there.comment("Too late");
    const path = `/api/comments/1/${body.id}`;
    expect(
      (
        await there
          .patch(path, { comment: "Changed" })
          .set(...bearer(body.editToken))
          .expect(403)
      ).body.code,
    ).toBe("edit_window_closed");
    await there
      .delete(path)
      .set(...bearer(body.editToken))
      .expect(403);
    await there
      .patch(path, { comment: "Moderated" })
      .set(...there.admin())
      .expect(200);
  });

  test("deleting takes text and person out, leaves a tombstone over replies, and counts it no more", async () => {
    const { body } = await comment("Regrets", {
      author: "Regretful",
      email: "r@example.com",
      website: "https://r.example/",
    });
    const reply = (await comment("A reply", { parent: body.id })).body;
    const before = await thread();
    const res = await del(`/api/comments/1/${body.id}`)
      .set(...bearer(body.editToken))
      .expect(200);
    contract.expectKept("DELETE", `/api/comments/1/${body.id}`, res);
    expect(res.body).toMatchObject({
      message: "Comment deleted",
      deleted: { id: body.id, comment: "Regrets" },
    });
    const after = await thread();
    expect(after.total).toBe(before.total - 1);
    expect(after.comments.find((one: { id: number }) => one.id === body.id)).toMatchObject({
      status: "deleted",
      comment: "",
      html: "",
      author: "",
      website: null,
      avatar: null,
      replies: 1,
    });
    const { text, body: left } = await get(`/api/comments/1/${body.id}`).set(...admin());
    expect(left.avatar).toBeNull();
    expect(text).not.toMatch(/Regret|r@example|r\.example/);
    expect((await get("/api/comments?q=regrets")).body).toEqual([]);
    await del(`/api/comments/1/${reply.id}`)
      .set(...bearer(reply.editToken))
      .expect(200);
    await get(`/api/comments/1/${body.id}`).expect(404);
    expect(JSON.stringify(await thread())).not.toContain(`"id":${body.id},`);
  });

  test("a held comment's tombstone does not say when it was edited", async () => {
    const { body } = await comment("Answered, then held");
    const path = `/api/comments/1/${body.id}`;
    await comment("An answer to it", { parent: body.id }).expect(201);
    await patch(path, { status: "pending" })
      .set(...admin())
      .expect(200);
    await patch(path, { comment: "Edited while it waits" })
      .set(...bearer(body.editToken))
      .expect(200);
    expect((await get(path).expect(200)).body).toMatchObject({ status: "deleted", editedAt: null });
    await patch(path, { status: "approved" })
      .set(...admin())
      .expect(200);
    expect((await get(path).expect(200)).body.editedAt).not.toBeNull();
  });

  test("an author's deletion is final, a moderator's can be undone", async () => {
    const [own, held] = [
      (await comment("Own")).body,
      (await comment("Moderated", { author: "Ada", email: "a@example.com" })).body,
    ];
    await del(`/api/comments/1/${own.id}`)
      .set(...bearer(own.editToken))
      .expect(200);
    expect(
      (
        await patch(`/api/comments/1/${own.id}`, { status: "approved" })
          .set(...admin())
          .expect(409)
      ).body.code,
    ).toBe("not_restorable");
    await del(`/api/comments/1/${held.id}`)
      .set(...admin())
      .expect(200);
    await get(`/api/comments/1/${held.id}`).expect(404);
    const res = await patch(`/api/comments/1/${held.id}`, { status: "approved" })
      .set(...admin())
      .expect(200);
    expect(res.body).toMatchObject({
      comment: "Moderated",
      author: "Ada",
      email: "a@example.com",
      status: "approved",
    });
    expect((await get("/api/comments?q=moderated").expect(200)).body).toMatchObject([{ id: held.id }]);
  });

  test("a form's POST with _method stands for PATCH and DELETE, from forms only", async () => {
    const { body } = await comment("By form");
    const path = `/api/comments/1/${body.id}`;
    // Not held against the document, which knows the form's POST by the method that it stands for.
    const form = (to: string) => supertest(server.url).post(to);
    await form(path)
      .type("form")
      .set(...bearer(body.editToken))
      .send({ _method: "PATCH", comment: "Edited by form" })
      .expect(200);
    await post(path, { _method: "DELETE" })
      .set(...bearer(body.editToken))
      .expect(405);
    await form(path)
      .type("form")
      .set(...bearer(body.editToken))
      .send({ _method: "TRACE" })
      .expect(400);
    await form(path)
      .set(...bearer(body.editToken))
      .field("_method", "delete")
      .expect(200);
    await get(path).expect(404);
  });

  test("a browser's form that changes or votes is sent on to the comment's place", async () => {
    const { body } = await comment("Changed by a browser");
    const path = `/api/comments/1/${body.id}`;
    const form = (to: string, fields: object) =>
      post(to)
        .type("form")
        .set("Accept", "text/html")
        .set(...bearer(body.editToken))
        .send(fields)
        .expect(303);
    const place = `/posts/1?at=${body.id}#comment-${body.id}`;
    expect((await form(path, { _method: "PATCH", comment: "Changed" })).headers.location).toBe(place);
    expect((await form(`${path}/vote`, { _method: "PUT", value: "1" })).headers.location).toBe(
      `/posts/1?error=own_comment#said`,
    );
    const vote = await post(`${path}/vote`)
      .type("form")
      .set("Accept", "text/html")
      .set(...admin())
      .send({ _method: "PUT", value: "0" })
      .expect(303);
    expect(vote.headers.location).toBe(`/posts/1?at=${body.id}#comment-${body.id}`);
  });
});

describe("moderation", () => {
  test("by the admin's token: spam hides a comment, approving shows it again, pinning marks it", async () => {
    const { body } = await comment("Doubtful");
    const path = `/api/comments/1/${body.id}`;
    const { total } = await thread();
    await patch(path, { status: "spam" })
      .set(...admin())
      .expect(200);
    await get(path).expect(404);
    expect((await thread()).total).toBe(total - 1);
    expect(
      (
        await get("/api/comments?status=spam")
          .set(...admin())
          .expect(200)
      ).body,
    ).toMatchObject([{ id: body.id, status: "spam" }]);
    expect(
      (
        await patch(path, { status: "approved", pinned: true })
          .set(...admin())
          .expect(200)
      ).body,
    ).toMatchObject({ status: "approved", pinned: true });
    expect((await thread()).total).toBe(total);
    await get("/api/comments?status=spam").expect(401);
    await get("/api/comments?status=spam")
      .set(...bearer(body.editToken))
      .expect(401);
  });

  test("MODERATION=all holds everything: 202, seen by its author and moderators only", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "all" });
    const there = client(() => own);
    const { body } = await there.comment("Please approve", { author: "Patient" }).expect(202);
    const path = `/api/comments/1/${body.id}`;
    expect(body).toMatchObject({ status: "pending", editToken: expect.any(String) });
    await there.get(path).expect(404);
    for (const where of [
      "/api/comments?limit=100",
      "/api/comments/1",
      "/api/comments?q=approve",
      "/api/comments?author=patient",
      "/api/comments/1?view=tree",
    ]) {
      expect((await there.get(where).expect(200)).text).not.toContain("Please approve");
    }
    expect((await there.get("/api/counts?post=1")).body).toEqual({ 1: 5 });
    const own1 = await there
      .get(path)
      .set(...bearer(body.editToken))
      .expect(200);
    expect(own1.body.comment).toBe("Please approve");
    expect(own1.headers["cache-control"]).toBe("private, no-store");
    expect((await there.comment("Answer", { parent: body.id }).expect(422)).body.code).toBe(
      "parent_not_found",
    );
    await there.put(`${path}/vote`, { value: 1 }).expect(404);
    expect((await there.get(path).set(...there.admin())).body.reasons).toEqual([
      { rule: "all", reason: "every comment waits for a moderator" },
    ]);
    await there
      .patch(path, { status: "approved" })
      .set(...there.admin())
      .expect(200);
    await there.get(path).expect(200);
    const edited = await there
      .patch(path, { comment: "Edited after approval" })
      .set(...bearer(body.editToken))
      .expect(202);
    expect(edited.body.status).toBe("pending");
    await there.get(path).expect(404);
    await there
      .comment("By the admin")
      .set(...there.admin())
      .expect(201);
  });

  test("MODERATION=first, the default, holds a first-timer's links and repetitions, and trusts after one approval", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "first" });
    const there = client(() => own);
    await there.comment("Nice post").expect(202);
    await there.comment("Buy at https://spam.example").expect(202);
    await there.comment("I read all of it").expect(201);
    await there.comment("See https://ada.example").expect(201);
  });

  test("a held comment on a new page shows nobody a post, until it is approved", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "all" });
    const there = client(() => own);
    const page = "http://localhost:8080/buy-pills-now";
    const before = await there.get("/api/posts").expect(200);
    const { body } = await there.comment("Cheap pills", { post: page }).expect(202);
    const path = `/api/comments/${body.post}/${body.id}`;
    await there
      .get("/api/posts")
      .set("If-None-Match", before.headers.etag ?? "")
      .expect(304);
    for (const where of ["/", "/api/posts", "/api/posts?q=pills", "/api/comments?limit=100"]) {
      expect((await there.get(where).expect(200)).text).not.toMatch(/pills/i);
    }
    for (const where of [`/api/posts/${body.post}`, `/api/comments/${body.post}`, `/posts/${body.post}`]) {
      await there.get(where).expect(404);
    }
    const byUrl = `/api/comments/by-url?url=${encodeURIComponent(page)}`;
    expect((await there.get(byUrl).expect(200)).body).toEqual({
      post: null,
      total: 0,
      commentsOpen: true,
      comments: [],
    });
    expect(
      (
        await there
          .get(path)
          .set(...bearer(body.editToken))
          .expect(200)
      ).body.comment,
    ).toBe("Cheap pills");
    await there
      .patch(path, { status: "approved" })
      .set(...there.admin())
      .expect(200);
    expect((await there.get(byUrl).expect(200)).body).toMatchObject({ post: body.post, total: 1 });
    expect((await there.get("/api/posts").expect(200)).headers["x-total-count"]).toBe("3");
    await there
      .patch(path, { status: "spam" })
      .set(...there.admin())
      .expect(200);
    expect((await there.get("/api/posts").expect(200)).headers["x-total-count"]).toBe("2");
  });

  test("a comment vouches for nothing in its own edit", async () => {
    const own = await startServer({ SEED: "on", MODERATION: "first" });
    const there = client(() => own);
    const { body } = await there.comment("Harmless").expect(201);
    const path = `/api/comments/1/${body.id}`;
    await there
      .patch(path, { comment: "Buy at https://spam.example" })
      .set(...bearer(body.editToken))
      .expect(202);
    await there.get(path).expect(404);
  });

  test("what comes back comes back as it was, whatever else is sent along", async () => {
    const { body } = await comment("Kept whole", { author: "Ada", website: "https://ada.example/" });
    const path = `/api/comments/1/${body.id}`;
    await del(path)
      .set(...admin())
      .expect(200);
    const back = await patch(path, { status: "approved", author: "", comment: "Other" })
      .set(...admin())
      .expect(200);
    expect(back.body).toMatchObject({
      author: "Ada",
      website: "https://ada.example/",
      comment: "Kept whole",
    });
  });
});

describe("votes and reports", () => {
  test("one vote for each network: changed, taken back, never doubled", async () => {
    const vote = (value: number) => put("/api/comments/1/1/vote", { value });
    contract.expectKept("PUT", "/api/comments/1/1/vote", await vote(1).expect(200));
    expect((await vote(1)).body).toEqual({ up: 1, down: 0, mine: 1 });
    expect((await vote(-1)).body).toEqual({ up: 0, down: 1, mine: -1 });
    expect((await vote(0)).body).toEqual({ up: 0, down: 0, mine: 0 });
    const all = await Promise.all(Array.from({ length: 100 }, () => vote(1)));
    expect(new Set(all.map(({ text }) => text))).toEqual(new Set(['{"up":1,"down":0,"mine":1}']));
    expect((await get("/api/comments?sort=top&limit=1")).body).toMatchObject([{ id: 1, votes: { up: 1 } }]);
    for (const value of [2, "1", null, true, [1]]) await put("/api/comments/1/1/vote", { value }).expect(400);
  });

  test("nobody votes on their own comment", async () => {
    const { body } = await comment("Self-love");
    expect((await put(`/api/comments/1/${body.id}/vote`, { value: 1 }).expect(403)).body.code).toBe(
      "own_comment",
    );
    await put(`/api/comments/1/${body.id}/vote`, { value: 1 })
      .set(...admin())
      .expect(200);
  });

  test("a report is taken, and nobody in public learns of it", async () => {
    const before = (await get("/api/comments/1/2")).text;
    contract.expectKept(
      "POST",
      "/api/comments/1/2/report",
      await post("/api/comments/1/2/report", { reason: "spam", note: "buys likes" }).expect(202),
    );
    await post("/api/comments/1/2/report", { reason: "dislike" }).expect(400);
    await post("/api/comments/1/404/report", { reason: "spam" }).expect(404);
    expect((await get("/api/comments/1/2")).text).toBe(before);
  });
});

describe("beside comments", () => {
  test("the preview is exactly what would be stored", async () => {
    const markdown =
      "A [link](https://a.example), ~~struck~~, `code` <b>raw</b>\n\n| a | b |\n|:-:|--:|\n| 1 | 2 |";
    const { body } = await post("/api/preview", { comment: markdown }).expect(200);
    expect(body.html).toBe((await comment(markdown)).body.html);
    expect(body.html).toContain('rel="nofollow ugc noopener"');
    expect(body.html).toContain('<td align="center">1</td>');
    expect(body.html).not.toMatch(/<b>|style=/);
  });

  test("a permalink leads to the comment's place on its page", async () => {
    const res = await get("/api/comments/1/2/permalink").expect(307);
    expect(res.headers.location).toBe(`${server.url}/posts/react-hooks?at=2#comment-2`);
    await get("/api/comments/1/404/permalink").expect(404);
    const paged = (await comment("On a page", { post: "http://localhost:8080/page" })).body;
    expect(
      (await get(`/api/comments/${paged.post}/${paged.id}/permalink`).expect(307)).headers.location,
    ).toBe(`http://localhost:8080/page#comment-${paged.id}`);
  });

  test("a browser's own form is sent on to the comment's place, or back with the error said", async () => {
    const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    const send = (fields: object) =>
      post("/api/comments").type("form").set("Accept", browser).send(fields).expect(303);
    const made = (await send({ post: "1", comment: "From a form", author: "Ada" })).headers.location ?? "";
    expect(made).toMatch(/\/posts\/react-hooks\?at=(\d+)#comment-\1$/);
    expect((await send({ post: "1", comment: "" })).headers.location).toBe(
      "/posts/1?error=invalid_input&field=comment#respond",
    );
    expect((await send({ post: "//evil.example", comment: "x" })).headers.location).toBe(
      "/?error=post_not_found",
    );
    const fetched = await post("/api/comments")
      .type("form")
      .set("Accept", "*/*")
      .send({ post: "1", comment: "From fetch" });
    expect(fetched.status).toBe(201);
  });

  test("PUBLIC_URL is what links begin with; without it only a local Host is believed", async () => {
    expect((await get("/api/comments/1/1").set("Host", "evil.example")).body.url).toBe(
      "/posts/react-hooks#comment-1",
    );
    expect((await get("/api/comments/1/1").set("Host", "localhost:81@evil.example")).body.url).toBe(
      "/posts/react-hooks#comment-1",
    );
    const own = await startServer({ SEED: "on", PUBLIC_URL: "https://c.example" });
    expect((await client(() => own).get("/api/comments/1/1")).body.url).toBe(
      "https://c.example/posts/react-hooks#comment-1",
    );
  });
});
