import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { StartError } from "@/db/errors";
import type { ImportRefusal } from "@/db/store";
import { findFault } from "@/lib/http/json";
import type { FileRow } from "@/lib/import";

const CHUNK = 64 * 1024;

/** The most bytes of one row: the longest post, every character of it escaped, and room. */
const MAX_ROW = 2 * 1024 * 1024;

/** An open file: its size in bytes (0 where it has none, such as a pipe), and its content, to be read once. */
export interface OpenFile {
  size: number;
  chunks: Iterable<Uint8Array>;
}

/** Opens a file to be read in pieces, so that no more of it than one row is in memory. Throws `StartError`. */
export function openFile(path: string, name = path): OpenFile {
  try {
    const file = openSync(path, "r");
    const stat = fstatSync(file);
    if (stat.isDirectory()) throw new StartError(`${name} is a folder; name the files in it.`);
    return { size: stat.size, chunks: chunksOf(file) };
  } catch (error) {
    if (error instanceof StartError) throw error;
    const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
    const reasons: Record<string, string> = {
      ENOENT: "There is no file",
      ENOTDIR: "There is no file",
      EACCES: "This user may not read",
    };
    throw new StartError(
      `${reasons[code] ?? "Nobody can read"} ${name}${reasons[code] ? "" : ` (${code})`}.`,
    );
  }
}

function* chunksOf(file: number): Generator<Uint8Array> {
  try {
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK);
      const length = readSync(file, chunk);
      if (length === 0) return;
      yield chunk.subarray(0, length);
    }
  } finally {
    closeSync(file);
  }
}

/**
 * The rows of a JSON array (whatever its layout) or of JSON lines, each with the line that it begins on. A row that is
 * not strict JSON is a refusal and the next one is read on; where the end of a row can't be told, one last refusal
 * says that nothing behind it was read.
 */
export function* readRows(chunks: Iterable<Uint8Array>): Generator<FileRow | ImportRefusal> {
  let rows: ArrayRows | LineRows | undefined;
  let line = 1;
  for (const chunk of withoutMark(chunks)) {
    let from = 0;
    if (!rows) {
      while (isSpace(chunk[from])) if (chunk[from++] === NEW_LINE) line++;
      if (from === chunk.length) continue;
      rows = chunk[from] === OPEN_ARRAY ? new ArrayRows(line) : new LineRows(line);
    }
    yield* rows.read(chunk.subarray(from));
    if (rows.over) return;
  }
  if (rows) yield* rows.end();
  else yield { line: 1, reason: "the file is empty" };
}

const [NEW_LINE, QUOTE, BACKSLASH, COMMA] = [10, 34, 92, 44];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

const isSpace = (byte: number | undefined) => byte === 32 || byte === 9 || byte === 10 || byte === 13;

/** Without the byte order mark that some editors put before UTF-8. */
function* withoutMark(chunks: Iterable<Uint8Array>): Generator<Uint8Array> {
  let head: Uint8Array | null = new Uint8Array(0);
  for (const chunk of chunks) {
    if (!head) {
      yield chunk;
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < 3) continue;
    const marked = head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
    yield marked ? head.subarray(3) : head;
    head = null;
  }
  if (head) yield head;
}

/** The bytes of one row, as its pieces come. */
class Row {
  line = 0;
  #parts: Uint8Array[] = [];
  #length = 0;

  add(part: Uint8Array): void {
    this.#length += part.length;
    if (this.#length <= MAX_ROW) this.#parts.push(part);
  }

  /** What the row is; it is empty again then. */
  take(): FileRow | ImportRefusal {
    const { line } = this;
    const bytes = this.#length <= MAX_ROW ? Buffer.concat(this.#parts) : null;
    this.#parts = [];
    this.#length = 0;
    this.line = 0;
    if (bytes === null) return { line, reason: `it is longer than ${MAX_ROW} bytes` };
    return toRow(line, bytes);
  }
}

// One for all: each holds memory that the garbage collector does not see.
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function toRow(line: number, bytes: Uint8Array): FileRow | ImportRefusal {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { line, reason: "it is not UTF-8" };
  }
  try {
    const value: unknown = JSON.parse(text);
    const fault = findFault(text);
    return fault ? { line, reason: `it ${fault}` } : { line, value };
  } catch (error) {
    return {
      line,
      reason: `it is not JSON: ${error instanceof Error ? error.message.replace(/\s+/g, " ") : error}`,
    };
  }
}

