import { randomUUID } from "node:crypto";
import {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";
import { MAX_BODY, MAX_UPLOAD } from "@/lib/http/body";
import { idOf } from "@/lib/http/requestId";
import { type ProblemCode, problemDocument } from "@/lib/problems";

const longestTarget = 8192;

/** How long a body may take to arrive, in milliseconds: 10 MiB over a slow line, and everything else. */
const UPLOAD_PATIENCE = 300_000;
const PATIENCE = 30_000;
/** How long a body that was not waited for may go on once its answer is out. */
const LINGER = 5000;

/** Node's codes for what is wrong with a connection, and the answer to each. */
const faults: Record<string, [status: number, sentence: string]> = {
  HPE_HEADER_OVERFLOW: [431, "The headers are too large"],
  ERR_HTTP_REQUEST_TIMEOUT: [408, "The request took too long to arrive"],
};

/**
 * Why a request target cannot be served, or null. Next would answer these with a redirect or a page: absolute-form
 * (`GET http://evil/x`), `//host/x` and backslashes, escapes that are not UTF-8, and targets longer than 8 KiB.
 */
function findTargetProblem(target: string): ProblemCode | null {
  if (!target.startsWith("/") || target.length > longestTarget) return "bad_request";
  const [path = ""] = target.split("?", 1);
  if (/\/\/|\\/.test(path)) return "not_found";
  if (!path.includes("%")) return null;
  try {
    decodeURIComponent(path);
    return null;
  } catch {
    return "bad_request";
  }
}

/**
 * Stands before `next` on a server and answers, as problem documents, what Node or Next would answer in another
 * form: bad targets, `Expect: 100-continue` before a body that is too large (RFC 9110 §10.1.1), and bytes that are
 * not HTTP. It also cuts requests that come too slowly.
 */
export function guard(server: Server, next: RequestListener): void {
  // The longest that any request may take; `hurry` knows the rest.
  const requestTimeout = UPLOAD_PATIENCE;
  // 65 s: longer than the 60 s of most proxies, so that none reuses a connection that we are closing.
  Object.assign(server, { headersTimeout: 10_000, requestTimeout, keepAliveTimeout: 65_000 });
  const latest = new WeakMap<Duplex, ServerResponse>();

  server.on("request", (req, res) => {
    latest.set(req.socket, res);
    hurry(server, req, res);
    const problem = findTargetProblem(req.url ?? "");
    if (problem) refuse(req, res, problem);
    else next(req, res);
  });

  server.on("checkContinue", (req: IncomingMessage, res: ServerResponse) => {
    const most = isUpload(req) ? MAX_UPLOAD : MAX_BODY;
    if (req.url?.startsWith("/api") && Number(req.headers["content-length"]) > most) {
      latest.set(req.socket, res);
      res.setHeader("Connection", "close");
      refuse(req, res, "payload_too_large");
      return;
    }
    res.writeContinue();
    server.emit("request", req, res);
  });

  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const answer = latest.get(socket);
    const midAnswer = answer?.headersSent && !answer.writableEnded;
    if (midAnswer || !socket.writable) socket.destroy();
    else socket.end(toMessage(error));
  });
}

function isUpload({ method, url }: IncomingMessage): boolean {
  return method === "POST" && /^\/api\/files\/?(?:\?|$)/.test(url ?? "");
}

/** Node has one deadline for all bodies of a server. This cuts off those that may not take as long as an upload. */
function hurry(server: Server, req: IncomingMessage, res: ServerResponse): void {
  const { "content-length": length, "transfer-encoding": coding } = req.headers;
  if (coding === undefined && !(Number(length) > 0)) return;
  const cutIn = (milliseconds: number, cut: () => void) => {
    const timer = setTimeout(() => req.complete || cut(), milliseconds).unref();
    req.once("close", () => clearTimeout(timer));
  };
  const late = Object.assign(new Error("The body took too long"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });
  if (!isUpload(req)) cutIn(PATIENCE, () => server.emit("clientError", late, req.socket));
  res.once("finish", () => req.complete || cutIn(LINGER, () => req.socket.destroy()));
}

function refuse(req: IncomingMessage, res: ServerResponse, code: ProblemCode): void {
  const requestId = idOf(req, res);
  const { status, body } = problemDocument(code, requestId);
  res.writeHead(status, headersOf(body, requestId)).end(body);
}

/** The whole answer to what never became a request. */
function toMessage(error: NodeJS.ErrnoException): string {
  const [status, sentence] = faults[error.code ?? ""] ?? [400, "This is not HTTP"];
  const title = STATUS_CODES[status];
  const requestId = randomUUID();
  const document = problemDocument("bad_request", requestId, { error: sentence });
  const body = JSON.stringify({ ...JSON.parse(document.body), status, title });
  const headers = { ...headersOf(body, requestId), Date: new Date().toUTCString(), Connection: "close" };
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
