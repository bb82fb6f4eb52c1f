import { StartError } from "@/db/errors";

/** The most bytes of one line: a post's longest text twice, as the log of its edit has it, each character escaped. */
const LONGEST = 4 * 1024 * 1024;
const LINE_FEED = 10;

/** The lines of what comes in pieces, without their line feeds. Throws `StartError` for one that is too long. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_FEED, from);
      const part = chunk.subarray(from, end === -1 ? chunk.length : end);
      length += part.length;
      if (length > LONGEST)
        throw new StartError(`A line is longer than ${LONGEST} bytes; this is no export.`);
      parts.push(part);
      if (end === -1) break;
      yield Buffer.concat(parts);
      parts = [];
      length = 0;
      from = end + 1;
    }
  }
  if (length > 0) yield Buffer.concat(parts);
}
