import { randomUUID } from "node:crypto";
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import { corsHeaders } from "@/lib/http/cors";
import { idOf } from "@/lib/http/requestId";
import { type ProblemCode, problemDocument } from "@/lib/problems";

/** Answers a problem document before any handler is asked, with `headers` on top. */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  code: ProblemCode,
  headers: Record<string, string> = {},
): void {
  const requestId = idOf(req, res);
  const { status, body } = problemDocument(code, requestId);
  const readable = req.url?.startsWith("/api") ? corsHeaders(req) : {};
  res.writeHead(status, { ...headersOf(body, requestId), ...readable, ...headers });
  res.end(req.method === "HEAD" ? undefined : body);
}

/** The bytes of the whole answer, a problem document, to what never became a request, or not in time. */
export function toMessage(status: number, sentence: string, req?: IncomingMessage): string {
  const title = STATUS_CODES[status];
  const requestId = randomUUID();
  const document = problemDocument("bad_request", requestId, { error: sentence });
  const body = JSON.stringify({ ...JSON.parse(document.body), status, title });
  const headers = {
    ...headersOf(body, requestId),
    ...corsHeaders(req ?? { headers: {} }),
    Date: new Date().toUTCString(),
    Connection: "close",
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} ${title}\r\n${lines.join("")}\r\n${body}`;
}

function headersOf(body: string, requestId: string): Record<string, string> {
  return {
    "Content-Type": "application/problem+json",
    "Content-Length": String(Buffer.byteLength(body)),
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Request-Id": requestId,
  };
}
