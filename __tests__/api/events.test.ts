import { beforeAll, describe, expect, test } from "@jest/globals";
import { bearer, client } from "@/__tests__/support/client";
import { type Server, startServer } from "@/__tests__/support/server";
import { head, open } from "@/__tests__/support/socket";
import { until } from "@/__tests__/support/until";
import { Watcher } from "@/__tests__/support/watcher";

let server: Server;
const { get, head: headOf, post, put, patch, delete: del, options, comment, admin } = client(() => server);

beforeAll(async () => {
  server = await startServer({ SEED: "on", MODERATION: "open" });
});

let pages = 0;
/** A post of its own for a test. */
async function newPost(): Promise<number> {
  const { body } = await comment(`Page ${++pages}`, { post: `http://localhost/watched-${pages}` }).expect(
    201,
  );
  return body.post;
}

async function say(where: number, text: string, more: object = {}) {
  const { body } = await post(`/api/comments/${where}`, { comment: text, ...more });
  return { id: Number(body.id), token: String(body.editToken), path: `/api/comments/${where}/${body.id}` };
}

const decide = (ids: number[], action: string) =>
  post("/api/moderation", { ids, action })
    .set(...admin())
    .expect(200);

/** Another reader, told after all that has happened so far. */
async function mark(where: number): Promise<number> {
  return (await say(where, "A mark")).id;
}

