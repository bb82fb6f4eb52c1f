import sharp, { type Sharp } from "sharp";
import { outOfOrder } from "@/lib/files/folder";
import type { PictureType } from "@/lib/files/types";
import { Problem } from "@/lib/problems";

/** Of all frames together. */
const MAX_PIXELS = 40_000_000;
const MAX_SECONDS = 30;
const AT_ONCE = 2;
/** Their bytes are on the disk. Whoever comes after that is told to try again. */
const MOST_WAITING = 100;

/** How each type is written: as good as it came, and no slower than an upload may be. */
const WRITE: Record<PictureType, (picture: Sharp) => Sharp> = {
  "image/png": (picture) => picture.png(),
  "image/jpeg": (picture) => picture.jpeg({ quality: 90 }),
  "image/gif": (picture) => picture.gif({ effort: 2 }),
  "image/webp": (picture) => picture.webp({ quality: 90, effort: 2 }),
  "image/avif": (picture) => picture.avif({ quality: 65, effort: 0 }),
};

/** What sharp calls the type that it read. */
const READ: Record<PictureType, string> = {
  "image/png": "png",
  "image/jpeg": "jpeg",
  "image/gif": "gif",
  "image/webp": "webp",
  "image/avif": "heif",
};

// Of all that libvips reads, these decoders only: no SVG, no PDF, nothing that runs or fetches.
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: ["Png", "Jpeg", "Nsgif", "Webp", "Heif"].flatMap((format) => [
    `VipsForeignLoad${format}File`,
    `VipsForeignLoad${format}Buffer`,
  ]),
});
sharp.cache(false);
sharp.concurrency(1);

const waiting: (() => void)[] = [];
let busy = 0;

/**
 * Decodes the picture in `from` and writes it anew to `to`, in the same type: upright, in sRGB, moving if it moved,
 * and without anything that is not picture. Throws 400 for one that is damaged, too large, or not what it says, and 503
 * where too many wait.
 */
export async function redraw(type: PictureType, from: string, to: string): Promise<void> {
  await enter();
  try {
    const moves = type === "image/gif" || type === "image/webp";
    const picture = sharp(from, { limitInputPixels: MAX_PIXELS, failOn: "error", animated: moves });
    const { format, compression, pages = 1 } = await picture.metadata();
    if (format !== READ[type] || (format === "heif" && compression !== "av1"))
      throw new Problem("file_damaged");
    // Frames can't be turned.
    if (pages === 1) picture.autoOrient();
    await WRITE[type](picture.toColourspace("srgb").timeout({ seconds: MAX_SECONDS })).toFile(to);
  } catch (error) {
    throw toProblem(error);
  } finally {
    leave();
  }
}

function toProblem(error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof Error)) return error;
  if (/No space left|quota exceeded|Read-only file system|Input\/output error/.test(error.message))
    return outOfOrder(error);
  if (/pixel limit/i.test(error.message)) {
    return new Problem("file_damaged", {
      error: `The picture has more than ${MAX_PIXELS.toLocaleString("en")} pixels, all frames counted`,
    });
  }
  if (/timeout/i.test(error.message))
    return new Problem("file_damaged", { error: "The picture takes too long to decode" });
  return new Problem("file_damaged");
}

/** Each takes a lot of memory, so the others wait in the order they came. Throws 503 where too many do. */
async function enter(): Promise<void> {
  if (busy < AT_ONCE) busy++;
  else if (waiting.length < MOST_WAITING) await new Promise<void>((resolve) => waiting.push(resolve));
  else throw new Problem("overloaded", { headers: { "Retry-After": 5 } });
}

function leave(): void {
  const next = waiting.shift();
  if (next) next();
  else busy--;
}
