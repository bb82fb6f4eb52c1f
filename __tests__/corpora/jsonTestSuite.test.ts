import { beforeAll, expect, it } from "@jest/globals";
import request from "supertest";
import { z } from "zod";
import { expectContract } from "@/__tests__/support/answer";
import { describeCorpus, readCorpus } from "@/__tests__/support/corpora";
import { type Server, startServer } from "@/__tests__/support/server";

const cases = z.array(z.object({ name: z.string(), expect: z.string(), base64: z.string() })).parse(JSON.parse(readCorpus("jsontestsuite.json")));

describeCorpus("JSONTestSuite", () => {
  let server: Server;
  beforeAll(async () => {
    server = await startServer({ SEED: "on" });
  });

  it.each(cases)("$name ($expect)", async (one) => {
    const response = await request(server.url)
      .post("/api/comments")
      .set("Content-Type", "application/json")
      // Written as it is, whatever it is: superagent would make JSON of a Buffer.
      .serialize((body: Buffer) => body)
      .send(Buffer.from(one.base64, "base64"));
    expectContract(response);
    // No file of the suite is a comment, so none may be taken for one.
    expect(response.status).toBeGreaterThanOrEqual(400);
    if (one.expect === "reject") expect(response.status).toBe(Buffer.from(one.base64, "base64").length > 65_536 ? 413 : 400);
    if (one.expect === "accept") expect(["invalid_input", "malformed_json", "payload_too_large"]).toContain(response.body.code);
  });

  it("leaves the server alive, with nothing stored", async () => {
    await request(server.url).get("/api/health").expect(200);
    const { body } = await request(server.url).get("/api/comments").expect(200);
    expect(body).toHaveLength(6);
  });
});
