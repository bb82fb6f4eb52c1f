import busboy from "busboy";
import type { NextApiRequest } from "next";
import { parseJson } from "@/lib/http/json";
import { type Issue, invalid, Problem } from "@/lib/problems";

/** The most bytes of a JSON or form body. */
export const MAX_BODY = 64 * 1024;

/** The most bytes of an uploaded file, and of the form that brings it. */
export const MAX_FILE = 10 * 1024 * 1024;
export const MAX_UPLOAD = MAX_FILE + MAX_BODY;

/** The most bytes of a signed message: Ghost sends the whole text of a post several times over. */
export const MAX_MESSAGE = 1024 * 1024;

const MAX_FIELDS = 100;

/** The fields of a form: text, each once. */
export class Form {
  constructor(readonly fields: Map<string, string>) {}
}

/** The bytes of a body that says it is JSON, for who looks at its signature first. Throws 400, 413, 415. */
export async function readSignedBytes(req: NextApiRequest): Promise<Buffer> {
  refuseCoding(req);
  const { media, charset } = readType(req.headers["content-type"]);
  if (media !== "application/json" || (charset !== undefined && !/^utf-?8$/i.test(charset)))
    throw new Problem("unsupported_media_type", { error: "The body must be JSON, in UTF-8" });
  return readBytes(req, MAX_MESSAGE);
}

/** Bytes as JSON. Throws 400 `malformed_json`. */
export function readJson(bytes: Buffer): unknown {
  return parseJson(decode(bytes, "malformed_json"));
}

function refuseCoding({ headers }: NextApiRequest): void {
  const coding = headers["content-encoding"];
  if (coding === undefined || coding === "identity") return;
  throw new Problem("unsupported_media_type", {
    error: "The body must not be compressed",
    headers: { "Accept-Encoding": "identity" },
  });
}

/** The body as it came: a `Form`, or a JSON value. Throws 400, 413, 415. */
export async function parseBody(req: NextApiRequest): Promise<unknown> {
  if (req.body instanceof Form) return req.body;
  refuseCoding(req);
  const { "content-type": type } = req.headers;
  if (type === undefined && !hasBody(req)) return {};
  const { media, charset } = readType(type);
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) throw new Problem("unsupported_media_type");
  if (media === "application/json" || (media === "application/merge-patch+json" && req.method === "PATCH")) {
    return readJson(await readBytes(req));
  }
  if (media === "application/x-www-form-urlencoded")
    return readUrlEncoded(decode(await readBytes(req), "malformed_body"));
  if (media === "multipart/form-data") return readMultipart(req, await readBytes(req));
  throw new Problem("unsupported_media_type");
}

function hasBody({ headers }: NextApiRequest): boolean {
  return headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) > 0;
}

/** The media type of a Content-Type, in lower case and without parameters. */
export function mediaOf(type: string | undefined): string {
  return readType(type).media;
}

function readType(type = ""): { media: string; charset: string | undefined } {
  const [media = "", ...parameters] = type.split(";").map((part) => part.trim());
  const charset = parameters
    .map((one) => /^charset="?([^"]*)"?$/i.exec(one)?.[1])
    .find((one) => one !== undefined);
  return { media: media.toLowerCase(), charset };
}

/** All bytes, counted as they come, so that no more than the limit is ever held. */
function readBytes(req: NextApiRequest, most = MAX_BODY): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // What is left unread would be taken for the next request on the connection.
    const tooLarge = () => reject(new Problem("payload_too_large", { headers: { Connection: "close" } }));
    if (Number(req.headers["content-length"] ?? 0) > most) return tooLarge();
    const chunks: Buffer[] = [];
    let length = 0;
    req.on("data", (chunk: Buffer) => {
      length += chunk.length;
      if (length <= most) chunks.push(chunk);
      else {
        req.pause();
        tooLarge();
      }
    });
    req.once("end", () => resolve(Buffer.concat(chunks)));
    // Every request closes; to make a Problem each time, which nobody would hear of, costs more than the listeners.
    const endedEarly = () => {
      if (!req.readableEnded) reject(new Problem("malformed_body", { error: "The body ended early" }));
    };
    for (const event of ["aborted", "error", "close"]) req.once(event, endedEarly);
  });
}

function decode(bytes: Buffer, code: "malformed_json" | "malformed_body"): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Problem(code, { error: "The body is not UTF-8" });
  }
}

function readUrlEncoded(text: string): Form {
  try {
    decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    throw new Problem("malformed_body", { error: "The form has a broken percent escape" });
  }
  return toForm([...new URLSearchParams(text)]);
}

function readMultipart(req: NextApiRequest, bytes: Buffer): Promise<Form> {
  decode(bytes, "malformed_body");
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Problem("malformed_body", { error: "The multipart body is broken" }));
    const pairs: [string, string][] = [];
    const files: Issue[] = [];
    try {
      const parser = busboy({
        headers: req.headers,
        limits: { fields: MAX_FIELDS + 1, files: 1, parts: MAX_FIELDS + 2 },
      });
      parser.on("field", (name, value) => pairs.push([name, value]));
      // The parser's types don't say so, but a part may have no name.
      parser.on("file", (name: string | undefined, stream) => {
        files.push({ path: [name ?? ""], code: "unrecognized_keys", message: "Files have no place here" });
        // A form that ends in the middle of the file fails the file, too, and what nobody listens to ends the process.
        stream.on("error", fail).resume();
      });
      parser.on("error", fail);
      parser.on("close", () => {
        if (files.length > 0) reject(new Problem("invalid_input", { issues: files }));
        else
          try {
            resolve(toForm(pairs));
          } catch (error) {
            reject(error);
          }
      });
      parser.end(bytes);
    } catch {
      fail();
    }
  });
}

/** Throws 400 for a field that comes twice, and for too many. */
export function toForm(pairs: [string, string][]): Form {
  if (pairs.length > MAX_FIELDS)
    throw new Problem("malformed_body", { error: `A form has at most ${MAX_FIELDS} fields` });
  const fields = new Map<string, string>();
  for (const [name, value] of pairs) {
    if (fields.has(name)) throw invalid(name, "Came twice");
    fields.set(name, value);
  }
  return new Form(fields);
}
