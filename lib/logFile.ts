import { write, writeSync } from "node:fs";

/** What is gathered is written after this long at the latest, in milliseconds. */
const PERIOD = 100;
/** The most bytes that are kept for a reader that does not keep up. */
const MOST = 1024 ** 2;

const LINE_END = Buffer.from("\n");
const NOTHING = Buffer.alloc(0);

/**
 * A file for the lines of a log, many with one system call. What can't be written is lost: a full disk, a closed
 * terminal or a reader that stands still must not end the server, nor stop it, as pino's own destination does by trying
 * for ever. Lines are written whole or not at all, unless the disk becomes full in the middle of one; what follows
 * begins a line of its own.
 */
export class LogFile {
  readonly #fd: number;
  readonly #piece: number;
  /** Pieces that wait, the oldest first, and their bytes. */
  readonly #pieces: Buffer[] = [];
  #waiting = 0;
  /** Where lines are gathered for the next piece, and how many bytes of it they fill. */
  #gathered: Buffer;
  #filled = 0;
  /** What was begun and is to be written first. */
  #rest: Buffer = NOTHING;
  /** Whether the file ends within a line. */
  #within = false;
  #writing = false;
  /** Whether the reader keeps up; if not, only the timer tries again. */
  #flowing = true;

  /** At most `piece` bytes are written at once, and so many that wait are not waited with. */
  constructor(fd: number, piece: number) {
    this.#fd = fd;
    this.#piece = piece;
    this.#gathered = Buffer.allocUnsafeSlow(piece);
    setInterval(() => this.#next(), PERIOD).unref();
    process.on("exit", () => this.flushSync());
  }

  write(line: string): void {
    // A character is three bytes at most: to count them costs as much as to write them.
    const most = line.length * 3;
    if (most <= this.#piece - this.#filled) this.#filled += this.#gathered.write(line, this.#filled);
    else if (this.#waiting + most <= MOST) this.#begin(line, most);
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
      if (this.#flowing && (this.#rest.length > 0 || this.#pieces.length > 0)) this.#next();
    });
  }

  #wrote(bytes: Buffer, count: number): void {
    this.#rest = bytes.subarray(count);
    this.#within = this.#rest.length > 0;
  }

  /** Another piece, with this line; one that may be too long for any is a piece by itself. */
  #begin(line: string, most: number): void {
    this.#finish();
    if (most > this.#piece) this.#add(Buffer.from(line));
    else this.#filled = this.#gathered.write(line);
    if (this.#flowing) this.#next();
  }

  #finish(): void {
    if (this.#filled === 0) return;
    this.#add(this.#gathered.subarray(0, this.#filled));
    this.#gathered = Buffer.allocUnsafeSlow(this.#piece);
    this.#filled = 0;
  }

  #add(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#waiting += piece.length;
  }

  /** What is to be written next: the rest of what was begun, or a piece. */
  #take(): Buffer {
    const rest = this.#rest;
    this.#rest = NOTHING;
    if (rest.length > 0) return rest;
    if (this.#pieces.length === 0) this.#finish();
    const piece = this.#pieces.shift() ?? NOTHING;
    this.#waiting -= piece.length;
    return piece;
  }
}

/** Of a pipe whose reader is slow. */
function isFull(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "EAGAIN";
}
