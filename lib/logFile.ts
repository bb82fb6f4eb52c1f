import { write, writeSync } from "node:fs";

/** The most bytes that are written at once: a pipe takes them whole (POSIX PIPE_BUF), whatever others write into it. */
const PIECE = 4096;
/** A piece is written once so much waits, or after a tenth of a second: that is what `kill -9` can take of it. */
const ENOUGH = 3500;
const PERIOD = 100;
/** More is not kept for a reader that does not keep up. */
const MOST = 1024 ** 2;

/**
 * A file for the lines of a log, several with one system call. What can't be written is lost: a full disk or a closed
 * terminal must not end the server, nor stop it, as pino's own destination does by trying for ever.
 */
export class LogFile {
  readonly #fd: number;
  readonly #pieces: { text: string; size: number }[] = [];
  #waiting = 0;
  #rest: Buffer = Buffer.alloc(0);
  #writing = false;

  constructor(fd: number) {
    this.#fd = fd;
    setInterval(() => this.#next(), PERIOD).unref();
    process.on("exit", () => this.flushSync());
  }

  write(line: string): void {
    const size = Buffer.byteLength(line);
    if (this.#waiting + size > MOST) return;
    this.#waiting += size;
    const last = this.#pieces.at(-1);
    if (last && last.size + size <= PIECE) {
      last.text += line;
      last.size += size;
    } else this.#pieces.push({ text: line, size });
    if (this.#waiting >= ENOUGH) this.#next();
  }

  /** Writes all that waits before it returns, for a second at most. pino calls it after a line of level fatal. */
  flushSync(): void {
    const deadline = Date.now() + 1000;
    for (let bytes = this.#take(); bytes.length > 0 && Date.now() < deadline; ) {
      try {
        bytes = bytes.subarray(writeSync(this.#fd, bytes));
        if (bytes.length === 0) bytes = this.#take();
      } catch (error) {
        if (!isFull(error)) return;
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
      if (isFull(error)) this.#rest = bytes;
      else if (error === null) this.#rest = bytes.subarray(written);
      if (error === null && (this.#rest.length > 0 || this.#waiting >= ENOUGH)) this.#next();
    });
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
