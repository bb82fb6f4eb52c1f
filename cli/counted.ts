/** The same chunks; `hear` is told how many bytes each has as it is taken. */
export function* counted(chunks: Iterable<Uint8Array>, hear: (bytes: number) => void): Generator<Uint8Array> {
  for (const chunk of chunks) {
    hear(chunk.length);
    yield chunk;
  }
}
