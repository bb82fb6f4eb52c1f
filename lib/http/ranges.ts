import type { NextApiRequest } from "next";
import { Problem } from "@/lib/problems";

/** Bytes of a whole, the first and the last of them. */
export interface Span {
  start: number;
  end: number;
}

/**
 * The one range that `Range` asks for (RFC 9110 §14), or null for the whole: where there is none, where `If-Range`
 * names another version, where it is no range of bytes, and where there are several. Throws 416 for one beyond the end.
 */
export function readRange(req: NextApiRequest, size: number, tag: string): Span | null {
  const { range, "if-range": tied } = req.headers;
  const [, first = "", last = ""] = /^bytes=[\t ]*(\d{0,15})-(\d{0,15})[\t ]*$/i.exec(range ?? "") ?? [];
  if (req.method !== "GET" || first + last === "") return null;
  if (tied !== undefined && tied !== tag) return null;
  if (first !== "" && last !== "" && Number(last) < Number(first)) return null;
  const start = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  if (start >= size) {
    throw new Problem("range_not_satisfiable", { headers: { "Content-Range": `bytes */${size}` } });
  }
  return { start, end: first === "" || last === "" ? size - 1 : Math.min(Number(last), size - 1) };
}
