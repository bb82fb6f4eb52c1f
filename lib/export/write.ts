import { createHash } from "node:crypto";
import type { ExportKey, ExportPart, ExportRow } from "@/db/port/exports";
import type { Store } from "@/db/store";
import { config } from "@/lib/config";
import { openBytes } from "@/lib/files/folder";
import { log } from "@/lib/log";
import { EXPORT_FORMAT, type ExportLine } from "@/lib/schemas/exports";
import { finishWork } from "@/lib/users";
import packageFile from "@/package.json";

/** Each part, and the type of its lines. What refers comes before what it refers to. */
const PARTS: readonly [ExportPart, ExportLine["type"]][] = [
  ["comments", "comment"],
  ["edits", "edit"],
  ["votes", "vote"],
  ["reports", "report"],
  ["posts", "post"],
  ["aliases", "alias"],
  ["formerSlugs", "formerSlug"],
  ["formerIds", "formerId"],
  ["users", "user"],
  ["files", "file"],
  ["blobs", "blob"],
  ["rules", "rule"],
  ["webhooks", "webhook"],
  ["audit", "audit"],
];

const BEGINNING: ExportKey = { id: 0, name: "" };

/** A piece of a file: a multiple of three, so that only the last one is padded. */
const PIECE = 96 * 1024;

/**
 * An export: JSON lines (`exportLine`), some at a time, each made when the one before was taken. Holds no snapshot: each
 * line is as it was when it was read, and what was there before the first one and is not deleted is in it once.
 */
export async function* exportLines(kept: Store): AsyncGenerator<string> {
  // Whoever is about to leave is not to be found in it by what they wrote.
  await finishWork(kept);
  // Nor are what is left of deleted posts, which would have to be stepped over.
  while (await kept.posts.clear());
  const until = await kept.exports.lastComment();
  const exportedAt = new Date().toISOString();
  const { version } = packageFile;
  yield toLine({ type: "site", format: EXPORT_FORMAT, version, exportedAt, url: config().publicUrl });
  const sum = createHash("sha256");
  const counts: Record<string, number> = {};
  for await (const { type, lines } of partsOf(kept, until)) {
    const text = `${lines.join("\n")}\n`;
    sum.update(text);
    counts[type] = (counts[type] ?? 0) + lines.length;
    yield text;
  }
  yield toLine({ type: "end", counts, lastIds: await kept.exports.lastIds(), sha256: sum.digest("hex") });
}

interface Lines {
  type: ExportLine["type"];
  lines: string[];
}

async function* partsOf(kept: Store, until: number): AsyncGenerator<Lines> {
  for (const [part, type] of PARTS) {
    let after = BEGINNING;
    for (;;) {
      const rows = await kept.exports.read({ part, after, until });
      const last = rows.at(-1);
      if (!last) break;
      after = last.key;
      if (part === "blobs") for (const row of rows) yield* bytesOf(row);
      else yield { type, lines: rows.map(({ json }) => json) };
    }
  }
}

/** The line of some bytes, and the lines that they are in. What the disk has lost is not worth losing the rest. */
async function* bytesOf({ json, place, key }: ExportRow): AsyncGenerator<Lines> {
  yield { type: "blob", lines: [json] };
  const handle = place === null ? null : await openBytes(place);
  if (handle === null)
    return log.error({ sha256: key.name }, "the bytes of a file are lost; the export goes on without");
  try {
    const piece = Buffer.allocUnsafe(PIECE);
    for (;;) {
      const length = await fill(handle, piece);
      if (length > 0) yield { type: "bytes", lines: [toText(piece.subarray(0, length))] };
      if (length < PIECE) return;
    }
  } finally {
    await handle.close();
  }
}

/** Reads until the piece is full, or the file at its end. */
async function fill(
  handle: NonNullable<Awaited<ReturnType<typeof openBytes>>>,
  piece: Buffer,
): Promise<number> {
  let length = 0;
  while (length < piece.length) {
    const { bytesRead } = await handle.read(piece, length, piece.length - length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

function toText(bytes: Buffer): string {
  return `{"type":"bytes","data":"${bytes.toString("base64")}"}`;
}

function toLine(line: ExportLine): string {
  return `${JSON.stringify(line)}\n`;
}
