import type { z } from "zod";
import type { Role } from "@/db/port/base";
import type { ProblemCode } from "@/lib/problems";

interface Answer {
  meaning: string;
  /** The media type; JSON unless said otherwise. */
  type?: string;
  shape?: z.ZodType;
}

/** One method of one path, as clients see it: what the OpenAPI document is made of. */
export interface Operation {
  method: "get" | "post" | "put" | "patch" | "delete";
  path: string;
  id: string;
  tag:
    | "Comments"
    | "Posts"
    | "Users"
    | "Sign-in"
    | "Moderation"
    | "Search"
    | "Files"
    | "Webhooks"
    | "Mail"
    | "Server";
  summary: string;
  query?: z.ZodObject;
  body?: z.ZodObject;
  /** Takes a file, too, and only as multipart/form-data. */
  upload?: true;
  /** Its JSON is signed by who sends it, in headers of Standard Webhooks; no form, token or cookie says anything here. */
  signed?: true;
  answers: Record<number, Answer | Answer[]>;
  /** Beside those that every operation can answer. */
  problems?: ProblemCode[];
  /** The name of the quota that it is limited by. */
  limit?: string;
  /** Takes an Idempotency-Key. */
  idempotent?: true;
  /** Takes If-Match, and Prefer: return=minimal. */
  conditional?: true;
  /** Goes on from Last-Event-ID; has no ETag. */
  resumable?: true;
  /** Takes Range and If-Range. */
  ranges?: true;
  /** A POST that changes nothing, so that a token that only reads may send it, and a page of another site. */
  reads?: true;
  /** Its answer is made of the request alone, so that nothing can fail. */
  alone?: true;
  /** The least role that it needs; without it anybody may ask. Adds 401, and 403 above a member. */
  role?: Role;
}
