import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";

const PICTURE_TYPES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif"] as const;

/** What may be uploaded. No SVG and no HTML: those are programs. */
export const FILE_TYPES = [...PICTURE_TYPES, "application/pdf", "text/plain"] as const;

export type PictureType = (typeof PICTURE_TYPES)[number];
export type FileType = (typeof FILE_TYPES)[number];

const HEAD = 4096;

/** How files of each type begin. The decoder has the last word on pictures. */
const BEGINNINGS: [Exclude<FileType, "text/plain">, RegExp][] = [
  ["image/png", /^\x89PNG\r\n.\n/s],
  ["image/jpeg", /^\xff\xd8\xff/],
  ["image/gif", /^GIF8[79]a/],
  ["image/webp", /^RIFF.{4}WEBP/s],
  ["image/avif", /^.{4}ftyp(?:avi[fs]|mi[fa][f1](?:.{4}){1,8}?avif)/s],
  ["application/pdf", /^%PDF-[12]\.\d/],
];

/** A document for browsers, whatever it is called. */
const MARKUP = /^<(?:!doctype\s|\?xml\s|(?:html|head|body|script|iframe|svg)[\s/>])/i;

export function isFileType(type: string): type is FileType {
  return FILE_TYPES.some((one) => one === type);
}

/** Whether it is kept re-encoded, so that nothing is in it but a picture. */
export function isPicture(type: string): type is PictureType {
  return PICTURE_TYPES.some((one) => one === type);
}

/** What the bytes of a file are, whatever its name says; null where that is nothing that may be uploaded. */
export async function typeOf(file: string): Promise<FileType | null> {
  const { head, tail } = await readEnds(file);
  const binary = head.toString("latin1");
  const type = BEGINNINGS.find(([, beginning]) => beginning.test(binary))?.[0];
  // Readers look for the end of a PDF there; without it the file was cut off.
  if (type === "application/pdf") return tail.toString("latin1").includes("%%EOF") ? type : null;
  if (type) return type;
  return !isMarkup(head.toString("utf8")) && (await isText(file)) ? "text/plain" : null;
}

async function readEnds(file: string): Promise<{ head: Buffer; tail: Buffer }> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const read = async (position: number) => {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, position);
      return buffer.subarray(0, bytesRead);
    };
    return { head: await read(0), tail: await read(Math.max(0, size - HEAD)) };
  } finally {
    await handle.close();
  }
}

/** Comments before the first element are passed over. */
function isMarkup(text: string): boolean {
  let rest = text.replace(/^\ufeff/, "").trimStart();
  while (rest.startsWith("<!--")) {
    const end = rest.indexOf("-->");
    if (end < 0) return true;
    rest = rest.slice(end + 3).trimStart();
  }
  return MARKUP.test(rest);
}

/** UTF-8, and of control characters tab and line ends only. */
async function isText(file: string): Promise<boolean> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const isPlain = (text: string) => !/(?![\t\n\r])\p{Cc}/u.test(text);
  try {
    for await (const chunk of createReadStream(file)) {
      if (!isPlain(decoder.decode(chunk, { stream: true }))) return false;
    }
    return isPlain(decoder.decode());
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}
