import { expect } from "@jest/globals";
import Ajv2020, { type ValidateFunction } from "ajv/dist/2020";
import addFormats from "ajv-formats";
import request, { type Response } from "supertest";
import { nameAnswer, noteDocumented, noteProduced } from "@/__tests__/support/produced";

interface Operation {
  responses: Record<string, { content?: Record<string, unknown> }>;
}

export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  webhooks: Record<string, object>;
}

/** Holds answers against the OpenAPI document that the server itself publishes. */
export class Contract {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #checks = new Map<string, ValidateFunction>();

  constructor(readonly document: OpenApiDocument) {
    const documented = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).flatMap(([method, { responses }]) =>
        Object.keys(responses).map((status) => nameAnswer(method, path, status)),
      ),
    );
    noteDocumented(documented);
    addFormats(this.#ajv);
    this.#ajv.addSchema({ ...document, $id: "openapi" });
  }

  static async of(url: string): Promise<Contract> {
    const { body } = await request(url).get("/api/openapi.json").expect(200);
    return new Contract(body);
  }

  /** The documented path that a concrete one is an instance of, or undefined. */
  pathOf(path: string): string | undefined {
    const bare = path.split("?", 1)[0] ?? "";
    const fits = (template: string) =>
      new RegExp(
        `^${template
          .replace(/[.]/g, "\\.")
          .replace("{path}", ".+")
          .replace(/\{\w+\}/g, "[^/]+")}/?$`,
      ).test(bare);
    const gaps = (template: string) => template.split("{").length;
    const [closest] = Object.keys(this.document.paths)
      .filter(fits)
      .sort((a, b) => gaps(a) - gaps(b));
    return closest;
  }

  /** Fails unless a message to a webhook is as the document says of its kind. */
  expectTold(message: { type: string }): void {
    this.#expectValid(
      ["webhooks", message.type, "post", "requestBody", "content", "application/json", "schema"],
      message,
    );
  }

  /** Writes down that this answer was met. */
  note(method: string, path: string, status: number): void {
    noteProduced(nameAnswer(method, this.pathOf(path) ?? path, status));
  }

  /** Fails unless the answer has a status, a type and a body that the document names for its method and path. */
  expectKept(
    method: string,
    path: string,
    res: Pick<Response, "status" | "headers" | "text" | "body">,
  ): void {
    expect(res.headers).toMatchObject({
      "x-request-id": expect.any(String),
      "x-content-type-options": "nosniff",
    });
    this.note(method, path, res.status);
    if (res.status >= 400) this.#expectProblem(res);
    const template = this.pathOf(path);
    const operation = template && this.document.paths[template]?.[method.toLowerCase()];
    if (!template || !operation) {
      if (res.status < 400 && method !== "HEAD" && method !== "OPTIONS") {
        throw new Error(`${method} ${path} answered ${res.status}, and the document does not name it`);
      }
      return;
    }
    const answer = operation.responses[String(res.status)];
    if (!answer)
      throw new Error(`${method} ${template} answered ${res.status}, which the document does not name`);
    const type = res.headers["content-type"]?.split(";", 1)[0];
    if (!answer.content) {
      expect(res.text ?? "").toBe("");
      return;
    }
    if (!type || !answer.content[type])
      throw new Error(`${method} ${template} ${res.status} answered ${type}`);
    // Lines of JSON are none.
    if (!/\bjson$/.test(type)) return;
    const at = [template, method.toLowerCase(), "responses", String(res.status), "content", type, "schema"];
    this.#expectValid(["paths", ...at], res.body);
  }

  /** Fails unless `value` is as the shape at that place of the document says. */
  #expectValid(at: string[], value: unknown): void {
    const pointer = at
      .map((part) =>
        part.replaceAll("~", "~0").replaceAll("/", "~1").replaceAll("{", "%7B").replaceAll("}", "%7D"),
      )
      .join("/");
    const validate = this.#checks.get(pointer) ?? this.#ajv.compile({ $ref: `openapi#/${pointer}` });
    this.#checks.set(pointer, validate);
    if (!validate(value))
      throw new Error(`${at.join(" ")}: ${this.#ajv.errorsText(validate.errors)}\n${JSON.stringify(value)}`);
  }

  #expectProblem(res: Pick<Response, "status" | "headers" | "body">): void {
    expect(res.headers["content-type"]).toBe("application/problem+json");
    expect(res.body).toMatchObject({
      type: expect.stringMatching(/^\/docs\/problems#[a-z-]+$/),
      title: expect.any(String),
      status: res.status,
      error: expect.stringMatching(/./),
      code: expect.stringMatching(/^[a-z_]+$/),
      requestId: res.headers["x-request-id"],
    });
    expect(JSON.stringify(res.body)).not.toMatch(/\bat .*\.(js|ts):\d|node_modules|SQLITE_|stack/);
  }
}
