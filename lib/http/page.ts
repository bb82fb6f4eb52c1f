import type { NextApiRequest, NextApiResponse } from "next";
import { z } from "zod";
import type { Key } from "@/db/port/base";
import { readTarget } from "@/lib/http/target";
import { invalid } from "@/lib/problems";

const shapes = {
  time: z.tuple([z.literal("time"), z.iso.datetime(), z.int().positive()]),
  score: z.tuple([z.literal("score"), z.number(), z.int().positive()]),
  id: z.tuple([z.literal("id"), z.int().positive(), z.int().positive()]),
};

type Kind = keyof typeof shapes;

/** What a list of this order continues after. */
export function keyOf(kind: Kind, row: { id: number; createdAt?: string; score?: number }): Key {
  const values = { time: row.createdAt ?? "", score: row.score ?? 0, id: row.id };
  return { value: values[kind], id: row.id };
}

export function toCursor(kind: Kind, key: Key): string {
  return Buffer.from(JSON.stringify([kind, key.value, key.id])).toString("base64url");
}

/** The place that a cursor names. Throws 400 for one that no list of this order gave. */
export function fromCursor(kind: Kind, cursor: string | undefined): Key | undefined {
  if (cursor === undefined) return undefined;
  const result = shapes[kind].safeParse(parse(cursor));
  if (!result.success) {
    throw invalid("cursor", "Not a cursor of this list");
  }
  return { value: result.data[1], id: result.data[2] };
}

/** `Link: <…>; rel="next"` (RFC 8288): the same request, after `key`. */
export function linkNext(req: NextApiRequest, res: NextApiResponse, kind: Kind, key: Key): void {
  res.setHeader("Link", `<${withCursor(req, toCursor(kind, key))}>; rel="next"`);
}

/** The address of this request, with other parameters. */
export function withCursor(
  req: NextApiRequest,
  cursor: string | null,
  more: Record<string, string> = {},
): string {
  const { path, params } = readTarget(req.url ?? "");
  for (const name of ["cursor", "at"]) params.delete(name);
  for (const [name, value] of Object.entries(more)) params.set(name, value);
  if (cursor !== null) params.set("cursor", cursor);
  return params.size > 0 ? `${path}?${params}` : path;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString());
  } catch {
    return undefined;
  }
}
