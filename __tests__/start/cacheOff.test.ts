import { expect, test } from "@jest/globals";
import request from "supertest";
import { startServer } from "@/__tests__/support/server";

test("with CACHE_SIZE=0 every answer is made anew and sent uncompressed", async () => {
  const { url } = await startServer({ CACHE_SIZE: "0" });
  for (const _ of [1, 2]) {
    const { status, headers } = await request(url).get("/api/comments").set("Accept-Encoding", "gzip, br");
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty("cache-status");
    expect(headers).not.toHaveProperty("content-encoding");
  }
});

test("an ETag that was given with a coding while it was on still names the version", async () => {
  const { url, adminToken } = await startServer({ CACHE_SIZE: "0", SEED: "on" });
  const { headers } = await request(url).get("/api/posts/1").expect(200);
  const coded = String(headers.etag).replace(/"$/, '-gzip"');
  await request(url).get("/api/posts/1").set("If-None-Match", coded).expect(304);
  const change = { Authorization: `Bearer ${adminToken}`, "If-Match": coded };
  await request(url).patch("/api/posts/1").set(change).send({ title: "Changed" }).expect(200);
});