describe("a reader who watches", () => {
  test("is told of no page on which all waits, and nor is a moderator", async () => {
    const page = "http://localhost/all-waits";
    const { body } = await comment("Held, since it has many links: http://a.example http://b.example", {
      post: page,
    });
    await decide([body.id], "spam");
    for (const name of [String(body.post), encodeURIComponent(page)]) {
      await get(`/api/comments/${name}/events`).expect(404);
      await get(`/api/comments/${name}/events`)
        .set(...admin())
        .expect(404);
    }
    await decide([body.id], "approve");
    const watcher = await Watcher.of(server, body.post);
    expect(watcher.status).toBe(200);
    watcher.cut();
  });

  test("asked for behind another request on one connection is told from the beginning", async () => {
    const where = await newPost();
    const first = head("GET /api/hello HTTP/1.1", "Host: x");
    const wire = await open(
      server.url,
      first + head(`GET /api/comments/${where}/events HTTP/1.1`, "Host: x"),
    );
    await wire.waitFor("event: ready");
    const { id } = await say(where, "Behind another");
    await wire.waitFor(`"id":${id}`);
    wire.socket.destroy();
  });

  test("hears of a new comment what GET answers of it, and is told first how to come back", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    expect(watcher.status).toBe(200);
    expect(watcher.headers).toMatchObject({
      "content-type": "text/event-stream",
      "cache-control": "private, no-store, no-transform",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
      "access-control-allow-origin": "*",
      "x-request-id": expect.any(String),
    });
    expect(watcher.headers).not.toHaveProperty("content-encoding");
    expect(watcher.headers).not.toHaveProperty("etag");
    expect(watcher.text).toMatch(/^retry: \d{4}\nid: \S+\nevent: ready\ndata: \{"post":\d+\}\n\n$/);
    const { id, path } = await say(where, "Hello *you*", {
      author: "Ada",
      email: "ada@secret.example",
    });
    const heard = await watcher.hears("comment.created", id);
    expect(heard.data).toEqual((await get(path).expect(200)).body);
    expect(heard.id).toBe(watcher.last);
    expect(watcher.text).not.toMatch(/secret|email|address|editToken/);
    watcher.cut();
  });

  test("of a post by its slug, in a browser of another site, and over HTTP/1.0", async () => {
    const watcher = await Watcher.of(server, "react-hooks", { headers: { Origin: "https://blog.example" } });
    const { body } = await get("/api/posts/react-hooks").expect(200);
    const { id } = await say(body.id, "To the slug");
    expect((await watcher.hears("comment.created", id)).data.post).toBe(body.id);
    watcher.cut();
    const where = await newPost();
    const old = await open(server.url, head(`GET /api/comments/${where}/events HTTP/1.0`, "Host: x"));
    await old.waitFor("event: ready");
    await del(`/api/posts/${where}`).set(...admin());
    expect(await old.ended()).toMatch(/\r\n\r\nretry: /);
  });

  test("hears of edits, pins and deletions, of its own post alone, and in order", async () => {
    const [where, elsewhere] = [await newPost(), await newPost()];
    const watcher = await Watcher.of(server, where);
    // What comes within one round is told as it stands at its end.
    const told = (events: number) => until(() => watcher.heard.length >= events);
    const { id, token, path } = await say(where, "Frist");
    await say(elsewhere, "Not here");
    await told(2);
    await patch(path, { comment: "First" })
      .set(...bearer(token))
      .expect(200);
    await told(3);
    await patch(path, { pinned: true })
      .set(...admin())
      .expect(200);
    await told(4);
    await put(`${path}/vote`, { value: 1 })
      .set(...admin())
      .expect(200);
    const kept = (await get(path).expect(200)).body;
    await del(path)
      .set(...bearer(token))
      .expect(200);
    const end = await mark(where);
    await watcher.hears("comment.created", end);
    expect(watcher.story).toEqual([
      "ready",
      `comment.created ${id}`,
      `comment.updated ${id}`,
      `comment.updated ${id}`,
      `comment.deleted ${id}`,
      `comment.created ${end}`,
    ]);
    expect(watcher.heard[3]?.data).toEqual({ ...kept, votes: { up: 0, down: 0 } });
    expect(watcher.heard[4]?.data).toEqual({ id, post: where });
    watcher.cut();
  });

  test("never sees what is held, spam, edited away or deleted, and sees what is approved as new", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    const { id, path } = await say(where, "zsecret1");
    await until(() => watcher.heard.length >= 2);
    await decide([id], "spam");
    await until(() => watcher.heard.length >= 3);
    await patch(path, { comment: "zsecret2" })
      .set(...admin())
      .expect(200);
    await patch(path, { status: "pending" })
      .set(...admin())
      .expect(200);
    await patch(path, { comment: "Allowed" })
      .set(...admin())
      .expect(200);
    const before = watcher.text.length;
    await decide([id], "approve");
    const back = await mark(where);
    await watcher.hears("comment.created", back);
    const after = watcher.text.slice(before);
    expect(after).toContain("Allowed");
    expect(after).not.toMatch(/zsecret|pending|spam/);
    expect(watcher.story.slice(0, -1)).toEqual([
      "ready",
      `comment.created ${id}`,
      `comment.deleted ${id}`,
      `comment.created ${id}`,
    ]);
    watcher.cut();
  });

  test("who was away hears how a comment stands now, never how it stood", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    watcher.cut();
    await watcher.ends();
    const edited = await say(where, "zsecret3");
    await patch(edited.path, { comment: "Mended" })
      .set(...bearer(edited.token))
      .expect(200);
    const deleted = await say(where, "zsecret4");
    await del(deleted.path)
      .set(...bearer(deleted.token))
      .expect(200);
    const spam = await say(where, "zsecret5");
    await decide([spam.id], "spam");
    await watcher.connect();
    expect(watcher.story).toEqual([
      "ready",
      `comment.created ${edited.id}`,
      `comment.updated ${edited.id}`,
      `comment.deleted ${deleted.id}`,
      `comment.deleted ${spam.id}`,
      "ready",
    ]);
    expect(watcher.text).not.toContain("zsecret");
    watcher.cut();
  });

  test("hears of each one that moderators decide on at once, and of what they take back", async () => {
    const where = await newPost();
    const ids = [(await say(where, "One")).id, (await say(where, "Two")).id];
    const watcher = await Watcher.of(server, where);
    await decide(ids, "delete");
    const { body } = await get("/api/audit?limit=1").set(...admin());
    await post(`/api/audit/${body[0].id}/undo`)
      .set(...admin())
      .expect(200);
    const end = await mark(where);
    await watcher.hears("comment.created", end);
    expect(watcher.story).toEqual([
      "ready",
      ...ids.map((id) => `comment.deleted ${id}`),
      `comment.created ${ids[1]}`,
      `comment.created ${end}`,
    ]);
    watcher.cut();
  });

  test("hears that a person has left, or was erased, without their name", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    for (const erase of [false, true]) {
      const name = `Zacharias${Number(erase)}`;
      const made = await post("/api/users", { name, email: `${name}@example.org` })
        .set(...admin())
        .expect(201);
      const { body } = await post("/api/tokens", { name: "t", user: made.body.id })
        .set(...admin())
        .expect(201);
      const said = await post(`/api/comments/${where}`, { comment: "By me" })
        .set(...bearer(body.token))
        .expect(201);
      await watcher.hears("comment.created", said.body.id);
      const before = watcher.text.length;
      if (erase)
        await del("/api/user/data")
          .set(...bearer(body.token))
          .expect(200);
      else
        await del(`/api/users/${made.body.id}`)
          .set(...admin())
          .expect(200);
      const kind = erase ? "comment.deleted" : "comment.updated";
      await watcher.hears(kind, said.body.id);
      expect(watcher.text.slice(before)).not.toContain(name);
    }
    watcher.cut();
  });

  test("is sent away when the post is deleted, and then hears 404 as a problem", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    await del(`/api/posts/${where}`)
      .set(...admin())
      .expect(200);
    await watcher.ends();
    expect(watcher.story).toEqual(["ready"]);
    await watcher.connect();
    expect(watcher.status).toBe(404);
    expect(watcher.headers["content-type"]).toBe("application/problem+json");
  });

  test("reads the thread anew where the post was deleted and brought back, or another was merged into it", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    await del(`/api/posts/${where}`)
      .set(...admin())
      .expect(200);
    await watcher.ends();
    const { body } = await get("/api/audit?limit=1").set(...admin());
    await post(`/api/audit/${body[0].id}/undo`)
      .set(...admin())
      .expect(200);
    await watcher.connect();
    expect(watcher.story).toEqual(["ready", "reset"]);
    const other = await newPost();
    const moved = await Watcher.of(server, other);
    await post(`/api/posts/${other}/merge`, { into: where }).set(...admin());
    await moved.ends();
    await moved.connect();
    expect(moved.story).toEqual(["ready", "reset"]);
    expect(moved.heard[1]?.data).toEqual({ post: where });
    const { id } = await say(where, "To both");
    await Promise.all([watcher.hears("comment.created", id), moved.hears("comment.created", id)]);
    expect(watcher.story).toEqual(["ready", "reset", "reset", `comment.created ${id}`]);
    for (const one of [watcher, moved]) one.cut();
  });
});

