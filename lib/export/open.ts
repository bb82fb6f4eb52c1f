import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { StartError } from "@/db/errors";

/** What a file holds, piece by piece, unpacked where it is packed with gzip. Throws `StartError` where that ends early. */
export async function* unpacked(chunks: Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const source = chunks[Symbol.iterator]();
  const { value: first, done } = source.next();
  if (done) return;
  const rest = { [Symbol.iterator]: () => source };
  if (first[0] !== 0x1f || first[1] !== 0x8b) {
    yield first;
    yield* rest;
    return;
  }
  const gunzip = createGunzip();
  const whole = pipeline(
    Readable.from(
      (function* () {
        yield first;
        yield* rest;
      })(),
    ),
    gunzip,
    { end: true },
  );
  // Whoever reads hears of it, too.
  whole.catch(() => undefined);
  try {
    yield* gunzip;
  } catch (error) {
    throw new StartError(
      `The file ends early, or is damaged (${error instanceof Error ? error.message : error}). Nothing was restored.`,
    );
  }
}
