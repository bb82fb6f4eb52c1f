import { write, writeSync } from "node:fs";

/** What is gathered is written after this long at the latest, in milliseconds. */
const PERIOD = 100;
/** The most bytes that are kept for a reader that does not keep up. */
const MOST = 1024 ** 2;

const LINE_END = Buffer.from("\n");

/**
 * A file for the lines of a log, many with one system call. What can't be written is lost: a full disk, a closed
 * terminal or a reader that stands still must not end the server, nor stop it, as pino's own destination does by trying
 * for ever. Lines are written whole or not at all, unless the disk becomes full in the middle of one; what follows
 * begins a line of its own.
 */
export class LogFile {
  readonly #fd: number;
  readonly #piece: number;
  readonly #pieces: { text: string; size: number }[] = [];
  #waiting = 0;
  /** What was begun and is to be written first. */
  #rest: Buffer = Buffer.alloc(0);
  /** Whether the file ends within a line. */
  #within = false;
  #writing = false;
  /** Whether the reader keeps up; if not, only the timer tries again. */
  #flowing = true;

  /** At most `piece` bytes are written at once, and so many that wait are not waited with. */
  constructor(fd: number, piece: number) {
    this.#fd = fd;
    this.#piece = piece;
    setInterval(() => this.#next(), PERIOD).unref();
    process.on("exit", () => this.flushSync());
  }

  write(line: string): void {
    const size = Buffer.byteLength(line);
    if (this.#waiting + size > MOST) return;
    this.#waiting += size;
    const last = this.#pieces.at(-1);
    if (last && last.size + size <= this.#piece) {
      last.text += line;
      last.size += size;
    } else this.#pieces.push({ text: line, size });
    if (this.#pieces.length > 1 && this.#flowing) this.#next();
  }

  /**
   * Writes all that waits before it returns; where the reader of a non-blocking pipe stands still, for a second at most.
   * pino calls it after a line of level fatal.
   */
  flushSync(): void {
    const deadline = Date.now() + 1000;
    for (let bytes = this.#take(); bytes.length > 0 && Date.now() < deadline; bytes = this.#take()) {
      try {
        this.#wrote(bytes, writeSync(this.#fd, bytes));
      } catch (error) {
        if (!isFull(error)) return;
        this.#rest = bytes;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
      }
    }
  }

  #next(): void {
    if (this.#writing) return;
    const bytes = this.#take();
    if (bytes.length === 0) return;
    this.#writing = true;
    write(this.#fd, bytes, 0, bytes.length, null, (error, written) => {
      this.#writing = false;
      this.#flowing = error === null;
      if (error === null) this.#wrote(bytes, written);
      else if (isFull(error)) this.#rest = bytes;
      else if (this.#within) this.#rest = LINE_END;
      if (this.#flowing && (this.#rest.length > 0 || this.#pieces.length > 1)) this.#next();
    });
  }

  #wrote(bytes: Buffer, count: number): void {
    this.#rest = bytes.subarray(count);
    this.#within = this.#rest.length > 0;
  }

  /** What is to be written next: the rest of what was begun, or a piece. */
  #take(): Buffer {
    const rest = this.#rest;
    this.#rest = Buffer.alloc(0);
    if (rest.length > 0) return rest;
    const piece = this.#pieces.shift();
    this.#waiting -= piece?.size ?? 0;
    return Buffer.from(piece?.text ?? "");
  }
}

/** Of a pipe whose reader is slow. */
function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
