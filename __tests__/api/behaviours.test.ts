import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import request from "supertest";
import { bearer, client } from "../support/client";
import { upload } from "../support/files";
import { addPerson, addSignedIn, cookieOf, signIn } from "../support/people";
import { type Server, startServer } from "../support/server";

let server: Server;
/** Another one for what is uploaded: row 23 looks at a server without. */
let files: Server;
const { get, head, post, put, patch, delete: del, comment, admin } = client(() => server);

beforeAll(async () => {
  [server, files] = await Promise.all([startServer({ SEED: "on" }), startServer()]);
});

test("row 1: GET /api/comments gives the comments of comments.json, in the file's order, as an array", async () => {
  const { body } = await get("/api/comments").expect(200).expect("Content-Type", /json/);
  const file = JSON.parse(readFileSync(join(__dirname, "../../db/seed/comments.json"), "utf8"));
  expect(body.map((one: { comment: string }) => one.comment)).toEqual(
    file.map((one: { comment: string }) => one.comment),
  );
  expect(body.slice(0, 2)).toMatchObject([{ comment: "First" }, { comment: "Nice post" }]);
});

test("row 2: GET /api/comments/1 gives the comments of a post as { post, comments }", async () => {
  const { body } = await get("/api/comments/1").expect(200);
  expect(body).toMatchObject({
    post: 1,
    comments: [{ comment: "First" }, { comment: "Nice post" }, {}, {}, {}],
  });
});

test("row 3: GET and POST go through one default export, other methods are 405 with Allow", async () => {
  await comment("Through the same file").expect(201);
  const res = await del("/api/comments").expect(405);
  expect(res.headers.allow).toBe("GET, HEAD, POST, OPTIONS");
  expect(res.body).toMatchObject({
    status: 405,
    code: "method_not_allowed",
    error: expect.stringContaining("/api/comments/[id]/[commentId]"),
  });
});

test("row 4: query, and JSON, form and multipart bodies are read", async () => {
  const { body } = await get("/api/comments?limit=1&sort=newest").expect(200);
  expect(body).toHaveLength(1);
  await post("/api/comments")
    .type("form")
    .send({ post: "1", comment: "As a form", author: "Ada" })
    .expect(201);
  const sent = await post("/api/comments")
    .field("post", "1")
    .field("comment", "As multipart")
    .field("parent", "1")
    .expect(201);
  expect(sent.body).toMatchObject({ comment: "As multipart", parent: 1, depth: 1 });
});

/** A person whom the admin makes, and the header of a token of theirs. */
async function makePerson(name: string, more: object = {}): Promise<{ id: number; auth: [string, string] }> {
  const email = `${name.toLowerCase()}@example.com`;
  const { body } = await post("/api/users", { name, email, ...more })
    .set(...admin())
    .expect(201);
  const { token } = (
    await post("/api/tokens", { name: "test", user: body.id })
      .set(...admin())
      .expect(201)
  ).body;
  return { id: body.id, auth: bearer(token) };
}

test("row 4: a cookie tells who asks", async () => {
  const { email, id } = await addPerson(server);
  const cookie = cookieOf(await signIn(server, email));
  const { body } = await get("/api/session").set("Cookie", `other=1; ${cookie}; more=2`).expect(200);
  expect(body).toMatchObject({ authorized: true, user: { id } });
  await get("/api/session").set("Cookie", "other=1").expect(401);
});

test("row 6: /api/user answers who the user is (name, profession), and saves a posted body", async () => {
  const { auth } = await makePerson("Hedy", { profession: "Actress" });
  expect(
    (
      await get("/api/user")
        .set(...auth)
        .expect(200)
    ).body,
  ).toMatchObject({
    name: "Hedy",
    profession: "Actress",
  });
  await post("/api/user", { profession: "Inventor" })
    .set(...auth)
    .expect(200);
  expect((await get("/api/user").set(...auth)).body).toMatchObject({ name: "Hedy", profession: "Inventor" });
});

test("row 7: database connections and secrets stay on the server, out of what browsers load", () => {
  const folder = join(__dirname, "../../.next/static");
  const scripts = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".js"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  // The form is in there, so these are the scripts of our pages.
  expect(scripts).toContain("Idempotency-Key");
  for (const secret of [server.adminToken, "ADMIN_TOKEN", "DATABASE_URL", "better-sqlite3", "INSERT INTO"])
    expect([secret, scripts.includes(secret)]).toEqual([secret, false]);
});

test("row 9: a list is narrowed by parameters that are checked: ?category=shoes&limit=10", async () => {
  for (let n = 0; n < 12; n++)
    await post("/api/posts", { title: `Shoe ${n}`, content: "A shoe", author: "Cobbler", category: "shoes" })
      .set(...admin())
      .expect(201);
  const { body, headers } = await get("/api/posts?category=shoes&limit=10").expect(200);
  expect(body.map(({ title }: { title: string }) => title)).toEqual(
    Array.from({ length: 10 }, (_, n) => `Shoe ${11 - n}`),
  );
  expect(headers.link).toMatch(/rel="next"/);
  expect((await get("/api/posts?category=shoes&limit=ten").expect(400)).body.issues).toMatchObject([
    { path: ["limit"] },
  ]);
});

