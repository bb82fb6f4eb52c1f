import type { NextApiHandler, NextApiRequest, NextApiResponse } from "next";
import { createRouter, type NextHandler } from "next-connect";
import { isUnavailable } from "@/db/errors";
import { logAnswer } from "@/lib/http/answerLog";
import { answerPreflight, cors } from "@/lib/http/cors";
import { overrideMethod } from "@/lib/http/methodOverride";
import { negotiate, wantsPage } from "@/lib/http/negotiate";
import { pageOfRefusal } from "@/lib/http/refusedForm";
import { idOf, REQUEST_ID, requestId } from "@/lib/http/requestId";
import { redirect, send, sendNothing } from "@/lib/http/send";
import { log } from "@/lib/log";
import { Problem, problemDocument } from "@/lib/problems";

type Step = (req: NextApiRequest, res: NextApiResponse, next: NextHandler) => unknown;
type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** On every answer: nothing of it may run, load, be framed or guessed to be of another type. */
const SECURITY = new Map([
  ["X-Content-Type-Options", "nosniff"],
  ["Referrer-Policy", "no-referrer"],
  ["Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"],
  ["Cross-Origin-Resource-Policy", "cross-origin"],
]);

/** What was said of the answer that an error stands in for. */
const OF_THE_ANSWER = [
  ...["ETag", "Link", "X-Total-Count", "Cache-Control"],
  ...["Content-Disposition", "Content-Encoding"],
];

const JSON_ONLY = ["application/json", "application/problem+json"];

/**
 * The next-connect router that every file in pages/api exports: request id, CORS and content negotiation, then the
 * steps of the method; whatever throws on the way is answered here and nowhere else.
 */
export class ApiRouter {
  readonly #router = createRouter<NextApiRequest, NextApiResponse>();
  readonly #methods: string[] = [];
  #readsForms = true;

  constructor(types: readonly string[]) {
    this.#router.use(requestId).use(cors).use(accept(types));
  }

  use(...steps: Step[]): this {
    this.#router.use(...pass(steps));
    return this;
  }

  get(...steps: Step[]): this {
    this.#methods.push("GET", "HEAD");
    this.#router.get(...pass(steps));
    return this;
  }

  post(...steps: Step[]): this {
    this.#methods.push("POST");
    this.#router.post(...pass(steps));
    return this;
  }

  /** POST of a body that the handler itself reads: it is left alone here, so no `_method` in it means anything. */
  upload(...steps: Step[]): this {
    this.#readsForms = false;
    return this.post(...steps);
  }

  put(...steps: Step[]): this {
    this.#methods.push("PUT");
    this.#router.put(...pass(steps));
    return this;
  }

  patch(...steps: Step[]): this {
    this.#methods.push("PATCH");
    this.#router.patch(...pass(steps));
    return this;
  }

  delete(...steps: Step[]): this {
    this.#methods.push("DELETE");
    this.#router.delete(...pass(steps));
    return this;
  }

  /** `hints`: where to go instead, for methods that people try here. */
  handler(hints: Partial<Record<Method, string>> = {}): NextApiHandler {
    const allow = [...this.#methods, "OPTIONS"].join(", ");
    const onError = (error: unknown, req: NextApiRequest, res: NextApiResponse) =>
      answerError(error, req, res);
    // next-connect runs no middleware where no method matches.
    const onNoMatch = async (req: NextApiRequest, res: NextApiResponse) => {
      await requestId(req, res, () => cors(req, res, () => undefined));
      res.setHeader("Allow", allow);
      const hint = Object.entries(hints).find(([method]) => method === req.method)?.[1];
      if (req.method !== "OPTIONS") throw new Problem("method_not_allowed", { error: hint });
      answerPreflight(res, allow);
      sendNothing(res, 204);
    };
    const run = this.#router.handler({ onNoMatch, onError });
    return async (req, res) => {
      logWhenOut(req, res);
      res.setHeaders(SECURITY);
      try {
        if (this.#readsForms) await overrideMethod(req);
        await run(req, res);
      } catch (error) {
        await answerAlone(error, req, res);
      }
    };
  }
}

/** A router for JSON, unless `types` says what else GET may answer. */
export function api(types: readonly string[] = JSON_ONLY): ApiRouter {
  return new ApiRouter(types);
}

/** The first step apart: next-connect's types want one at least. */
function pass(steps: Step[]): [Step, ...Step[]] {
  const [first = (_req: NextApiRequest, _res: NextApiResponse, next: NextHandler) => next(), ...rest] = steps;
  return [first, ...rest];
}

function accept(types: readonly string[]): Step {
  return (req, _res, next) => {
    if (req.method === "GET" || req.method === "HEAD") negotiate(req, types);
    return next();
  };
}

/** When it is out, or broken off. */
function logWhenOut(req: NextApiRequest, res: NextApiResponse): void {
  const began = performance.now();
  res.once("close", () => {
    const id = String(res.getHeader(REQUEST_ID));
    const { method, url } = req;
    logAnswer({ id, method, url, status: res.statusCode, began }, res.writableFinished);
  });
}

/** Answers what failed before the router's own middleware ran: who may read it is said here, too. */
async function answerAlone(error: unknown, req: NextApiRequest, res: NextApiResponse): Promise<void> {
  try {
    if (!res.hasHeader("Access-Control-Expose-Headers")) await cors(req, res, () => undefined);
    answerError(error, req, res);
  } catch (refusal) {
    answerError(refusal, req, res);
  }
}

function answerError(error: unknown, req: NextApiRequest, res: NextApiResponse): void {
  const problem = toProblem(error, req, res);
  if (res.headersSent) {
    // Too late to say so: a broken connection tells that the answer is not whole.
    res.destroy();
    return;
  }
  const { code, more } = problem;
  const { status, body } = problemDocument(code, idOf(req, res), more);
  for (const name of OF_THE_ANSWER) res.removeHeader(name);
  for (const [name, value] of Object.entries(more.headers ?? {})) res.setHeader(name, value);
  if (status === 401) res.setHeader("WWW-Authenticate", 'Bearer realm="antiphon"');
  if (wantsPage(req)) redirect(res, 303, pageOfRefusal(req, code, more.issues));
  else send(req, res, status, body, { "Content-Type": "application/problem+json" });
}

function toProblem(error: unknown, req: NextApiRequest, res: NextApiResponse): Problem {
  if (error instanceof Problem) return error;
  const id = idOf(req, res);
  if (isUnavailable(error)) {
    const headers = { "Retry-After": error.retryAfter ?? 5 };
    // Whoever can't keep up had better not write a line about each.
    if (error.name === "Overloaded") return new Problem("overloaded", { headers });
    log.error({ id, err: error }, "the database can't be used");
    return new Problem("unavailable", { headers });
  }
  log.error({ id, err: error }, "a request failed");
  return new Problem("internal_error");
}