describe("a reader who comes back", () => {
  test("has missed nothing and hears nothing twice, however often it is cut while much happens", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    const made: number[] = [];
    const write = async (name: string) => {
      for (let n = 0; n < 20; n++) made.push((await say(where, `${name} ${n}`)).id);
    };
    const writing = Promise.all([write("a"), write("b"), write("c")]);
    let over = false;
    const done = writing.then(() => {
      over = true;
    });
    while (!over) {
      watcher.cut();
      await watcher.ends();
      await watcher.connect();
    }
    await done;
    const end = await mark(where);
    await watcher.hears("comment.created", end);
    const heard = watcher.heard.filter(({ type }) => type === "comment.created").map(({ data }) => data.id);
    expect(heard).toEqual([...made, end].sort((a, b) => a - b));
    expect(watcher.story).not.toContain("reset");
    watcher.cut();
  });

  test("before anything happened has missed nothing either", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    watcher.cut();
    await watcher.ends();
    const { id } = await say(where, "Meanwhile");
    await watcher.connect();
    expect(watcher.story).toEqual(["ready", `comment.created ${id}`, "ready"]);
    watcher.cut();
  });

  test("may say its last id in the query, where the header does not say another", async () => {
    const where = await newPost();
    const first = await Watcher.of(server, where);
    const { last } = first;
    const { id } = await say(where, "Missed");
    await first.hears("comment.created", id);
    const query = `?lastEventId=${encodeURIComponent(last)}`;
    const byQuery = await Watcher.of(server, where, { query });
    expect(byQuery.story).toEqual([`comment.created ${id}`, "ready"]);
    const byBoth = await Watcher.of(server, where, { query, last: first.last });
    expect(byBoth.story).toEqual(["ready"]);
    const without = await Watcher.of(server, where, { query: "?lastEventId=" });
    expect(without.story).toEqual(["ready"]);
    for (const one of [first, byQuery, byBoth, without]) one.cut();
  });

  test.each([
    "0",
    "1",
    "-1",
    "999999999",
    "1-AAAAAAAAAA",
    "999999999999-AAAAAAAAAA",
    "1-AAAAAAAAAA; DROP TABLE events",
    "%00",
    "../../etc/passwd",
    "NaN-AAAAAAAAAA",
    "1e3-AAAAAAAAAA",
    "ï»¿",
    "x".repeat(5000),
  ])("with an id that never was one (%#) reads the thread anew", async (last) => {
    const watcher = await Watcher.of(server, 1, { last });
    expect(watcher.story).toEqual(["reset"]);
    expect(watcher.last).not.toBe(last);
    watcher.cut();
  });

  test("with one that was another event's once, before a restore from a backup, reads it anew too", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    const [number, check = ""] = watcher.last.split("-");
    const forged = `${number}-${check.slice(0, -1)}${check.endsWith("A") ? "B" : "A"}`;
    const other = await Watcher.of(server, where, { last: forged });
    expect(other.story).toEqual(["reset"]);
    for (const one of [watcher, other]) one.cut();
  });

  test("after more than it is worth to tell again reads it anew", async () => {
    const where = await newPost();
    const watcher = await Watcher.of(server, where);
    const { last } = watcher;
    for (let n = 0; n < 101; n += 10)
      await Promise.all(Array.from({ length: 10 }, (_, k) => say(where, `${n + k} of many`)));
    const other = await Watcher.of(server, where, { last });
    expect(other.story).toEqual(["reset"]);
    expect((await other.hears("reset")).data).toEqual({ post: where });
    for (const one of [watcher, other]) one.cut();
  });
});

