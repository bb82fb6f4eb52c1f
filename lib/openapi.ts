import { z } from "zod";
import { operations } from "@/lib/operations";
import type { Operation } from "@/lib/operations/operation";
import { PROBLEMS, type ProblemCode } from "@/lib/problems";
import { commentAnswer, commentNode, createdAnswer, threadAnswer } from "@/lib/schemas/comments";
import { fileAnswer } from "@/lib/schemas/files";
import { messages } from "@/lib/schemas/messages";
import { postAnswer } from "@/lib/schemas/posts";
import { problemShape } from "@/lib/schemas/server";
import { tokenAnswer } from "@/lib/schemas/tokens";
import { ownAnswer, userAnswer } from "@/lib/schemas/users";
import { deliveryAnswer, webhookAnswer } from "@/lib/schemas/webhooks";

/** The shapes that stand once in the document, under a name. */
const named = z
  .registry<{ id: string }>()
  .add(commentAnswer, { id: "Comment" })
  .add(createdAnswer, { id: "CreatedComment" })
  .add(commentNode, { id: "CommentNode" })
  .add(threadAnswer, { id: "Thread" })
  .add(postAnswer, { id: "Post" })
  .add(userAnswer, { id: "User" })
  .add(ownAnswer, { id: "OwnUser" })
  .add(tokenAnswer, { id: "Token" })
  .add(fileAnswer, { id: "File" })
  .add(webhookAnswer, { id: "Webhook" })
  .add(deliveryAnswer, { id: "Delivery" })
  .add(problemShape, { id: "Problem" });

const problemReference = { $ref: "#/components/schemas/Problem" };

const EVERYWHERE: ProblemCode[] = ["bad_request", "invalid_input", "unavailable", "overloaded"];
const WITH_BODY: ProblemCode[] = [
  "malformed_json",
  "malformed_body",
  "payload_too_large",
  "unsupported_media_type",
];

const header = (name: string, description: string) => ({
  name,
  in: "header",
  required: false,
  description,
  schema: { type: "string" },
});

/** After Standard Webhooks, on messages that come in and go out. */
const signatureHeaders = [
  header("webhook-id", "Tells this message from every other; the same for each try."),
  header("webhook-timestamp", "When it was signed, in seconds since 1970."),
  header("webhook-signature", "v1, and the base64 of the HMAC-SHA-256 of id.timestamp.body."),
];

/** The OpenAPI 3.1 document of the whole API, made from the shapes that the handlers check with. */
export function openApi(server: string): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const operation of operations) {
    paths[operation.path] = { ...paths[operation.path], [operation.method]: toOperation(operation) };
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Antiphon",
      version: "1",
      description:
        "A self-hosted comment server. Every GET answers HEAD, every path answers OPTIONS, and every error is a problem document (RFC 9457).",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: server || "/" }],
    tags: [...new Set(operations.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    webhooks: Object.fromEntries(messages.map((message) => [message.type, toWebhook(message)])),
    components: {
      schemas: z.toJSONSchema(named, {
        uri: (id) => `#/components/schemas/${id}`,
        io: "output",
        unrepresentable: "any",
      }).schemas,
      securitySchemes: {
        token: {
          type: "http",
          scheme: "bearer",
          description: "An API token, or the edit token of one comment.",
        },
        session: {
          type: "apiKey",
          in: "cookie",
          name: "antiphon",
          description:
            "From signing in; for this server's own pages. Over HTTPS it is called __Host-antiphon.",
        },
      },
    },
  };
}

/** What a webhook of the format `standard` is sent. */
function toWebhook({ type, meaning, shape }: (typeof messages)[number]) {
  const { $schema, ...schema } = z.toJSONSchema(shape, { io: "output", unrepresentable: "any" });
  return {
    post: {
      operationId: `tell-${type}`.replace(/[-.](\w)/g, (_all, letter) => letter.toUpperCase()),
      tags: ["Webhooks"],
      summary: meaning.slice(0, -1),
      description: meaning,
      security: [{}],
      parameters: signatureHeaders,
      requestBody: { required: true, content: { "application/json": { schema } } },
      responses: {
        "2XX": { description: "It has arrived." },
        default: { description: "It is sent again later; after 410 the webhook is turned off." },
      },
    },
  };
}

function toOperation(operation: Operation) {
  const { id, tag, summary, body, role, limit } = operation;
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: limit ? `${summary}. Limited by the quota "${limit}".` : `${summary}.`,
    security: operation.signed ? [{}] : [...(role ? [] : [{}]), { token: [] }, { session: [] }],
    parameters: [
      ...toPathParameters(operation.path),
      ...toQueryParameters(operation.query),
      ...toHeaderParameters(operation),
    ],
    ...(body && { requestBody: toRequestBody(operation, body) }),
    responses: { ...toAnswers(operation), ...toProblems(operation) },
  };
}

