import { type IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { Bodies, hasBody, isMessage, isUpload, MOST_MESSAGES, UPLOAD_PATIENCE } from "@/lib/http/bodies";
import { MAX_BODY, MAX_MESSAGE, MAX_UPLOAD } from "@/lib/http/body";
import type { ApiServer, Listener } from "@/lib/http/messages";
import { KEEP_ALIVE_SECONDS } from "@/lib/http/readyResponse";
import { refuse, toMessage } from "@/lib/http/refuse";
import type { ProblemCode } from "@/lib/problems";

const longestTarget = 8192;
const [SLASH, BACKSLASH, QUERY, PERCENT] = [0x2f, 0x5c, 0x3f, 0x25];

type Fault = [status: number, sentence: string];

const LATE: Fault = [408, "The request took too long to arrive"];
const NOT_HTTP: Fault = [400, "This is not HTTP"];

/** Node's codes for what is wrong with a connection, and the answer to each. */
const faults: Record<string, Fault> = {
  HPE_HEADER_OVERFLOW: [431, "The headers are too large"],
  ERR_HTTP_REQUEST_TIMEOUT: LATE,
};

/**
 * Why a request target cannot be served, or null. Next would answer these with a redirect or a page: absolute-form
 * (`GET http://evil/x`), `//host/x` and backslashes, escapes that are not UTF-8, and targets longer than 8 KiB.
 * Every request pays for this: it looks at each character once and makes nothing.
 */
function findTargetProblem(target: string): ProblemCode | null {
  if (target.charCodeAt(0) !== SLASH || target.length > longestTarget) return "bad_request";
  let escaped = false;
  let end = 0;
  for (let before = 0; end < target.length; end++) {
    const code = target.charCodeAt(end);
    if (code === QUERY) break;
    if (code === BACKSLASH || (code === SLASH && before === SLASH)) return "not_found";
    if (code === PERCENT) escaped = true;
    before = code;
  }
  return escaped && !isDecodable(target.slice(0, end)) ? "bad_request" : null;
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * Stands before `next` on a server and answers, as problem documents, what Node or Next would answer in another
 * form: bad targets, `Expect: 100-continue` before a body that is too large (RFC 9110 §10.1.1), and bytes that are
 * not HTTP. It also cuts requests that come too slowly.
 */
export function guard(server: ApiServer, next: Listener): void {
  // The longest that any request may take; `Bodies` knows the rest.
  const requestTimeout = UPLOAD_PATIENCE;
  const keepAliveTimeout = KEEP_ALIVE_SECONDS * 1000;
  Object.assign(server, { headersTimeout: 10_000, requestTimeout, keepAliveTimeout });
  const cut = (req: IncomingMessage) => hangUp(req.socket, LATE, req);
  const bodies = new Bodies(cut);
  const messages = new Bodies(cut, MOST_MESSAGES);

  server.on("request", (req, res) => {
    if (hasBody(req) && !(isMessage(req) ? messages : bodies).admit(req, res)) {
      refuse(req, res, "overloaded", { Connection: "close", "Retry-After": "5" });
      return;
    }
    const problem = findTargetProblem(req.url ?? "");
    if (problem === null) next(req, res);
    else refuse(req, res, problem);
  });

  server.on("checkContinue", (req: IncomingMessage, res: ServerResponse) => {
    if (req.url?.startsWith("/api") && Number(req.headers["content-length"]) > mostOf(req)) {
      refuse(req, res, "payload_too_large", { Connection: "close" });
      return;
    }
    res.writeContinue();
    server.emit("request", req, res);
  });

  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) =>
    hangUp(socket, faults[error.code ?? ""] ?? NOT_HTTP),
  );
}

/** The most bytes of the body of a request to the API. */
function mostOf(req: IncomingMessage): number {
  if (isUpload(req)) return MAX_UPLOAD;
  return isMessage(req) ? MAX_MESSAGE : MAX_BODY;
}

/** Says why, unless that would end up in the middle of an answer. */
function hangUp(socket: Duplex, fault: Fault, req?: IncomingMessage): void {
  const answer = findAnswer(socket);
  const midAnswer = answer?.headersSent && !answer.writableEnded;
  if (midAnswer || !socket.writable) socket.destroy();
  else socket.end(toMessage(...fault, req));
}

/** The answer that a connection is at. Node's own handler of such errors looks there, too: a record would cost each request. */
export function findAnswer(socket: Duplex): ServerResponse | null {
  const answer = "_httpMessage" in socket ? socket._httpMessage : null;
  return answer instanceof ServerResponse ? answer : null;
}
