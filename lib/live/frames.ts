import type { LiveEvent, Position } from "@/db/port/live";
import { keyed } from "@/lib/secrets";

/** How long a client waits before it comes back, in milliseconds; by chance, so that they don't all come at once. */
const RETRY = { least: 2000, most: 5000 };

/** The `id` of an event: with a check, since after a restore from a backup the same number may be another event's. */
export function toMark(secret: Buffer, { id, at }: Position): string {
  return `${id}-${keyed(secret, "live", `${id} ${at}`).slice(0, 10)}`;
}

/** The number in what a client says was its last id; null for what never was one. */
export function readMark(mark: string): number | null {
  return /^[1-9]\d{0,14}-[\w-]{10}$/.test(mark) ? Number.parseInt(mark, 10) : null;
}

/**
 * The event as it is told now (HTML standard §9.2.6). `json`: the comment as the public sees it now, if it does. "" where
 * that is not so any more: a later event says what became of it.
 */
export function toFrame(mark: string, { type, post, comment }: LiveEvent, json: string | undefined): string {
  if (type === "comment.deleted") return frame(mark, type, `{"id":${comment},"post":${post}}`);
  if (json === undefined) return "";
  return frame(mark, type === "comment.updated" ? type : "comment.created", json);
}

/** Says first how long to wait after the end. */
export function toRetry(): string {
  return `retry: ${RETRY.least + Math.floor(Math.random() * (RETRY.most - RETRY.least))}\n`;
}

/** All up to here was told. */
export function toReady(mark: string, post: number): string {
  return frame(mark, "ready", `{"post":${post}}`);
}

/** What was before this is not known: the thread has to be read anew. */
export function toReset(mark: string, post: number): string {
  return frame(mark, "reset", `{"post":${post}}`);
}

/** Keeps the connection, and the client's last id from growing old. No event comes of it. */
export function toHeartbeat(mark: string): string {
  return `: still here\nid: ${mark}\n\n`;
}

/** `data` is one line. */
function frame(mark: string, event: string, data: string): string {
  return `id: ${mark}\nevent: ${event}\ndata: ${data}\n\n`;
}