test("row 10: posts are listed, by author in any case, and made of title, content and author", async () => {
  const authors = async (query: string) =>
    (await get(`/api/posts${query}`).expect(200)).body.map(({ author }: { author: string }) => author);
  expect(await authors("")).toEqual(expect.arrayContaining(["Jane", "John"]));
  expect(await authors("?author=jANE")).toEqual(["Jane"]);
  const fields = { title: "Row ten", content: "Of the table", author: "Jane" };
  const made = await post("/api/posts", fields)
    .set(...admin())
    .expect(201);
  expect(made.body).toMatchObject(fields);
  expect(await authors("?author=JANE")).toEqual(["Jane", "Jane"]);
  const refused = await post("/api/posts", {})
    .set(...admin())
    .expect(400);
  expect(refused.body).toMatchObject({
    error: "Missing required fields: title, content, author",
    issues: expect.any(Array),
  });
});

test("row 11: /api/posts/[id] reads, replaces and deletes; absent is 404, and on the list it is 405", async () => {
  const fields = { title: "Row eleven", content: "Of the table", author: "John" };
  const { body } = await post("/api/posts", fields)
    .set(...admin())
    .expect(201);
  const path = `/api/posts/${body.id}`;
  expect((await get(path).expect(200)).body).toEqual(body);
  const replaced = await put(path, { ...fields, title: "Replaced" })
    .set(...admin())
    .expect(200);
  expect(replaced.body).toMatchObject({ ...fields, title: "Replaced", id: body.id });
  const gone = await del(path)
    .set(...admin())
    .expect(200);
  expect(gone.body).toEqual({ message: "Post deleted", deleted: replaced.body });
  for (const call of [get(path), put(path, fields).set(...admin()), del(path).set(...admin())])
    expect((await call.expect(404)).body.error).toBe("Post not found");
  expect((await put("/api/posts", fields).expect(405)).body.error).toMatch(/^Use \/api\/posts\/\[id\] /);
  expect((await del("/api/posts").expect(405)).body.error).toMatch(/^Use \/api\/posts\/\[id\] /);
});

test("row 8: /api/users lists and creates; /api/users/[id] reads, PUT replaces, PATCH changes only the email, DELETE; absent is 404", async () => {
  const made = await post("/api/users", { name: "Carol", email: "carol@example.com" }).set(...admin());
  expect([made.status, made.body.message]).toEqual([201, "User created"]);
  const path = `/api/users/${made.body.id}`;
  const { body: list } = await get("/api/users")
    .set(...admin())
    .expect(200);
  expect(list).toEqual(expect.arrayContaining([expect.objectContaining({ name: "Carol" })]));
  expect((await get(path).expect(200)).body).toMatchObject({ id: made.body.id, name: "Carol" });
  const replaced = await put(path, { name: "Caroline", email: "caroline@example.com" }).set(...admin());
  expect([replaced.status, replaced.body]).toMatchObject([
    200,
    { name: "Caroline", email: "caroline@example.com" },
  ]);
  const changed = await patch(path, { email: "only-the-email@example.com" }).set(...admin());
  expect(changed.body).toEqual({ ...replaced.body, email: "only-the-email@example.com" });
  expect(
    (
      await del(path)
        .set(...admin())
        .expect(200)
    ).body.message,
  ).toBe("User deleted");
  for (const absent of [path, "/api/users/4242"])
    expect((await get(absent).expect(404)).body.error).toBe("User not found");
});

test("row 14: GET /api/search?q=react&limit=5 gives { search, limit, … }, ten by default", async () => {
  const { body } = await get("/api/search?q=react&limit=5").expect(200);
  expect(body).toMatchObject({
    search: "react",
    limit: 5,
    total: 1,
    results: [{ type: "post", title: "React Hooks" }],
  });
  expect((await get("/api/search?q=react").expect(200)).body).toMatchObject({ search: "react", limit: 10 });
});

test("row 15: the same body is the same comment as JSON, as a form and as multipart", async () => {
  const fields = { comment: "Three ways", author: "Grace", website: "https://grace.example/" };
  const [json, form, parts] = await Promise.all([
    post("/api/comments/1", fields),
    post("/api/comments/1").type("form").send(fields),
    post("/api/comments/1").field(fields),
  ]);
  for (const { status, body } of [json, form, parts])
    expect([status, body]).toMatchObject([201, { ...fields, post: 1 }]);
});

test("row 15: a file where none belongs is refused by its name, and nothing is stored", async () => {
  const { headers } = await get("/api/comments");
  const res = await post("/api/comments/1")
    .field("comment", "With a file")
    .attach("photo", Buffer.from("x"), "a.png")
    .expect(400);
  expect(res.body.issues).toMatchObject([{ path: ["photo"] }]);
  expect((await get("/api/comments")).headers["x-total-count"]).toBe(headers["x-total-count"]);
});

