import { beforeAll, expect, it } from "@jest/globals";
import { z } from "zod";
import { expectContract } from "@/__tests__/support/answer";
import { describeCorpus, readCorpus } from "@/__tests__/support/corpora";
import request from "@/__tests__/support/request";
import { type Server, startServer } from "@/__tests__/support/server";

const cases = z
  .array(z.object({ name: z.string(), expect: z.string(), base64: z.string() }))
  .parse(JSON.parse(readCorpus("jsontestsuite.json")));

describeCorpus("JSONTestSuite", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ SEED: "on" });
  });

  it.each(cases)("$name ($expect)", async (one) => {
    const body = Buffer.from(one.base64, "base64");
    // Not supertest, which would make JSON of what it sends.
    const answer = await fetch(`${server.url}/api/comments`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body,
    });
    const response = {
      status: answer.status,
      text: await answer.text(),
      headers: Object.fromEntries(answer.headers),
    };
    expectContract(response);
    // No file of the suite is a comment, so none may be taken for one.
    expect(response.status).toBeGreaterThanOrEqual(400);
    if (one.expect === "reject") expect(response.status).toBe(body.length > 65_536 ? 413 : 400);
    if (one.expect === "accept")
      expect(["invalid_input", "malformed_json", "payload_too_large"]).toContain(
        JSON.parse(response.text).code,
      );
  });

  it("leaves the server alive, with nothing stored", async () => {
    await request(server.url).get("/api/health").expect(200);
    const { body } = await request(server.url).get("/api/comments").expect(200);
    expect(body).toHaveLength(6);
  });
});
