import { beforeAll, describe, expect, it } from "@jest/globals";
import Ajv from "ajv/dist/2020";
import addFormats from "ajv-formats";
import request from "supertest";
import { z } from "zod";
import { describeCorpus, readCorpus } from "@/__tests__/support/corpora";
import { type Server, startServer } from "@/__tests__/support/server";
import { PROBLEMS, type ProblemCode, problemDocument } from "@/lib/problems";

const isCode = (code: string): code is ProblemCode => code in PROBLEMS;

describeCorpus("RFC 9457", () => {
  const ajv = addFormats(new Ajv({ strict: false }));
  const validate = ajv.compile(JSON.parse(process.env.CORPORA ? readCorpus("problem.schema.json") : "{}"));
  const check = (document: unknown) => {
    validate(document);
    expect(validate.errors ?? []).toEqual([]);
  };
  let server: Server;
  beforeAll(async () => {
    server = await startServer();
  });

  it("the RFC's own examples are valid, so the schema is the one", () => {
    const examples = z.array(z.string()).parse(JSON.parse(readCorpus("rfc9457-examples.json")));
    const documents = examples
      .filter((text) => /^HTTP.*\n.*problem\+json/.test(text))
      .map((text) => text.slice(text.indexOf("\n\n")));
    expect(documents).toHaveLength(2);
    for (const document of documents) check(JSON.parse(document));
  });

  it("the schema refuses what is no problem document", () => {
    expect(validate({ type: "::// no", status: "400" })).toBe(false);
  });

  it.each(Object.keys(PROBLEMS).filter(isCode))("our %s is valid", (code) => {
    const { status, body } = problemDocument(code, "id", {
      issues: [{ path: ["comment"], code: "custom", message: "No" }],
    });
    check(JSON.parse(body));
    expect(JSON.parse(body)).toMatchObject({ status, code });
  });

  describe("on the wire", () => {
    it.each([
      ["GET", "/api/nothing", 404],
      ["GET", "/api/comments?limit=x", 400],
      ["PUT", "/api/posts", 405],
      ["POST", "/api/comments", 400],
      ["PATCH", "/api/comments/1/1", 404],
    ])("%s %s", async (method, path, status) => {
      const response = await request(server.url)[
        method === "GET" ? "get" : method === "PUT" ? "put" : method === "PATCH" ? "patch" : "post"
      ](path);
      expect(response.status).toBe(status);
      check(JSON.parse(response.text));
    });
  });
});
