import type { ImportOptions, ImportRefusal, ImportReport, Store } from "@/db/store";
import { DEMO } from "@/lib/firstStart";
import { importRows } from "@/lib/import";
import { type OpenFile, readRows } from "@/lib/seedFile";

/** The source of what people import by hand, apart from the demo, which can be taken out again. */
const BY_HAND = "seed";

/** A file to import, and what to call it. */
export interface NamedFile {
  name: string;
  file: OpenFile;
}

export interface FileRefusal extends ImportRefusal {
  name: string;
}

/**
 * Imports seed files in one go, in their order, so that a comment may belong to a post of a file before. A row of the
 * same content that an earlier run, the demo or another of the files brought is there already.
 */
export async function importFiles(
  store: Store,
  files: NamedFile[],
  options: Pick<ImportOptions, "keepGoing" | "onProgress">,
): Promise<Omit<ImportReport, "refused"> & { refused: FileRefusal[] }> {
  const { secret } = store;
  // The store knows no files: to it, each one's lines follow those of the file before.
  const starts: number[] = [];
  function* rows() {
    let last = 0;
    for (const { file } of files) {
      const start = last;
      starts.push(start);
      for (const row of importRows(readRows(file.chunks), secret)) {
        last = start + row.line;
        yield { ...row, line: last };
      }
    }
  }
  const report = await store.imports.run(rows(), { ...options, source: BY_HAND, knownFrom: [DEMO] });
  const refused = report.refused.map(({ line, reason }) => {
    const nth = starts.findLastIndex((start) => start < line);
    return { name: files[nth]?.name ?? "", line: line - (starts[nth] ?? 0), reason };
  });
  return { ...report, refused };
}
