import { basename } from "node:path/posix";
import { type FileType, isFileType } from "@/lib/files/types";

/** The most parts of a path, and the most characters of each. */
const MAX_PARTS = 10;
const MAX_PART = 64;
/** The most bytes of the name that a file was sent under. */
const MAX_NAME = 255;

/** Letters and digits of any script, `_`, `.` and `-`; no dot at either end, no two in a row, nothing invisible. */
const PART =
  /^(?!.*(?:\.\.|\p{Default_Ignorable_Code_Point}))[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_-])?$/u;

/** What files of each type are called; text is what it is under many endings, and none that a system runs. */
const ENDINGS: Record<FileType, string[]> = {
  "image/png": ["png"],
  "image/jpeg": ["jpg", "jpeg"],
  "image/gif": ["gif"],
  "image/webp": ["webp"],
  "image/avif": ["avif"],
  "application/pdf": ["pdf"],
  "text/plain": [
    "txt",
    "md",
    "csv",
    "tsv",
    "log",
    "json",
    "yaml",
    "yml",
    "toml",
    "diff",
    "patch",
    "srt",
    "vtt",
  ],
};

/** The parts of a path as they are kept, or null where they can't be a path. Nothing is mended. */
export function toPath(parts: readonly string[]): string | null {
  if (parts.length < 1 || parts.length > MAX_PARTS) return null;
  const normal = parts.map((part) => part.normalize("NFC"));
  return normal.every((part) => PART.test(part) && [...part].length <= MAX_PART) ? normal.join("/") : null;
}

/** The name that a file was sent under, as data: one line, nothing that hides or turns the text around it. */
export function toFilename(sent: string | undefined): string {
  const name = basename((sent ?? "").normalize("NFC").replaceAll("\\", "/"))
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Cs}\p{Default_Ignorable_Code_Point}]/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
  return /^\.*$/.test(name) ? "file" : cut(name, (text) => Buffer.byteLength(text) <= MAX_NAME);
}

/**
 * The paths that a file of this name may get, the best first: its own name made a part of a path, then the same with
 * some of its hash, so that another one of that name gets a name of its own, and the same one the same.
 */
export function toPaths(filename: string, sha256: string): string[] {
  const part = filename
    .replace(/[^\p{L}\p{M}\p{N}_.-]+/gu, "-")
    .replace(/-*\.[-.]*/g, ".")
    .replace(/^[^\p{L}\p{N}_]+|[.-]+$/gu, "");
  const [stem, ending] = split(part === "" ? "file" : part);
  return ["", sha256.slice(0, 8), sha256.slice(0, 16)].map((mark) => {
    const tail = (mark && `-${mark}`) + ending;
    return cut(stem, (text) => [...text].length <= MAX_PART - tail.length).replace(/[.-]+$/, "") + tail;
  });
}

/** The name that a browser saves it under: an ending that does not fit what it is gets one that does. */
export function toDownloadName(filename: string, type: string): string {
  const endings = isFileType(type) ? ENDINGS[type] : ["bin"];
  const ending = split(filename)[1].slice(1).toLowerCase();
  return endings.includes(ending) ? filename : `${filename}.${endings[0]}`;
}

/** A name and its ending, with the dot; one that is long or strange is none. */
function split(name: string): [stem: string, ending: string] {
  const ending = /(?<=.)\.[a-z0-9]{1,16}$/i.exec(name)?.[0] ?? "";
  return [name.slice(0, name.length - ending.length), ending];
}

/** As much of the beginning as fits, ending kept, and no character cut in two. */
function cut(name: string, fits: (text: string) => boolean): string {
  const [stem, ending] = split(name);
  const characters = [...stem];
  while (characters.length > 0 && !fits(characters.join("") + ending)) characters.pop();
  return characters.join("") + ending;
}