/** One row on each line that is not blank. */
class LineRows {
  readonly over = false;
  readonly #row = new Row();
  #line: number;

  constructor(line: number) {
    this.#line = line;
  }

  *read(chunk: Uint8Array): Generator<FileRow | ImportRefusal> {
    for (let from = 0; from < chunk.length; ) {
      const newLine = chunk.indexOf(NEW_LINE, from);
      const part = chunk.subarray(from, newLine === -1 ? chunk.length : newLine);
      if (this.#row.line > 0 || !part.every(isSpace)) {
        this.#row.line = this.#line;
        this.#row.add(part);
      }
      if (newLine === -1) return;
      if (this.#row.line > 0) yield this.#row.take();
      this.#line++;
      from = newLine + 1;
    }
  }

  *end(): Generator<FileRow | ImportRefusal> {
    if (this.#row.line > 0) yield this.#row.take();
  }
}

/** The elements of one array. Only what tells where one ends is looked at here; JSON.parse judges the rest. */
class ArrayRows {
  over = false;
  readonly #row = new Row();
  /** The brackets that have to close, the array's own first. */
  readonly #open: number[] = [];
  #line: number;
  #string: "no" | "in" | "escape" = "no";
  #afterComma = false;
  #closed = false;

  constructor(line: number) {
    this.#line = line;
  }

  *read(chunk: Uint8Array): Generator<FileRow | ImportRefusal> {
    let from = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte === NEW_LINE) this.#line++;
      if (this.#string !== "no") {
        if (byte === NEW_LINE) return yield this.#giveUp(`a string has no end on line ${this.#line - 1}`);
        if (this.#string === "escape") this.#string = "in";
        else if (byte === BACKSLASH) this.#string = "escape";
        else if (byte === QUOTE) this.#string = "no";
        continue;
      }
      if (isSpace(byte)) continue;
      if (this.#closed) return yield this.#giveUp("the array ended before this");
      const outside = this.#open.length === 1;
      if (outside && (byte === COMMA || byte === CLOSE_ARRAY)) {
        if (this.#row.line > 0) {
          this.#row.add(chunk.subarray(from, at));
          yield this.#row.take();
        } else if (byte === COMMA || this.#afterComma)
          yield { line: this.#line, reason: "there is a comma and no row" };
        this.#afterComma = byte === COMMA;
        this.#closed = byte === CLOSE_ARRAY;
        continue;
      }
      if (this.#row.line === 0 && this.#open.length > 0) {
        this.#row.line = this.#line;
        from = at;
      }
      if (!this.#nest(byte))
        return yield this.#giveUp(`a bracket on line ${this.#line} closes what was not opened`);
    }
    if (this.#row.line > 0) this.#row.add(chunk.subarray(from));
  }

  *end(): Generator<FileRow | ImportRefusal> {
    if (this.#closed) return;
    const line = this.#row.line || this.#line;
    yield {
      line,
      reason: this.#row.line > 0 ? "the file ends within this row" : "the file ends within the array",
    };
  }

  /** Keeps count of strings and brackets. False where a bracket closes another kind. */
  #nest(byte: number): boolean {
    if (byte === QUOTE) this.#string = "in";
    else if (byte === OPEN_ARRAY) this.#open.push(CLOSE_ARRAY);
    else if (byte === OPEN_OBJECT) this.#open.push(CLOSE_OBJECT);
    else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) return this.#open.pop() === byte;
    return true;
  }

  #giveUp(what: string): ImportRefusal {
    this.over = true;
    return { line: this.#row.line || this.#line, reason: `${what}; nothing behind it could be read` };
  }
}