describe("the address", () => {
  test("says the same to HEAD without a body, and ends", async () => {
    const res = await headOf("/api/comments/1/events").expect(200);
    expect(res.headers["content-type"]).toBe("text/event-stream");
    expect(res.headers["cache-control"]).toBe("private, no-store, no-transform");
    expect(res.text).toBeUndefined();
    await headOf("/api/comments/nobody/events").expect(404);
  });

  test("tells a preflight that Last-Event-ID may be sent", async () => {
    const res = await options("/api/comments/1/events").set("Origin", "https://blog.example").expect(204);
    expect(res.headers.allow).toBe("GET, HEAD, OPTIONS");
    expect(res.headers["access-control-allow-headers"]).toContain("Last-Event-ID");
  });

  test("refuses what the contract says, as problem documents", async () => {
    await get("/api/comments/404404/events").expect(404).expect("Content-Type", "application/problem+json");
    await get("/api/comments/nobody/events").expect(404);
    await get("/api/comments/1/events").set("Accept", "application/json").expect(406);
    await get("/api/comments/1/events?since=1").expect(400);
    await get("/api/comments/1/events?lastEventId=1&lastEventId=2").expect(400);
    for (const call of [post, put, patch, del])
      await call("/api/comments/1/events")
        .set(...admin())
        .expect(405)
        .expect("Allow", "GET, HEAD, OPTIONS");
  });
});
