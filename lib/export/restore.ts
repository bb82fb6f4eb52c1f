import { createHash } from "node:crypto";
import { StartError } from "@/db/errors";
import type { Restoration, RestoredRow } from "@/db/port/exports";
import { readLines } from "@/lib/export/lines";
import { toRow } from "@/lib/export/rows";
import { discard, receive, removeBytes, settle } from "@/lib/files/folder";
import { isOwnFolder } from "@/lib/files/sweep";
import { Problem } from "@/lib/problems";
import { type ExportLine, exportLine } from "@/lib/schemas/exports";

/** How many rows go into one transaction. */
const BATCH = 500;

type Of<T extends ExportLine["type"]> = Extract<ExportLine, { type: T }>;

/** Hears how far it is: how many lines were read, and that what follows from them is made. */
type OnProgress = (phase: "read" | "index", lines: number) => void;

export interface RestoreReport {
  /** How many lines of each type came. */
  counts: Record<string, number>;
  /** Rows that belonged to what was deleted while the export was made, or whose bytes were lost. */
  left: number;
}

/**
 * Restores an export that comes in pieces into an empty database, whole or not at all. Throws `StartError` with one
 * sentence where it is not whole, is damaged, or is none; nothing of it is left then. The caller closes `into`.
 */
export async function restore(
  chunks: AsyncIterable<Uint8Array>,
  into: Restoration,
  onProgress: OnProgress,
): Promise<RestoreReport> {
  if (!(await isOwnFolder(into)))
    throw new StartError(
      "The folder of uploaded files belongs to another database; move it away, or set FILES_DIR to another one.",
    );
  const lines = new Lines(chunks, (n) => onProgress("read", n));
  const run = new Restore(lines, into);
  try {
    await run.run();
    const { counts, lastIds } = await lines.requireEnd();
    onProgress("index", lines.read);
    const { left } = await into.finish(lastIds);
    return { counts, left };
  } catch (error) {
    for (const place of run.places) await removeBytes(place);
    throw error;
  }
}

/** The lines of an export, checked one by one, and all together at the end. */
class Lines {
  read = 0;
  readonly #source: AsyncGenerator<Buffer>;
  readonly #onLine: (n: number) => void;
  readonly #sum = createHash("sha256");
  readonly #counts: Record<string, number> = {};
  #ahead: ExportLine | null = null;
  #end: Of<"end"> | null = null;

  constructor(chunks: AsyncIterable<Uint8Array>, onLine: (n: number) => void) {
    this.#source = readLines(chunks);
    this.#onLine = onLine;
  }

  /** The next line, which stays the next one until it was taken; null at the end. */
  async peek(): Promise<ExportLine | null> {
    this.#ahead ??= await this.#next();
    return this.#ahead;
  }

  async take(): Promise<ExportLine | null> {
    const line = await this.peek();
    this.#ahead = null;
    return line;
  }

  /** What the last line says. Throws `StartError` unless it is there, and says what came. */
  async requireEnd(): Promise<Of<"end">> {
    const end = this.#end;
    if (end === null)
      throw new StartError(
        "The export is not whole: its last line is missing. Nothing was restored; make another one.",
      );
    const counted = JSON.stringify(Object.entries(this.#counts).sort());
    if (
      end.sha256 !== this.#sum.digest("hex") ||
      JSON.stringify(Object.entries(end.counts).sort()) !== counted
    )
      throw new StartError(
        "The export is not what was written: its checksum is another one. Nothing was restored; take another copy.",
      );
    return end;
  }

  async #next(): Promise<ExportLine | null> {
    const { value: bytes, done } = await this.#source.next();
    if (done) return null;
    this.#onLine(++this.read);
    if (this.#end !== null) throw this.refuse("something follows the last line");
    const line = this.#parse(bytes);
    if ((line.type === "site") !== (this.read === 1))
      throw this.refuse(this.read === 1 ? "this is no export of Antiphon" : "a second export begins here");
    if (line.type === "end") {
      this.#end = line;
      return this.#next();
    }
    if (line.type !== "site") {
      this.#sum.update(bytes).update("\n");
      this.#counts[line.type] = (this.#counts[line.type] ?? 0) + 1;
    }
    return line;
  }

  #parse(bytes: Buffer): ExportLine {
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString());
    } catch {
      throw this.refuse(this.read === 1 ? "this is no export of Antiphon" : "it is not JSON");
    }
    const result = exportLine.safeParse(value);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    throw this.refuse(`${issue?.path.join(".") || "it"}: ${issue?.message}`);
  }

  /** What to throw for the line that was read last. */
  refuse(reason: string): StartError {
    return new StartError(`Line ${this.read}: ${reason}. Nothing was restored.`);
  }
}

/** One run, from the first line to the one before the last. */
class Restore {
  /** Where it has put bytes. */
  readonly places: string[] = [];
  readonly #lines: Lines;
  readonly #into: Restoration;
  #batch: RestoredRow[] = [];

  constructor(lines: Lines, into: Restoration) {
    this.#lines = lines;
    this.#into = into;
  }

  async run(): Promise<void> {
    for (let line = await this.#lines.take(); line; line = await this.#lines.take()) {
      if (line.type === "blob") await this.#addBlob(line);
      else if (line.type === "bytes") throw this.#lines.refuse("these bytes belong to nothing");
      else if (line.type !== "site" && line.type !== "end") await this.#add(this.#toRow(line));
    }
    await this.#flush();
  }

  #toRow(line: Parameters<typeof toRow>[0]): RestoredRow {
    try {
      return toRow(line, this.#into.secret);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw this.#lines.refuse(error.message);
    }
  }

  async #add(row: RestoredRow): Promise<void> {
    this.#batch.push(row);
    if (this.#batch.length >= BATCH) await this.#flush();
  }

  async #flush(): Promise<void> {
    await this.#into.add(this.#batch);
    this.#batch = [];
  }

  /** Bytes go to the folder of files at once. Those that the export has lost leave no row, and so does what they are of. */
  async #addBlob({ sha256, mediaType, size }: Of<"blob">): Promise<void> {
    const staged = await receive(this.#bytes(), Number.MAX_SAFE_INTEGER);
    if (staged.sha256 !== sha256 || staged.size !== size) return discard(staged);
    const place = await settle(staged);
    this.places.push(place);
    await this.#add({ kind: "blob", sha256, place, mediaType, size });
  }

  async *#bytes(): AsyncGenerator<Buffer> {
    for (;;) {
      const line = await this.#lines.peek();
      if (line?.type !== "bytes") return;
      await this.#lines.take();
      yield Buffer.from(line.data, "base64");
    }
  }
}
