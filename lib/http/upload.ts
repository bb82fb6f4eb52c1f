import type { Readable } from "node:stream";
import busboy from "busboy";
import type { NextApiRequest } from "next";
import type { Upload } from "@/lib/files";
import { discard, receive, type Staged } from "@/lib/files/folder";
import { toFilename } from "@/lib/files/names";
import { MAX_FILE, MAX_UPLOAD, mediaOf, toForm } from "@/lib/http/body";
import { readBody, refuseQuery } from "@/lib/http/input";
import { type Issue, Problem } from "@/lib/problems";
import { newFile } from "@/lib/schemas/files";

/** Twice what a form of ours needs, so that one too many is seen and named. */
const LIMITS = { fieldNameSize: 100, fieldSize: 4096, fields: 6, files: 3, parts: 8, headerPairs: 20 };

/**
 * The one file of a multipart form, on the disk, and what came beside it, in either order. Nothing is left on the disk
 * where it throws: 400, 413, 415, 503.
 */
export async function readUpload(req: NextApiRequest): Promise<Upload> {
  refuseQuery(req);
  const parts = new Parts(req);
  try {
    await parts.read(req);
    const [staged, filename] = await parts.file();
    req.body = toForm(parts.fields);
    const { path = null } = await readBody(req, newFile);
    return { staged, filename, path };
  } catch (error) {
    await parts.discard();
    throw error;
  }
}

/** How many bytes the request says it has. Throws 413 where that is too much, and 415 for anything but a form. */
export function requireUpload({ headers }: NextApiRequest): number {
  const { "content-type": type, "content-encoding": coding, "content-length": length } = headers;
  if (coding !== undefined && coding !== "identity") {
    throw new Problem("unsupported_media_type", {
      error: "The body must not be compressed",
      headers: { "Accept-Encoding": "identity" },
    });
  }
  if (mediaOf(type) !== "multipart/form-data")
    throw new Problem("unsupported_media_type", { error: "The file must come as multipart/form-data" });
  if (Number(length ?? 0) > MAX_UPLOAD) throw tooLarge();
  return Number(length ?? 0);
}

/** What is left unread would be taken for the next request on the connection. */
function tooLarge(): Problem {
  return new Problem("payload_too_large", {
    error: "A file may have at most 10 MiB",
    headers: { Connection: "close" },
  });
}

function broken(sentence: string): Problem {
  return new Problem("malformed_body", { error: sentence });
}

/** A multipart body as it is taken apart. */
class Parts {
  readonly fields: [string, string][] = [];
  readonly #parser: busboy.Busboy;
  readonly #issues: Issue[] = [];
  readonly #staging: Promise<Staged>[] = [];
  #filename = "";
  /** What makes the rest of the body pointless. */
  #failure: unknown;
  #broken = false;

  constructor({ headers }: NextApiRequest) {
    try {
      this.#parser = busboy({ headers, limits: LIMITS, defParamCharset: "utf8" });
    } catch {
      throw broken("The multipart body has no boundary");
    }
    const tooMany = () => this.#refuse([], "The form has too many parts");
    this.#parser
      // The parser's types don't say so, but a part may have no name.
      .on("field", (name: string | undefined, value, { nameTruncated, valueTruncated }) => {
        if (name === undefined) return this.#refuse([""], "Has no name");
        if (nameTruncated || valueTruncated) this.#refuse([name], "Is too long");
        else if (name === "file") this.#refuse([name], "Must be a file");
        else this.fields.push([name, value]);
      })
      .on("file", (name: string | undefined, stream, { filename }) =>
        this.#take(name ?? "", stream, filename),
      )
      .on("error", () => {
        this.#broken = true;
      });
    for (const limit of ["partsLimit", "filesLimit", "fieldsLimit"] as const) this.#parser.on(limit, tooMany);
  }

  /** Reads the body to its end, or to where it is too large or can't be kept. */
  async read(req: NextApiRequest): Promise<void> {
    try {
      let length = 0;
      // The request must outlive this loop: it is the way to the answer.
      for await (const chunk of req.iterator({ destroyOnReturn: false })) {
        length += chunk.length;
        if (this.#failure !== undefined) throw this.#failure;
        if (length > MAX_UPLOAD) throw tooLarge();
        // The rest of a broken form is read and thrown away, so that its sender hears what is wrong.
        if (!this.#parser.destroyed && !this.#parser.write(chunk)) await this.#drained();
      }
    } catch (error) {
      throw error instanceof Problem ? error : broken("The body ended early");
    }
    await this.#end();
  }

  /** The file and the name that it was sent under. */
  async file(): Promise<[Staged, string]> {
    const [staged] = await Promise.all(this.#staging);
    if (staged === undefined && this.#issues.length === 0) this.#refuse(["file"], "Must be a file");
    if (staged === undefined || this.#issues.length > 0)
      throw new Problem("invalid_input", { issues: this.#issues });
    return [staged, this.#filename];
  }

  /** Removes what has come, and what is about to. */
  async discard(): Promise<void> {
    this.#parser.destroy();
    for (const result of await Promise.allSettled(this.#staging))
      if (result.status === "fulfilled") await discard(result.value);
  }

  #take(name: string, stream: Readable, filename: string | undefined): void {
    // A form that ends in the middle of a file fails both; one that nobody listens to ends the process.
    stream.on("error", () => {
      this.#broken = true;
    });
    if (name !== "file" || this.#staging.length > 0) {
      this.#refuse([name], name === "file" ? "Came twice" : "Files have no place here", "unrecognized_keys");
      stream.resume();
      return;
    }
    this.#filename = toFilename(filename);
    // Like the request, it has to be read on when nobody wants it any more: the parser waits for that.
    const staging = receive(stream.iterator({ destroyOnReturn: false }), MAX_FILE);
    this.#staging.push(staging);
    staging.catch((error: unknown) => {
      const large = error instanceof Problem && error.code === "payload_too_large";
      this.#failure = large ? tooLarge() : error;
      stream.resume();
    });
  }

  #refuse(path: string[], message: string, code = "custom"): void {
    if (this.#issues.length < 20) this.#issues.push({ path, code, message });
  }

  /** Until the parser has room, or has ended. */
  #drained(): Promise<void> {
    const parser = this.#parser;
    return new Promise((resolve) => {
      const done = () => {
        for (const event of ["drain", "close"]) parser.off(event, done);
        resolve();
      };
      for (const event of ["drain", "close"]) parser.on(event, done);
    });
  }

  async #end(): Promise<void> {
    const parser = this.#parser;
    if (!parser.destroyed) {
      const closed = new Promise((resolve) => parser.once("close", resolve));
      parser.end();
      await closed;
    }
    await Promise.allSettled(this.#staging);
    if (this.#broken) throw broken("The multipart body is broken");
    if (this.#failure !== undefined) throw this.#failure;
  }
}