test("row 15: a multipart body with a file is answered with its name and size", async () => {
  const text = "Name and size, please";
  const { body } = await upload(files, text, "letter.txt").expect(201);
  expect(body).toMatchObject({ filename: "letter.txt", size: text.length });
});

test("row 19: /api/files/docs/readme.md is a catch-all: its parts and the full path", async () => {
  await upload(files, "# Read me", "readme.md", "docs/readme.md").expect(201);
  const { body } = await request(files.url)
    .get("/api/files/docs/readme.md")
    .set("Accept", "application/json")
    .expect(200);
  expect(body).toMatchObject({ path: ["docs", "readme.md"], fullPath: "docs/readme.md" });
  expect((await request(files.url).get("/api/files/docs/readme.md").expect(200)).text).toBe("# Read me");
});

test("row 16: Authorization: Bearer; without it 401 { error: 'Unauthorized' }; an authorised answer carries the user", async () => {
  const { id, auth } = await makePerson("Dorothy");
  for (const call of [get("/api/user"), get("/api/user").set("Authorization", "Bearer wrong")]) {
    const res = await call.expect(401);
    expect(res.body.error).toBe("Unauthorized");
    expect(res.headers["www-authenticate"]).toMatch(/^Bearer/);
  }
  expect(
    (
      await get("/api/user")
        .set(...auth)
        .expect(200)
    ).body,
  ).toMatchObject({ id, name: "Dorothy" });
});

test("row 17: errors carry { error }, and validation { error: 'Invalid input', issues }", async () => {
  const { body } = await post("/api/comments", { post: 1, comment: "" }).expect(400);
  expect(body).toMatchObject({
    error: "Invalid input",
    issues: [{ path: ["comment"], code: expect.any(String), message: expect.any(String) }],
  });
  expect((await get("/api/comments/404").expect(404)).body.error).toBe("Post not found");
  expect((await get("/api/comments/1/1/history").expect(401)).body.error).toBe("Unauthorized");
  expect((await put("/api/posts").expect(405)).body.error).toBe("Use /api/posts/[id] for updates");
  const own = await comment("To be deleted").expect(201);
  await del(`/api/comments/1/${own.body.id}`)
    .set("Authorization", `Bearer ${own.body.editToken}`)
    .set("Prefer", "return=minimal")
    .expect(204, "");
});

test("row 18: a page for who is signed in leads others to sign in by 307, and back from there", async () => {
  const away = await get("/people").expect(307);
  expect(away.headers.location).toBe("/login?next=%2Fpeople");
  expect(away.headers["cache-control"]).toBe("private, no-store");
  const { browser } = await addSignedIn(server);
  const back = await get(away.headers.location ?? "")
    .set(browser)
    .expect(307);
  expect(back.headers.location).toBe("/people");
  await get("/people").set(browser).expect(200);
});

test("row 21: a route is a short function in a file of its own, without SQL", () => {
  const files = readdirSync(join(__dirname, "../../pages/api"), {
    recursive: true,
    withFileTypes: true,
  }).filter((file) => file.isFile());
  expect(files.length).toBeGreaterThan(15);
  for (const file of files) {
    const code = readFileSync(join(file.parentPath, file.name), "utf8");
    expect(code).toContain("export default api(");
    expect(code).not.toMatch(/better-sqlite3|\b(SELECT|INSERT INTO|UPDATE \w+ SET)\b/);
  }
});

test("row 22: every answer says who may keep it", async () => {
  const answers = [
    get("/api/comments"),
    get("/api/comments/1"),
    get("/api/comments/1/1"),
    get("/api/posts"),
    get("/api/counts?post=1"),
  ];
  for (const res of await Promise.all(answers)) {
    expect(res.headers["cache-control"]).toBe("public, max-age=0, must-revalidate");
    expect(res.headers.etag).toMatch(/^"[^"]+"$/);
  }
  for (const res of [
    await comment("Not to be kept"),
    await get("/api/nowhere"),
    await patch("/api/comments/1/1", {}),
  ]) {
    expect(res.headers["cache-control"]).toBe("private, no-store");
  }
  expect((await get("/api/comments").set("Authorization", "Bearer x")).headers["cache-control"]).toBe(
    "private, no-store",
  );
});

test("row 23: it is one process and one file", () => {
  const children = spawnSync("ps", ["-o", "pid=", "--ppid", String(server.pid)], { encoding: "utf8" });
  expect(children.stdout.trim()).toBe("");
  expect(readdirSync(join(server.databaseFile, "..")).filter((name) => !/-(wal|shm)$/.test(name))).toEqual([
    "antiphon.db",
  ]);
});

test("row 24: /api/hello says hello", async () => {
  await get("/api/hello").expect(200, { message: "Hello World" });
  expect((await head("/api/hello").expect(200)).text).toBeUndefined();
});