function toPathParameters(path: string) {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
    name,
    in: "path",
    required: true,
    schema: { type: "string", maxLength: 2000 },
  }));
}

function toQueryParameters(query: z.ZodObject | undefined) {
  return Object.entries(query?.shape ?? {}).map(([name, shape]) => ({
    name,
    in: "query",
    required: !z.safeParse(shape, undefined).success,
    description: z.globalRegistry.get(shape)?.description,
    schema: toSchema(shape),
  }));
}

/** What a value means once read (a number, a list), or what is sent where reading makes something else of it. */
function toSchema(shape: z.core.$ZodType) {
  const { $schema, ...read } = z.toJSONSchema(shape, { io: "output", unrepresentable: "any" });
  if ("type" in read || "anyOf" in read || "enum" in read) return read;
  const { $schema: _, ...sent } = z.toJSONSchema(shape, { io: "input", unrepresentable: "any" });
  return sent;
}

function toHeaderParameters({ method, idempotent, conditional, ranges, resumable, signed }: Operation) {
  return [
    ...(signed ? signatureHeaders : []),
    ...(resumable
      ? [header("Last-Event-ID", "The id of the last event that the caller had: it is told what came since.")]
      : []),
    ...(method === "get" && !resumable
      ? [header("If-None-Match", "ETags that the caller has: 304 if one of them still holds.")]
      : []),
    ...(idempotent
      ? [header("Idempotency-Key", "Makes a retry answer what the first try did, for 24 hours.")]
      : []),
    ...(ranges
      ? [
          header("Range", "bytes=0-99: only these bytes, as 206."),
          header(
            "If-Range",
            "The ETag of the bytes that the caller has; the range holds only if it still does.",
          ),
        ]
      : []),
    ...(conditional
      ? [
          header("If-Match", "Only if it still has this ETag, else 412."),
          header("Prefer", "return=minimal: 204 and no body."),
        ]
      : []),
  ];
}

function toRequestBody({ upload, signed }: Operation, body: z.ZodObject) {
  if (upload) return toUploadBody(body);
  const { $schema, ...schema } = z.toJSONSchema(body, { io: "input", unrepresentable: "any" });
  const content = { schema };
  if (signed) return { required: true, content: { "application/json": content } };
  return {
    required: true,
    content: {
      "application/json": content,
      "application/x-www-form-urlencoded": content,
      "multipart/form-data": content,
    },
  };
}

function toUploadBody(body: z.ZodObject) {
  const file = { type: "string", format: "binary", description: "The file." };
  const { $schema, ...rest } = z.toJSONSchema(body, { io: "input", unrepresentable: "any" });
  const schema = { ...rest, properties: { file, ...rest.properties }, required: ["file"] };
  return { required: true, content: { "multipart/form-data": { schema } } };
}

function toAnswers({ answers }: Operation) {
  return Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => {
      const all = [answer].flat();
      const content = all
        .filter(({ type, shape }) => type ?? shape)
        .map(({ type = "application/json", shape }) => [
          type,
          { schema: shape ? toReference(shape) : { type: "string" } },
        ]);
      return [
        status,
        {
          description: all.map(({ meaning }) => meaning).join(" "),
          ...(content.length > 0 && { content: Object.fromEntries(content) }),
        },
      ];
    }),
  );
}

function toReference(shape: z.ZodType): object {
  const id = named.get(shape)?.id;
  if (id !== undefined) return { $ref: `#/components/schemas/${id}` };
  if (shape instanceof z.ZodArray && shape.element instanceof z.ZodObject)
    return { type: "array", items: toReference(shape.element) };
  const { $schema, ...schema } = z.toJSONSchema(shape, { io: "output", unrepresentable: "any" });
  return schema;
}

function toProblems({ body, problems = [], role, limit, method, signed, reads, alone }: Operation) {
  const codes = new Set<ProblemCode>([
    ...EVERYWHERE,
    ...problems,
    ...(alone ? [] : (["internal_error"] as const)),
    ...(body ? WITH_BODY : []),
    ...(role ? (["unauthorized"] as const) : []),
    ...(role && role !== "member" ? (["forbidden"] as const) : []),
    ...(method === "get" || signed || reads ? [] : (["insufficient_scope", "cross_site"] as const)),
    ...(limit ? (["rate_limited"] as const) : []),
    ...(method === "get" ? (["not_acceptable"] as const) : []),
  ]);
  const statuses = new Set([...codes].map((code) => PROBLEMS[code][0]));
  const describe = (status: number) =>
    [...codes]
      .filter((code) => PROBLEMS[code][0] === status)
      .map((code) => `\`${code}\`: ${PROBLEMS[code][1]}.`)
      .join(" ");
  const content = { "application/problem+json": { schema: problemReference } };
  return Object.fromEntries(
    [...statuses].map((status) => [status, { description: describe(status), content }]),
  );
}
