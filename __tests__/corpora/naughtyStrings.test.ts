import { beforeAll, expect, it } from "@jest/globals";
import { z } from "zod";
import { expectContract } from "@/__tests__/support/answer";
import { describeCorpus, readCorpus } from "@/__tests__/support/corpora";
import { settledLogs } from "@/__tests__/support/logs";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";

const strings = z.array(z.string()).parse(JSON.parse(readCorpus("blns.json")));
/** Nothing that anybody could see. */
const isBlank = (text: string) =>
  !/[^\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}]/u.test(text);

describeCorpus("the naughty strings", () => {
  let server: Server;
  let author: Record<string, string>;
  beforeAll(async () => {
    server = await startServer({ SEED: "on", MODERATION: "open" });
    author = { Authorization: `Bearer ${server.adminToken}` };
  });

  it("as a comment: stored and returned unchanged", async () => {
    for (const comment of strings.filter((text) => !isBlank(text))) {
      const created = await request(server.url).post("/api/comments").set(author).send({ post: 1, comment });
      expect([comment, created.status]).toEqual([comment, 201]);
      const { body } = await request(server.url)
        .get(created.headers.location ?? "")
        .expect(200);
      expect(body.comment).toBe(comment);
    }
  }, 120_000);

  it("as a comment: the blank ones are refused", async () => {
    const blank = strings.filter(isBlank);
    expect(blank.length).toBeGreaterThan(0);
    for (const comment of blank) {
      const response = await request(server.url).post("/api/comments").send({ post: 1, comment });
      expectContract(response);
      expect([comment, response.status]).toEqual([comment, 400]);
    }
  });

  it.each(["author", "website", "email", "post"])(
    "as %s: the contract's form, and what is taken comes back",
    async (member) => {
      for (const text of strings) {
        const response = await request(server.url)
          .post("/api/comments")
          .set(author)
          .send({ post: 1, comment: `as ${member}`, [member]: text });
        expectContract(response);
        if (response.status === 201)
          await request(server.url)
            .get(response.headers.location ?? "")
            .expect(200);
      }
    },
    120_000,
  );

  it.each(["q", "author", "post", "cursor", "since", "limit", "nonsense"])(
    "as the query's %s: the contract's form",
    async (name) => {
      for (const text of strings)
        expectContract(
          await request(server.url)
            .get("/api/comments")
            .query({ [name]: text }),
        );
    },
    120_000,
  );

  it.each([
    (text: string) => `/api/comments/${text}`,
    (text: string) => `/api/comments/1/${text}`,
    (text: string) => `/api/posts/${text}`,
    (text: string) => `/api/avatars/${text}.svg`,
    (text: string) => `/api/${text}`,
  ])(
    "in the path %#: the contract's form",
    async (path) => {
      for (const text of strings) {
        // "." and ".." never leave a client as they are.
        const response = await request(server.url).get(
          path(encodeURIComponent(text).replace(/^\.+$/, "%2e%2e%2f")),
        );
        expectContract(response);
      }
    },
    120_000,
  );

  it("leave the server alive", async () => {
    await request(server.url).get("/api/health?ready").expect(200);
    expect(await settledLogs(server)).not.toMatch(/"level":[56]0/);
  });
});
