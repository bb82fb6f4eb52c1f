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
