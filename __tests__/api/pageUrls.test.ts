import { beforeAll, expect, test } from "@jest/globals";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";

let server: Server;

beforeAll(async () => {
  server = await startServer({ ALLOWED_ORIGINS: "https://blog.example" });
});

test("a page's address is kept without what tracks the reader who commented first", async () => {
  const url = "https://blog.example/hello?page=2&fbclid=of-ada&utm_source=mail#respond";
  const created = await request(server.url)
    .post("/api/comments")
    .send({ post: url, comment: "First on this page" })
    .expect(201);
  const post = await request(server.url).get(`/api/posts/${created.body.post}`).expect(200);
  expect(post.body.url).toBe("https://blog.example/hello?page=2");
  expect(created.body.url).toBe(`https://blog.example/hello?page=2#comment-${created.body.id}`);

  const thread = await request(server.url)
    .get("/api/comments/by-url")
    .query({ url: "https://blog.example/hello/?page=2&gclid=of-bob" })
    .expect(200);
  expect(thread.body).toMatchObject({ post: created.body.post, total: 1 });
  expect(thread.text).not.toContain("of-");
});

test("a page's title has no NUL and nothing that turns the direction of text, whatever its address spells out", async () => {
  const created = await request(server.url)
    .post("/api/comments")
    .send({ post: "https://blog.example/a%00b%E2%80%AEc", comment: "Hello" })
    .expect(201);
  const post = await request(server.url).get(`/api/posts/${created.body.post}`).expect(200);
  expect(post.body.title).toBe("a b c");
});
